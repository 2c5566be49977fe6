//! Origins: scheme, host and port of a site.

use axum::http::{HeaderValue, Uri};

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

/// Reads an origin such as `https://example.com`. A path is an error, and so is a slash at the end.
pub(super) fn parse_origin(text: &str) -> Result<String, String> {
    let wrong = || format!("`{text}` is no origin like https://example.com");
    let uri: Uri = text.parse().map_err(|_| wrong())?;
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    let is_bare = uri.path() == "/" && uri.query().is_none() && !text.ends_with('/');
    let has_host = uri.host().is_some_and(|host| !host.is_empty());
    if is_web && is_bare && has_host { Ok(text.to_owned()) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_http_or_https_without_a_path() {
        assert_eq!(parse_origins("").unwrap().0.len(), 0);
        assert_eq!(parse_origins("https://a.example, http://localhost:5173").unwrap().0.len(), 2);
        for bad in ["*", "a.example", "ftp://a.example", "https://a.example/path", "https://"] {
            assert!(parse_origins(bad).is_err(), "{bad}");
        }
    }
}
