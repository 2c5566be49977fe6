//! Web addresses that mail programs turn into links.
//!
//! Names and titles are part of mail to other people, so a link in them could be used for spam.

use std::borrow::Cow;

use crate::normal_form::is_invisible;

/// Replaces a web address in a mail.
const REMOVED: &str = "[link removed]";

/// Top-level domains that mail programs link without `http` or `www`. Those that are parts of names
/// (`Jean.de Vries`, `Jones.Co`) are left out.
const LINKED: [&str; 28] = [
    "app", "biz", "click", "club", "cn", "com", "dev", "edu", "eu", "gov", "icu", "info", "io",
    "link", "live", "net", "online", "org", "ru", "shop", "site", "store", "tk", "top", "uk",
    "vip", "xyz", "рф",
];

/// Whether a mail program would turn a part of the text into a link: `http://…`, `www.…`,
/// `foo.example/…` or `foo.com`. Initials and titles (`J.R. Smith`, `Dr.Who`) are none.
pub(crate) fn holds_web_address(text: &str) -> bool {
    let text = folded(text);
    words(&text).any(|word| is_explicit(word) || is_linked_domain(word))
}

/// The text without explicit web addresses (`http://…`, `www.…`, `foo.example/…`). A bare `foo.com`
/// stays: it may be the subject of a competition.
pub fn without_web_addresses(text: &str) -> Cow<'_, str> {
    if !holds_explicit(text) {
        return Cow::Borrowed(text);
    }
    let keep = |word| if holds_explicit(word) { REMOVED } else { word };
    Cow::Owned(text.split_whitespace().map(keep).collect::<Vec<_>>().join(" "))
}

fn holds_explicit(text: &str) -> bool {
    words(&folded(text)).any(is_explicit)
}

/// The text as a mail program reads it: in lower case, without what cannot be seen, with the dots
/// and slashes of other scripts as those of ASCII.
fn folded(text: &str) -> String {
    let fold = |c| match c {
        '．' | '。' | '｡' => '.',
        '／' => '/',
        '：' => ':',
        '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' => {
            char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c)
        }
        c => c,
    };
    text.chars().filter(|c| !is_invisible(*c)).map(fold).flat_map(char::to_lowercase).collect()
}

/// Everything in the text that has no blanks, brackets or quotes in it.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || "-._~:/?#@&=+%".contains(c)))
        .map(|word| word.trim_matches(['.', ':', '-', '?']))
}

fn is_explicit(word: &str) -> bool {
    let host_end = word.find(['/', '?', '#', ':']).unwrap_or(word.len());
    let (host, rest) = word.split_at(host_end);
    let has_path = rest.starts_with(['/', '?', '#'])
        || rest
            .strip_prefix(':')
            .is_some_and(|port| port.starts_with(|c: char| c.is_ascii_digit()));
    let host = host.rsplit('@').next().unwrap_or(host);
    word.contains("://")
        || host.strip_prefix("www.").is_some_and(|rest| !rest.is_empty())
        || (has_path && is_domain(host))
}

/// An e-mail address (`ada@example.com`) is not a web address.
fn is_linked_domain(word: &str) -> bool {
    let ending = word.rsplit('.').next().unwrap_or(word);
    let is_linked =
        LINKED.contains(&ending) || word.split('.').any(|label| label.starts_with("xn--"));
    !word.contains('@') && is_linked && is_domain(word)
}

/// Two labels or more, the last of them without digits.
fn is_domain(host: &str) -> bool {
    let is_label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let ending = host.rsplit('.').next().unwrap_or(host);
    let is_ending = ending.starts_with("xn--")
        || (ending.chars().count() >= 2 && ending.chars().all(char::is_alphabetic));
    host.contains('.') && host.split('.').all(is_label) && is_ending
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_addresses_are_found_in_every_spelling() {
        for text in [
            "http://evil.example",
            "Ada https://evil.example/login",
            "HTTP://EVIL.EXAMPLE",
            "ftp://evil.example",
            "www.evil.example",
            "Click (www.evil.example)",
            "evil.example/win",
            "evil.example?win",
            "evil.example:8080",
            "evil.com",
            "You won! evil.com.",
            "me@evil.example/win",
            "w\u{200B}ww.evil.example",
            "evil．com",
            "ｗｗｗ.evil.example",
            "http：//evil.example",
            "xn--bcher-kva.example",
            "пример.рф",
        ] {
            assert!(holds_web_address(text), "{text}");
        }
    }

    #[test]
    fn names_with_dots_and_slashes_are_no_web_addresses() {
        for name in [
            "J.R. Smith",
            "J.R.R. Tolkien",
            "J.R.R.Tolkien",
            "Dr.Who",
            "Dr. Who",
            "O'Neil",
            "St. John",
            "St.John",
            "Martin Luther King, Jr.",
            "Jean-Luc",
            "Jean.de Vries",
            "Ada / Grace",
            "Ada/Grace",
            "24/7",
            "X Æ A-12",
            "Björk Guðmundsdóttir",
            "ada@example.com",
            "Mr.T",
            "com",
            "Www",
            "Ada: the first",
            "…",
        ] {
            assert!(!holds_web_address(name), "{name}");
            assert_eq!(without_web_addresses(name), name);
        }
    }

    #[test]
    fn web_addresses_are_removed_and_the_rest_of_a_title_stays() {
        for (title, mailed) in [
            ("Win at https://evil.example/now today", "Win at [link removed] today"),
            ("(www.evil.example)", "[link removed]"),
            ("Node.js Sprint", "Node.js Sprint"),
            ("The ASP.NET Cup", "The ASP.NET Cup"),
        ] {
            assert_eq!(without_web_addresses(title), mailed);
        }
    }
}
