//! What is asked for: to see, to change, or to prove who one is.
//!
//! Every server function is a POST, so its method says nothing; they are listed, and a test fails
//! for one that is not.

use axum::http::Method;

use super::SERVER_FUNCTIONS;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// To see something.
    Read,
    /// To change something.
    Write,
    /// To prove who one is, or to become somebody.
    Credentials,
}

/// What each server function does. One that is not listed counts as one that changes something.
const FUNCTIONS: [(&str, Kind); 38] = [
    ("account", Kind::Read),
    ("cancel_screen", Kind::Read),
    ("closing_soon", Kind::Read),
    ("competition", Kind::Read),
    ("competition_draft", Kind::Read),
    ("competition_to_edit", Kind::Read),
    ("competitions", Kind::Read),
    ("dashboard", Kind::Read),
    ("discard", Kind::Read),
    ("forgot", Kind::Read),
    ("leave", Kind::Read),
    ("login", Kind::Read),
    // A message that is shown is marked as read, as by its page.
    ("mailbox", Kind::Read),
    ("manage_competition", Kind::Read),
    ("queues", Kind::Read),
    // Only looks at the link: a guess is made with `reset_password`.
    ("reset", Kind::Read),
    ("signup", Kind::Read),
    // What is shown once is taken out of the session, as by any page.
    ("toasts", Kind::Read),
    ("viewer", Kind::Read),
    ("cancel_competition", Kind::Write),
    ("create_competition", Kind::Write),
    ("discard_job", Kind::Write),
    ("edit_competition", Kind::Write),
    ("edit_profile", Kind::Write),
    ("give_back", Kind::Write),
    ("log_out", Kind::Write),
    ("mark_mail_unread", Kind::Write),
    ("read_all_mail", Kind::Write),
    ("register", Kind::Write),
    ("retry_all_jobs", Kind::Write),
    ("retry_job", Kind::Write),
    ("set_theme", Kind::Write),
    ("change_password", Kind::Credentials),
    ("delete_account", Kind::Credentials),
    ("log_in", Kind::Credentials),
    ("request_reset", Kind::Credentials),
    ("reset_password", Kind::Credentials),
    ("sign_up", Kind::Credentials),
];

/// The calls of the API by which credentials are checked, made or changed.
const CREDENTIALS: [(Method, &str); 6] = [
    (Method::POST, "/api/auth/login"),
    (Method::POST, "/api/auth/signup"),
    (Method::POST, "/api/auth/password"),
    (Method::POST, "/api/auth/password-reset"),
    (Method::POST, "/api/auth/password-reset/confirm"),
    (Method::DELETE, "/api/auth/me"),
];

impl Kind {
    pub(super) fn of(method: &Method, path: &str) -> Self {
        if method.is_safe() {
            return Self::Read;
        }
        let path = path.trim_end_matches('/');
        if let Some(name) = path.strip_prefix(SERVER_FUNCTIONS) {
            let listed = FUNCTIONS.iter().find(|(listed, _)| *listed == name);
            return listed.map_or(Self::Write, |(_, kind)| *kind);
        }
        let is_credentials = |(listed, at): &(Method, &str)| listed == method && *at == path;
        if CREDENTIALS.iter().any(is_credentials) { Self::Credentials } else { Self::Write }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use leptos::server_fn::axum::server_fn_paths;

    use super::*;

    #[test]
    fn method_and_path_tell_what_is_asked_for() {
        for (method, path, expected) in [
            (Method::GET, "/auth/login", Kind::Read),
            (Method::POST, "/fn/login", Kind::Read),
            (Method::POST, "/fn/viewer", Kind::Read),
            (Method::POST, "/fn/reset", Kind::Read),
            (Method::POST, "/fn/log_in", Kind::Credentials),
            (Method::POST, "/fn/request_reset", Kind::Credentials),
            (Method::POST, "/fn/register", Kind::Write),
            (Method::POST, "/fn/nothing", Kind::Write),
            (Method::POST, "/api/auth/signup", Kind::Credentials),
            (Method::POST, "/api/auth/login/", Kind::Credentials),
            (Method::POST, "/api/auth/password", Kind::Credentials),
            (Method::POST, "/api/auth/password-reset/confirm", Kind::Credentials),
            (Method::DELETE, "/api/auth/me", Kind::Credentials),
            (Method::PATCH, "/api/auth/me", Kind::Write),
            (Method::POST, "/api/auth/refresh", Kind::Write),
            (Method::DELETE, "/api/competitions/1/register", Kind::Write),
        ] {
            assert_eq!(Kind::of(&method, path), expected, "{method} {path}");
        }
    }

    #[test]
    fn every_server_function_is_listed_and_no_other() {
        // Links the functions in.
        let _ = app::App;
        let listed: BTreeSet<String> =
            FUNCTIONS.iter().map(|(name, _)| format!("{SERVER_FUNCTIONS}{name}")).collect();
        let there: BTreeSet<String> = server_fn_paths().map(|(path, _)| path.to_owned()).collect();
        assert!(there.len() > 30, "the functions are not linked in");
        assert_eq!(listed, there);
    }
}
