//! A link to a page elsewhere.

use super::characters::one_line;

/// Longest link, in characters.
const MAX_LENGTH: usize = 2_048;

text!(
    /// A link to a page elsewhere: `http` or `https`, at most 2,048 characters, no user name or
    /// password.
    WebLink
);

schema!(
    WebLink,
    crate::schema::text(
        "`http` or `https`, without a user name or password",
        "https://example.com/sprint"
    )
    .format(crate::schema::uri())
    .min_length(Some(1))
    .max_length(Some(MAX_LENGTH))
);

impl WebLink {
    /// `label` begins the sentence about a fault.
    ///
    /// # Errors
    /// A sentence about the fault.
    pub fn parse(label: &str, text: &str) -> Result<Self, String> {
        let text = one_line(label, text, MAX_LENGTH)?;
        let wrong = || format!("{label} must be a link like https://example.com/sprint");
        if text.contains(char::is_whitespace) {
            return Err(wrong());
        }
        let link = parse(&text).ok_or_else(wrong)?;
        // Hosts become punycode, which is longer.
        if link.len() > MAX_LENGTH {
            return Err(format!("{label} must have at most {MAX_LENGTH} characters"));
        }
        Ok(Self(link))
    }
}

/// The link in the form that browsers show and send.
#[cfg(not(target_arch = "wasm32"))]
fn parse(text: &str) -> Option<String> {
    let url = url::Url::parse(text).ok()?;
    let is_link = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some_and(|host| !host.is_empty())
        && url.username().is_empty()
        && url.password().is_none();
    is_link.then(|| url.into())
}

/// The browser checks nothing: the server does.
#[cfg(target_arch = "wasm32")]
fn parse(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_normalized() {
        for (text, link) in [
            (" https://Example.com ", "https://example.com/"),
            ("http://example.com:8080/a?b#c", "http://example.com:8080/a?b#c"),
            ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ] {
            assert_eq!(WebLink::parse("Website", text).unwrap().as_str(), link);
        }
    }

    #[test]
    fn what_is_no_link_to_a_page_is_refused() {
        for text in [
            "",
            "example.com",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://example.com",
            "https://",
            "https://ada:secret@example.com",
            "https://ada@example.com",
            "https://example.com/a b",
            "mailto:ada@example.com",
            "//example.com",
            "https://example.com/\u{202E}",
        ] {
            let error = WebLink::parse("Website", text).unwrap_err();
            assert!(error.starts_with("Website must "), "{text}: {error}");
        }
        let long = format!("https://example.com/{}", "a".repeat(MAX_LENGTH));
        assert!(WebLink::parse("Website", &long).is_err());
    }
}
