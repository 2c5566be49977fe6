//! The addresses of a roster. Every filter, the order and the page are in them.

use domain::{CompetitionId, RosterQuery, RosterSort};
use leptos_router::params::ParamsMap;

use super::RosterList;
use crate::pages::competitions::address::{check_in_list, with_query};

/// The query of an address.
pub(in super::super) fn read(params: &ParamsMap) -> RosterQuery {
    let get = |name| params.get(name).filter(|text| !text.trim().is_empty());
    RosterQuery {
        search: get("search"),
        status: get("status"),
        answer: get("answer").and_then(|answer| answer_of(answer, get("value"))),
        sort: get("sort"),
        page: get("page"),
        limit: get("limit"),
    }
}

/// The [`domain::AnswerFilter`] in the fields of a form, which has the answer to a question without
/// choices in a field of its own.
pub(in crate::pages::competitions) fn answer_of(
    answer: String,
    value: Option<String>,
) -> Option<String> {
    match answer.split_once(':') {
        Some((_, "")) => {
            let value = value.filter(|value| !value.trim().is_empty())?;
            Some(answer + value.trim())
        }
        _ => Some(answer).filter(|answer| !answer.is_empty()),
    }
}

/// The address of a query.
pub(in super::super) fn href(list: RosterList, id: CompetitionId, query: &RosterQuery) -> String {
    let mut fields = fields(query);
    if list == RosterList::WaitingList {
        fields.retain(|(name, _)| !["status", "sort"].contains(name));
    }
    with_query(&list.address(id), &fields)
}

/// The same roster, at another page.
pub(super) fn at_page(
    list: RosterList,
    id: CompetitionId,
    query: &RosterQuery,
    page: u64,
) -> String {
    let page = (page > 1).then(|| page.to_string());
    href(list, id, &RosterQuery { page, ..query.clone() })
}

/// The participants in another order, from the first page.
pub(super) fn sorted(id: CompetitionId, query: &RosterQuery, sort: RosterSort) -> String {
    let query = RosterQuery { sort: Some(sort.name()), page: None, ..query.clone() };
    href(RosterList::Participants, id, &query)
}

/// The CSV file with all pages of the same roster.
pub(super) fn csv(id: CompetitionId, query: &RosterQuery) -> String {
    let all = RosterQuery { page: None, limit: None, ..query.clone() };
    with_query(&format!("/api/competitions/{id}/registrations.csv"), &fields(&all))
}

/// The list of the participants with the same status to print.
pub(super) fn printed(id: CompetitionId, query: &RosterQuery) -> String {
    with_query(&check_in_list(id), &[("status", &query.status)])
}

fn fields(query: &RosterQuery) -> Vec<(&'static str, &Option<String>)> {
    vec![
        ("search", &query.search),
        ("status", &query.status),
        ("answer", &query.answer),
        ("sort", &query.sort),
        ("page", &query.page),
        ("limit", &query.limit),
    ]
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    const ID: &str = "01939a00-0000-7000-8000-000000000000";

    #[test]
    fn an_address_holds_the_whole_query() {
        let id: CompetitionId = ID.parse().unwrap();
        let query = RosterQuery {
            search: Some("a b".into()),
            status: Some("CONFIRMED".into()),
            page: Some("3".into()),
            ..Default::default()
        };
        let here = format!("/competitions/{ID}/manage/participants?search=a%20b&status=CONFIRMED");
        let list = RosterList::Participants;
        assert_eq!(at_page(list, id, &query, 1), here);
        assert_eq!(at_page(list, id, &query, 2), format!("{here}&page=2"));
        let sort = "-name".parse().unwrap();
        assert_eq!(sorted(id, &query, sort), format!("{here}&sort=%2Dname"));
        assert_eq!(
            csv(id, &query),
            format!("/api/competitions/{ID}/registrations.csv?search=a%20b&status=CONFIRMED")
        );
        let plain = format!("/competitions/{ID}/manage/participants");
        assert_eq!(at_page(list, id, &RosterQuery::default(), 1), plain);
    }

    #[test]
    fn a_typed_answer_is_read_from_the_field_value() {
        let read = |fields: &[(&'static str, &str)]| {
            let mut params = ParamsMap::new();
            fields.iter().for_each(|(name, text)| params.insert(*name, (*text).to_owned()));
            super::read(&params).answer
        };
        assert_eq!(read(&[("answer", "id:"), ("value", " 5 ")]).as_deref(), Some("id:5"));
        assert_eq!(read(&[("answer", "id:"), ("value", " ")]), None);
        assert_eq!(read(&[("answer", "id:a:"), ("value", "5")]).as_deref(), Some("id:a:"));
        assert_eq!(read(&[("value", "5")]), None);
    }

    #[test]
    fn the_waiting_list_has_one_status_and_one_order_which_its_address_leaves_out() {
        let id: CompetitionId = ID.parse().unwrap();
        let list = RosterList::WaitingList;
        let query = list.query(RosterQuery { search: Some("ada".into()), ..Default::default() });
        let here = format!("/competitions/{ID}/manage/waiting-list?search=ada");
        assert_eq!(at_page(list, id, &query, 2), format!("{here}&page=2"));
        let file = format!(
            "/api/competitions/{ID}/registrations.csv?search=ada&status=WAITLISTED&sort=waitlist"
        );
        assert_eq!(csv(id, &query), file);
    }
}
