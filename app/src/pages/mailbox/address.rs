//! The addresses of the mailbox. The search, the page and the open message are in them.

use domain::{MailId, MailQuery};
use leptos_router::{location::Url, params::ParamsMap};

/// The mailbox.
pub(super) const MAILBOX: &str = "/mailbox";

/// The query of an address.
pub(super) fn read(params: &ParamsMap) -> MailQuery {
    let get = |name| params.get(name).filter(|text| !text.trim().is_empty());
    MailQuery { search: get("search"), page: get("page") }
}

/// The address of a query, with an open message or none.
pub(super) fn href(query: &MailQuery, mail: Option<MailId>) -> String {
    let pairs = [("search", &query.search), ("page", &query.page)];
    let pairs = pairs.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?)));
    let pairs = pairs.map(|(name, value)| format!("{name}={}", Url::escape(value)));
    let pairs: Vec<_> = pairs.chain(mail.map(|id| format!("mail={id}"))).collect();
    if pairs.is_empty() { MAILBOX.into() } else { format!("{MAILBOX}?{}", pairs.join("&")) }
}

/// The same search, at another page.
pub(super) fn at_page(query: &MailQuery, page: u64) -> String {
    let page = (page > 1).then(|| page.to_string());
    href(&MailQuery { page, ..query.clone() }, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_the_whole_query() {
        let query = MailQuery { search: Some("a&b".into()), page: Some("3".into()) };
        assert_eq!(href(&MailQuery::default(), None), "/mailbox");
        assert_eq!(at_page(&query, 2), "/mailbox?search=a%26b&page=2");
        let id: MailId = "01939c2e-7b5a-7000-8000-000000000001".parse().unwrap();
        assert_eq!(at_page(&query, 1), "/mailbox?search=a%26b");
        assert_eq!(href(&MailQuery::default(), Some(id)), format!("/mailbox?mail={id}"));
    }
}
