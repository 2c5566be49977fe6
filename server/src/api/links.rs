//! Links of the description: which operations the id in a response leads to.

use utoipa::openapi::{OpenApi, RefOr, link::LinkBuilder};

use super::operations::operations;

/// An operation, the place of the id in its response or request, and the operations that take it.
const LINKS: [(&str, &str, &[&str]); 12] = [
    (
        "create_competition",
        "$response.body#/id",
        &["get_competition", "get_seats", "get_roster", "edit_competition", "cancel_competition"],
    ),
    ("duplicate_competition", "$response.body#/id", &["get_competition", "edit_competition"]),
    ("list_competitions", "$response.body#/0/id", &["get_competition", "get_seats", "register"]),
    (
        "list_my_competitions",
        "$response.body#/0/id",
        &["get_roster", "get_roster_csv", "edit_competition", "cancel_competition"],
    ),
    ("register", "$response.body#/id", &["get_my_registration", "get_registration_calendar"]),
    ("register", "$request.path.id", &["cancel_registration", "get_competition_calendar"]),
    ("list_my_registrations", "$response.body#/0/id", &["get_registration_calendar"]),
    ("list_my_mails", "$response.body#/0/id", &["mark_mail_read"]),
    (
        "create_webhook",
        "$response.body#/id",
        &["get_webhook", "edit_webhook", "send_test_event", "list_deliveries", "delete_webhook"],
    ),
    (
        "create_personal_token",
        "$response.body#/personalToken/id",
        &["get_personal_token", "revoke_personal_token"],
    ),
    ("send_test_event", "$response.body#/id", &["send_delivery_again"]),
    ("list_failed_jobs", "$response.body#/0/id", &["retry_failed_job", "discard_failed_job"]),
];

/// Adds the links to the successful responses.
pub(super) fn add(description: &mut OpenApi) {
    for (_, operation) in description.paths.paths.values_mut().flat_map(operations) {
        let from = operation.operation_id.clone().unwrap_or_default();
        for (status, response) in &mut operation.responses.responses {
            if let RefOr::T(response) = response
                && status.starts_with('2')
            {
                for (_, place, targets) in LINKS.iter().filter(|(id, ..)| *id == from) {
                    let links = targets.iter().map(|to| {
                        let link = LinkBuilder::new().operation_id(*to).parameter("id", *place);
                        ((*to).to_owned(), RefOr::T(link.build()))
                    });
                    response.links.extend(links);
                }
            }
        }
    }
}
