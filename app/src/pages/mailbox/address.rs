//! The addresses of the mailbox. The search, the page and the open message are in them.

use domain::{CompetitionId, MailId, MailboxQuery};
use leptos_router::{location::Url, params::ParamsMap};

/// The mailbox.
pub(super) const MAILBOX: &str = "/mailbox";
/// The deleted messages.
pub(super) const DELETED: &str = "/mailbox?deleted=true";

/// The query of an address.
pub(super) fn read(params: &ParamsMap) -> MailboxQuery {
    let get = |name| params.get(name).filter(|text| !text.trim().is_empty());
    MailboxQuery {
        search: get("search"),
        page: get("page"),
        competition: get("competition"),
        deleted: get("deleted"),
    }
}

/// The address of a query, with an open message or none.
pub(super) fn href(query: &MailboxQuery, mail: Option<MailId>) -> String {
    let pairs = [
        ("search", &query.search),
        ("competition", &query.competition),
        ("deleted", &query.deleted),
        ("page", &query.page),
    ];
    let pairs = pairs.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
    let pairs = pairs.map(|(name, value)| format!("{name}={}", escape(value)));
    let pairs: Vec<_> = pairs.chain(mail.map(|id| format!("mail={id}"))).collect();
    if pairs.is_empty() { MAILBOX.into() } else { format!("{MAILBOX}?{}", pairs.join("&")) }
}

/// Escapes all but letters, digits and the hyphens of ids.
fn escape(value: &str) -> String {
    Url::escape(value).replace("%2D", "-")
}

/// The messages about a competition.
pub(super) fn thread(competition: CompetitionId) -> String {
    let competition = Some(competition.to_string());
    href(&MailboxQuery { competition, ..Default::default() }, None)
}

/// The same search, at another page.
pub(super) fn at_page(query: &MailboxQuery, page: u64) -> String {
    let page = (page > 1).then(|| page.to_string());
    href(&MailboxQuery { page, ..query.clone() }, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_the_whole_query() {
        let query = MailboxQuery {
            search: Some("a&b".into()),
            page: Some("3".into()),
            ..Default::default()
        };
        assert_eq!(href(&MailboxQuery::default(), None), "/mailbox");
        assert_eq!(at_page(&query, 2), "/mailbox?search=a%26b&page=2");
        let id: MailId = "01939c2e-7b5a-7000-8000-000000000001".parse().unwrap();
        assert_eq!(at_page(&query, 1), "/mailbox?search=a%26b");
        assert_eq!(href(&MailboxQuery::default(), Some(id)), format!("/mailbox?mail={id}"));
        let competition = "01939c2e-7b5a-7000-8000-000000000002";
        let about = format!("/mailbox?competition={competition}");
        assert_eq!(thread(competition.parse().unwrap()), about);
        let deleted = MailboxQuery { deleted: Some("true".into()), ..Default::default() };
        assert_eq!(href(&deleted, None), DELETED);
    }
}
