//! The rate limit class of each server function. All of them are POST requests, so the method does
//! not tell reads from writes.

use axum::http::Method;

use crate::{
    error_format::SERVER_FUNCTIONS,
    security::{
        RateClass::{self, Credentials, Read, Write},
        RateClasses,
    },
};

const CLASSES: &[(&str, RateClass)] = &[
    ("account", Read),
    ("calendar_feed", Read),
    ("cover_screen", Read),
    ("pictures_screen", Read),
    ("answers_screen", Read),
    ("cancel_competition_screen", Read),
    ("closing_soon", Read),
    ("check_in_list", Read),
    ("competition", Read),
    ("competition_draft", Read),
    ("competition_to_edit", Read),
    ("competitions", Read),
    ("dashboard", Read),
    ("discard_job_screen", Read),
    ("forgot", Read),
    ("cancel_registration_screen", Read),
    ("login", Read),
    // Marks the shown message as read, as its page does.
    ("mailbox", Read),
    ("manage_competition", Read),
    ("manage_settings", Read),
    ("message", Read),
    ("message_form", Read),
    ("messages", Read),
    ("roster", Read),
    ("participant", Read),
    ("questions_screen", Read),
    ("queues", Read),
    ("register_screen", Read),
    ("remove_calendar_feed_screen", Read),
    ("access_screen", Read),
    ("invitations_screen", Read),
    // Only look the link up; a guess at a token goes through `verify_email`, `reset_password`.
    ("verify_email_screen", Read),
    ("email", Read),
    ("reset", Read),
    ("revoke_token_screen", Read),
    ("sessions", Read),
    ("signup", Read),
    ("tokens", Read),
    // Takes toasts out of the session, as every page does.
    ("toasts", Read),
    ("unsubscribe_screen", Read),
    ("viewer", Read),
    ("webhook", Read),
    ("webhook_form", Read),
    ("webhooks", Read),
    ("add_participant", Write),
    ("add_role", Write),
    ("cancel_competition", Write),
    ("change_answers", Write),
    ("correct_answers", Write),
    ("create_competition", Write),
    ("create_webhook", Write),
    ("delete_message", Write),
    ("delete_webhook", Write),
    ("discard_job", Write),
    ("edit_competition", Write),
    ("edit_mail_preferences", Write),
    ("edit_organizer_notices", Write),
    ("edit_profile", Write),
    ("edit_webhook", Write),
    ("cancel_registration", Write),
    ("log_out", Write),
    ("log_out_others", Write),
    ("log_out_session", Write),
    ("change_mail", Write),
    ("read_all_mail", Write),
    ("register", Write),
    ("register_with_answers", Write),
    ("save_access", Write),
    ("save_cover", Write),
    ("remove_calendar_feed", Write),
    ("remove_cover", Write),
    ("upload_picture", Write),
    ("invite", Write),
    ("revoke_invitation", Write),
    ("retry_all_jobs", Write),
    ("retry_job", Write),
    ("revoke_token", Write),
    ("rotate_secret", Write),
    ("save_message", Write),
    ("save_questions", Write),
    ("send_delivery", Write),
    ("send_email_verification", Write),
    ("send_message", Write),
    ("send_test_message", Write),
    ("stop_message", Write),
    ("set_theme", Write),
    ("set_visibility", Write),
    ("unsubscribe", Write),
    ("review_registrations", Write),
    ("change_email", Credentials),
    ("change_password", Credentials),
    ("verify_email", Credentials),
    ("verify_email_code", Credentials),
    ("create_token", Credentials),
    ("delete_account", Credentials),
    ("log_in", Credentials),
    ("renew_calendar_feed", Credentials),
    ("request_reset", Credentials),
    ("reset_password", Credentials),
    ("sign_up", Credentials),
];

/// The classes by route. A function that is missing here counts as a write.
pub(crate) fn rate_classes() -> RateClasses {
    let mut classes = RateClasses::default();
    for &(name, class) in CLASSES {
        classes.declare(Method::POST, format!("{SERVER_FUNCTIONS}{name}"), class);
    }
    classes
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use leptos::server_fn::axum::server_fn_paths;

    use super::*;

    #[test]
    fn every_server_function_has_a_class_and_every_class_a_function() {
        // Links the functions in.
        let _ = app::App;
        let classified: BTreeSet<String> =
            CLASSES.iter().map(|(name, _)| format!("{SERVER_FUNCTIONS}{name}")).collect();
        let existing: BTreeSet<String> =
            server_fn_paths().map(|(path, _)| path.to_owned()).collect();
        assert!(existing.len() > 30, "the functions are not linked in");
        assert_eq!(classified, existing);
    }
}
