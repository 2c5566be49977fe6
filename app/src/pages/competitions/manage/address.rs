//! The addresses of a roster. Every filter, the order and the page are in them.

use domain::{CompetitionId, RosterQuery, RosterSort};
use leptos_router::params::ParamsMap;

use crate::pages::competitions::address::{manage, with_query};

/// The query of an address.
pub(super) fn read(params: &ParamsMap) -> RosterQuery {
    let get = |name| params.get(name).filter(|text| !text.trim().is_empty());
    RosterQuery {
        search: get("search"),
        status: get("status"),
        answer: get("answer"),
        sort: get("sort"),
        page: get("page"),
        limit: get("limit"),
    }
}

/// The address of a query.
pub(super) fn href(id: CompetitionId, query: &RosterQuery) -> String {
    with_query(&manage(id), &fields(query))
}

/// The same roster, at another page.
pub(super) fn at_page(id: CompetitionId, query: &RosterQuery, page: u64) -> String {
    let page = (page > 1).then(|| page.to_string());
    href(id, &RosterQuery { page, ..query.clone() })
}

/// The same roster in another order, from its first page.
pub(super) fn sorted(id: CompetitionId, query: &RosterQuery, sort: RosterSort) -> String {
    href(id, &RosterQuery { sort: Some(sort.name()), page: None, ..query.clone() })
}

/// The CSV file with all pages of the same roster.
pub(super) fn csv(id: CompetitionId, query: &RosterQuery) -> String {
    let all = RosterQuery { page: None, limit: None, ..query.clone() };
    with_query(&format!("/api/competitions/{id}/registrations.csv"), &fields(&all))
}

fn fields(query: &RosterQuery) -> [(&'static str, &Option<String>); 6] {
    [
        ("search", &query.search),
        ("status", &query.status),
        ("answer", &query.answer),
        ("sort", &query.sort),
        ("page", &query.page),
        ("limit", &query.limit),
    ]
}

#[cfg(test)]
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
        let here = format!("/competitions/{ID}/manage?search=a%20b&status=CONFIRMED");
        assert_eq!(at_page(id, &query, 1), here);
        assert_eq!(at_page(id, &query, 2), format!("{here}&page=2"));
        let sort = "-name".parse().unwrap();
        assert_eq!(sorted(id, &query, sort), format!("{here}&sort=%2Dname"));
        assert_eq!(
            csv(id, &query),
            format!("/api/competitions/{ID}/registrations.csv?search=a%20b&status=CONFIRMED")
        );
        assert_eq!(at_page(id, &RosterQuery::default(), 1), manage(id));
    }
}
