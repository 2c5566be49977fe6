//! Where more about a competition is, and whom to ask.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::place::ExternalLink;

/// The links that an organizer has given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    /// A page elsewhere.
    pub website: Option<String>,
    /// The address for questions.
    pub contact: Option<MailLink>,
}

/// An email address and its link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailLink {
    /// As it was typed.
    pub address: String,
    /// `mailto:`
    pub href: String,
}

#[cfg(feature = "ssr")]
impl Links {
    /// Those of a competition.
    pub(super) fn of(competition: &domain::Competition) -> Self {
        Self::typed(competition.website.clone(), competition.contact_email.as_deref())
    }

    /// Those of a form.
    pub(super) fn typed(website: Option<String>, contact: Option<&str>) -> Self {
        Self { website: website.filter(|url| is_link(url)), contact: contact.map(MailLink::to) }
    }
}

/// Whether a text leads to a page elsewhere: a form may hold anything, also what runs.
#[cfg(feature = "ssr")]
pub(super) fn is_link(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

#[cfg(feature = "ssr")]
impl MailLink {
    /// Encodes what has a meaning in a link (RFC 6068, section 2): a `?` would begin a header.
    fn to(address: &str) -> Self {
        use std::fmt::Write;

        let mut href = "mailto:".to_owned();
        for byte in address.bytes() {
            if byte.is_ascii_alphanumeric() || b"@.-_+~".contains(&byte) {
                href.push(byte.into());
            } else {
                _ = write!(href, "%{byte:02X}");
            }
        }
        Self { address: address.to_owned(), href }
    }
}

/// The links, a line for each.
#[component]
pub(super) fn LinkLines(
    /// The links.
    links: Links,
) -> impl IntoView {
    let website = links.website.map(|url| {
        view! {
            <p class="flex items-baseline gap-2">
                <span class="text-muted">"Website: "</span>
                <ExternalLink url />
            </p>
        }
    });
    let contact = links.contact.map(|MailLink { address, href }| {
        view! {
            <p class="flex items-baseline gap-2">
                <span class="text-muted">"Contact: "</span>
                <a class="quiet-link break-all" href=href>
                    {address}
                </a>
            </p>
        }
    });
    (website, contact)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_signs_of_links_adds_no_header_to_a_mail() {
        let href = |address| MailLink::to(address).href;
        assert_eq!(href("team+open@sprint.example"), "mailto:team+open@sprint.example");
        assert_eq!(href("a?bcc=b&c#d@x.example"), "mailto:a%3Fbcc%3Db%26c%23d@x.example");
        assert_eq!(href("ü@x.example"), "mailto:%C3%BC@x.example");
    }
}
