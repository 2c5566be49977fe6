//! The addresses of competitions and of their list. Every filter, the order and the page of the
//! list are in its address.

use domain::{
    AccessCode, CompetitionId, CompetitionQuery, CompetitionStatus, OrganizerMessageId,
    RegistrationId, RegistrationStatus, UserId,
};
use leptos_router::{location::Url, params::ParamsMap};

/// The list of competitions.
pub(super) const LIST: &str = "/competitions";

/// The page of a competition.
pub(crate) fn competition(id: CompetitionId) -> String {
    format!("{LIST}/{id}")
}

/// Its panel with the registration of the viewer, which is out of view on a phone.
#[cfg(feature = "ssr")]
pub(super) fn own_registration(id: CompetitionId) -> String {
    format!("{}#registration", competition(id))
}

/// The picture beside a link to a competition on other sites, which keep it by its address: it has
/// another one when seats or details have changed.
pub(super) fn social_picture(id: CompetitionId, sequence: u32) -> String {
    format!("/media/social/{id}.jpg?v={sequence}")
}

/// The page where its organizer sees how far a competition is.
pub(crate) fn manage(id: CompetitionId) -> String {
    format!("{LIST}/{id}/manage")
}

/// The participants of a competition, for its organizer.
pub(super) fn participants(id: CompetitionId) -> String {
    format!("{}/participants", manage(id))
}

/// The registrations that wait for the approval of its organizer.
pub(crate) fn awaiting_approval(id: CompetitionId) -> String {
    format!("{}?status={}", participants(id), RegistrationStatus::AwaitingApproval)
}

/// The waiting list of a competition, for its organizer.
pub(super) fn waiting_list(id: CompetitionId) -> String {
    format!("{}/waiting-list", manage(id))
}

/// The participants of a competition to print, for its organizer.
pub(super) fn check_in_list(id: CompetitionId) -> String {
    format!("{}/check-in-list", manage(id))
}

/// Everything that its organizer can change.
pub(super) fn manage_settings(id: CompetitionId) -> String {
    format!("{}/settings", manage(id))
}

/// The page of a participant, for the organizer of the competition.
pub(crate) fn participant(id: CompetitionId, registration: RegistrationId) -> String {
    format!("{LIST}/{id}/registrations/{registration}")
}

/// The form in which its organizer edits a competition.
pub(crate) fn edit(id: CompetitionId) -> String {
    format!("{LIST}/{id}/edit")
}

/// The page where its organizer cancels a competition.
pub(super) fn cancel(id: CompetitionId) -> String {
    format!("{LIST}/{id}/cancel")
}

/// The form of a new competition with what this one has.
pub(crate) fn duplicate(id: CompetitionId) -> String {
    format!("{LIST}/create?from={id}")
}

/// The page where a participant cancels a registration.
pub(crate) fn cancel_registration(id: CompetitionId) -> String {
    format!("{LIST}/{id}/cancel-registration")
}

/// The page where a participant answers the questions of a competition and registers.
pub(super) fn register(id: CompetitionId) -> String {
    format!("{LIST}/{id}/register")
}

/// The page where a participant changes the answers of a registration.
pub(crate) fn answers(id: CompetitionId) -> String {
    format!("{LIST}/{id}/answers")
}

/// The page where its organizer asks questions.
pub(super) fn questions(id: CompetitionId) -> String {
    format!("{LIST}/{id}/questions")
}

/// The page where its organizer decides who can register.
pub(super) fn access(id: CompetitionId) -> String {
    format!("{LIST}/{id}/access")
}

/// The page where its organizer sets its cover.
pub(super) fn cover(id: CompetitionId) -> String {
    format!("{LIST}/{id}/cover")
}

/// One page of the invitations to a competition, for its organizer.
pub(super) fn invitations(id: CompetitionId, page: u64) -> String {
    let page = if page > 1 { format!("?page={page}") } else { String::new() };
    format!("{LIST}/{id}/invitations{page}")
}

/// The messages to the participants of a competition, for its organizer.
pub(super) fn messages(id: CompetitionId) -> String {
    format!("{}/messages", manage(id))
}

/// The form in which its organizer writes a message.
pub(super) fn write_message(id: CompetitionId) -> String {
    format!("{}/write", messages(id))
}

/// A message, with what can be done with it.
pub(super) fn message(id: CompetitionId, message: OrganizerMessageId) -> String {
    format!("{}/{message}", messages(id))
}

/// The form in which a draft of a message is edited.
pub(super) fn edit_message(id: CompetitionId, message: OrganizerMessageId) -> String {
    format!("{}/{message}/edit", messages(id))
}

/// An address without a query, with an access code if the text is one.
pub(super) fn with_code(address: String, code: &str) -> String {
    match AccessCode::parse(code) {
        Ok(code) => format!("{address}?code={code}"),
        Err(_) => address,
    }
}

/// The query of an address.
pub(super) fn read(params: &ParamsMap) -> CompetitionQuery {
    query_of(|name| params.get(name))
}

/// The query with the fields that `field` returns. Blank values are left out.
pub(super) fn query_of(field: impl Fn(&str) -> Option<String>) -> CompetitionQuery {
    let get = |name| field(name).filter(|text| !text.trim().is_empty());
    CompetitionQuery {
        search: get("search"),
        tags: get("tags"),
        organizer_id: get("organizerId"),
        status: get("status"),
        attendance: get("attendance"),
        starts_from: get("startsFrom"),
        starts_until: get("startsUntil"),
        sort: get("sort"),
        page: get("page"),
        limit: get("limit"),
    }
}

/// The address of a query. Blank values are left out.
pub(super) fn href(query: &CompetitionQuery) -> String {
    let fields = [
        ("search", &query.search),
        ("tags", &query.tags),
        ("organizerId", &query.organizer_id),
        ("status", &query.status),
        ("attendance", &query.attendance),
        ("startsFrom", &query.starts_from),
        ("startsUntil", &query.starts_until),
        ("sort", &query.sort),
        ("page", &query.page),
        ("limit", &query.limit),
    ];
    with_query(LIST, &fields)
}

/// A path with a query. Blank values are left out.
pub(super) fn with_query(path: &str, fields: &[(&'static str, &Option<String>)]) -> String {
    let mut address = path.to_owned();
    for (name, value) in fields {
        if let Some(value) = value.as_deref().filter(|value| !value.trim().is_empty()) {
            let mark = if address.len() == path.len() { '?' } else { '&' };
            address.push_str(&format!("{mark}{name}={}", Url::escape(value)));
        }
    }
    address
}

/// The same list, at another page.
pub(super) fn at_page(query: &CompetitionQuery, page: u64) -> String {
    let page = (page > 1).then(|| page.to_string());
    href(&CompetitionQuery { page, ..query.clone() })
}

/// The first page of the list with the tag added to the filters, or removed if it was among them.
pub(super) fn toggle_tag(query: &CompetitionQuery, tag: &str) -> String {
    let mut tags = query.tag_list();
    if is_selected(&tags, tag) {
        tags.retain(|selected| !same(selected, tag));
    } else {
        tags.push(tag.to_owned());
    }
    let tags = (!tags.is_empty()).then(|| tags.join(","));
    href(&CompetitionQuery { tags, page: None, ..query.clone() })
}

/// The list filtered by one tag.
pub(super) fn of_tag(tag: &str) -> String {
    toggle_tag(&CompetitionQuery::default(), tag)
}

/// The list of the competitions of one organizer with this status.
pub(super) fn of_organizer(id: UserId, status: CompetitionStatus) -> String {
    let organizer_id = Some(id.to_string());
    let is_default = status == CompetitionStatus::default();
    let status = (!is_default).then(|| status.as_str().to_owned());
    href(&CompetitionQuery { organizer_id, status, ..CompetitionQuery::default() })
}

/// Whether the tag is among the selected ones, in any case.
pub(super) fn is_selected(selected: &[String], tag: &str) -> bool {
    selected.iter().any(|selected| same(selected, tag))
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query() -> CompetitionQuery {
        CompetitionQuery {
            search: Some("a b".into()),
            tags: Some("Rust,web".into()),
            page: Some("3".into()),
            sort: Some(" ".into()),
            ..Default::default()
        }
    }

    #[test]
    fn an_address_holds_the_whole_query() {
        assert_eq!(href(&CompetitionQuery::default()), "/competitions");
        assert_eq!(at_page(&query(), 2), "/competitions?search=a%20b&tags=Rust%2Cweb&page=2");
        assert_eq!(at_page(&query(), 1), "/competitions?search=a%20b&tags=Rust%2Cweb");
    }

    #[test]
    fn toggling_a_tag_leads_to_the_first_page() {
        assert_eq!(toggle_tag(&query(), "rust"), "/competitions?search=a%20b&tags=web");
        assert_eq!(toggle_tag(&query(), "ux"), "/competitions?search=a%20b&tags=Rust%2Cweb%2Cux");
        assert_eq!(of_tag("c++"), "/competitions?tags=c%2B%2B");
    }
}
