//! Origins: scheme, host and port of a site.

use axum::http::HeaderValue;
use url::Url;

/// Origins, in the form of the `Origin` header.
#[derive(Clone, Debug, Default)]
pub struct Origins(pub Vec<HeaderValue>);

/// Reads origins that are separated by commas.
pub(super) fn parse_origins(text: &str) -> Result<Origins, String> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(header).collect::<Result<_, _>>().map(Origins)
}

fn header(text: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_str(&parse_origin(text)?).map_err(|error| error.to_string())
}

/// Reads an origin such as `https://example.com`. Returns the form that browsers send: in lower
/// case, in ASCII, without a default port. Anything after host and port is an error, including a
/// slash.
pub(super) fn parse_origin(text: &str) -> Result<String, String> {
    let wrong = || format!("`{text}` is no origin like https://example.com");
    let url = Url::parse(text).map_err(|_| wrong())?;
    let is_web = matches!(url.scheme(), "http" | "https");
    let has_credentials = !url.username().is_empty() || url.password().is_some();
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if is_web && is_bare && !has_credentials && !text.ends_with('/') {
        Ok(url.origin().ascii_serialization())
    } else {
        Err(wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_http_or_https_without_a_path() {
        assert_eq!(parse_origins("").unwrap().0.len(), 0);
        assert_eq!(parse_origins("https://a.example, http://localhost:5173").unwrap().0.len(), 2);
        for bad in [
            "*",
            "a.example",
            "ftp://a.example",
            "https://a.example/path",
            "https://",
            "https://me:secret@a.example",
            "https://a.example#top",
            "https://a.example?q",
        ] {
            assert!(parse_origins(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_origin_has_the_form_that_browsers_send() {
        for (given, sent) in [
            ("HTTPS://A.Example", "https://a.example"),
            ("https://a.example:443", "https://a.example"),
            ("http://a.example:8080", "http://a.example:8080"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
        ] {
            assert_eq!(parse_origin(given).unwrap(), sent);
        }
    }
}
