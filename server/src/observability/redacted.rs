//! Removes e-mail addresses and tokens from log lines. No line should have one: this also covers
//! texts of other programs, such as the replies of a mail server.

use std::{borrow::Cow, io};

/// The replacement of an e-mail address.
const ADDRESS: &str = "[email]";
/// The replacement of a token.
const TOKEN: &str = "[token]";
/// How tokens begin: a JSON Web Token (`{"` in Base64), a personal access token, the secret of a
/// webhook, and the keys of a link that unsubscribes and of a calendar feed.
const PREFIXES: [&str; 5] = ["eyJ", "mcpat_", "whsec_", "mcuns_", "mccal_"];
/// The shortest text that counts as a token.
const MIN_TOKEN: usize = 20;

/// A writer of whole lines without addresses and tokens.
#[derive(Debug)]
pub(super) struct Redacted<W>(pub(super) W);

impl<W: io::Write> io::Write for Redacted<W> {
    /// Takes whole lines: the subscriber writes an event with one call.
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        match str::from_utf8(lines) {
            Ok(text) => self.0.write_all(redact(text).as_bytes())?,
            Err(_) => self.0.write_all(redact(&String::from_utf8_lossy(lines)).as_bytes())?,
        }
        Ok(lines.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The text without addresses and tokens.
fn redact(text: &str) -> Cow<'_, str> {
    let text = redact_tokens(text);
    if !text.contains('@') && !text.contains("%40") {
        return text;
    }
    let mut redacted = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some((at, length)) = next_at(rest) {
        let (before, after) = (&rest[..at], &rest[at + length..]);
        let local = before.len() - before.trim_end_matches(is_local).len();
        let domain = after.find(|c| !is_domain(c)).unwrap_or(after.len());
        if local == 0 || domain == 0 {
            redacted.push_str(&rest[..at + length]);
            rest = after;
        } else {
            redacted.push_str(&before[..at - local]);
            redacted.push_str(ADDRESS);
            rest = &after[domain..];
        }
    }
    redacted.push_str(rest);
    Cow::Owned(redacted)
}

/// The position and length of the next `@`, which a URL may write as `%40`.
fn next_at(text: &str) -> Option<(usize, usize)> {
    let plain = text.find('@').map(|at| (at, 1));
    let encoded = text.find("%40").map(|at| (at, 3));
    plain.into_iter().chain(encoded).min()
}

/// Without the slash and the equals sign, which addresses hardly have and log lines do.
fn is_local(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+-^_`~.".contains(c)
}

fn is_domain(c: char) -> bool {
    c.is_alphanumeric() || c == '-' || c == '.'
}

fn redact_tokens(text: &str) -> Cow<'_, str> {
    let next = |text: &str| PREFIXES.iter().filter_map(|prefix| text.find(prefix)).min();
    if next(text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut redacted = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = next(rest) {
        let token = &rest[at..];
        let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.+/=".contains(c);
        let length = token.find(|c| !is_part(c)).unwrap_or(token.len());
        redacted.push_str(&rest[..at]);
        redacted.push_str(if length < MIN_TOKEN { &token[..length] } else { TOKEN });
        rest = &token[length..];
    }
    redacted.push_str(rest);
    Cow::Owned(redacted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_removed_wherever_it_is() {
        for (line, expected) in [
            (r#"{"reason":"550 <ada@example.com>: no"}"#, r#"{"reason":"550 <[email]>: no"}"#),
            ("to=o'hara+news@sub.example.org", "to=[email]"),
            ("grüße@bücher.example wrote", "[email] wrote"),
            ("http.path=/u/ada%40example.com/x", "http.path=/u/[email]/x"),
            ("a@b.example, c@d.example", "[email], [email]"),
            ("seats @ noon", "seats @ noon"),
            ("no address", "no address"),
        ] {
            assert_eq!(redact(line), expected, "{line}");
        }
    }

    #[test]
    fn a_token_is_removed_and_a_short_word_stays() {
        let token = format!("eyJhbGciOiJIUzI1NiJ9.{}.c2ln", "a".repeat(30));
        assert_eq!(redact(&format!("Bearer {token}, next")), "Bearer [token], next");
        assert_eq!(redact("eyJelly"), "eyJelly");
        for prefix in ["mcpat_", "whsec_", "mcuns_", "mccal_"] {
            assert_eq!(redact(&format!("{prefix}{}!", "aB3/".repeat(8))), "[token]!");
        }
    }

    #[test]
    fn a_written_line_is_complete() {
        let mut lines = Vec::new();
        let written = b"to ada@example.com\n".as_slice();
        assert_eq!(io::Write::write(&mut Redacted(&mut lines), written).unwrap(), written.len());
        assert_eq!(lines, b"to [email]\n");
    }
}
