//! The page that a login leads to.

use leptos::prelude::*;
use leptos_router::location::{Location, Url};

/// The page that a login leads to by default.
const HOME: &str = "/dashboard";

/// `next` if it is a path of this site, else the dashboard. Browsers read `//host` and `/\host` as
/// the address of another site, and so can paths with the segments `.` and `..` become one.
pub(crate) fn local(next: &str) -> &str {
    let path = next.split(['?', '#']).next().unwrap_or_default();
    let is_plain = |step: &str| {
        let step = step.to_ascii_lowercase().replace("%2e", ".");
        !step.is_empty() && step != "." && step != ".."
    };
    let steps = path.strip_prefix('/');
    let is_local = steps.is_some_and(|steps| steps.is_empty() || steps.split('/').all(is_plain));
    let is_text = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_local && is_text { next } else { HOME }
}

/// The address of the current page.
pub(crate) fn here(location: &Location) -> String {
    let (path, search) = (location.pathname.get(), location.search.get());
    if search.is_empty() { path } else { format!("{path}?{search}") }
}

/// The login page that leads back to `next`.
pub(crate) fn login(next: &str) -> String {
    page("/auth/login", next)
}

/// The sign-up page that leads back to `next`.
pub(crate) fn sign_up(next: &str) -> String {
    page("/auth/signup", next)
}

/// The form that adds a role to the account, and leads back to `next`.
pub(crate) fn add_role(next: &str) -> String {
    format!("{}#roles", page("/account", next))
}

fn page(path: &str, next: &str) -> String {
    match local(next) {
        HOME => path.to_owned(),
        next => format!("{path}?next={}", Url::escape(next)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_local() {
        assert_eq!(local("/competitions/1?x=%20#y"), "/competitions/1?x=%20#y");
        assert_eq!(local("/"), "/");
        assert_eq!(local("/competitions?next=//x"), "/competitions?next=//x");
        for foreign in [
            "",
            "competitions",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/.//evil.example",
            "/../..//evil.example",
            "/x/..//evil.example",
            "/%2e//evil.example",
            "/%2E%2e/x",
            "/x//y",
            "/x\r\nSet-Cookie: a=b",
            "/\t/evil.example",
            "javascript:alert(1)",
            "/ü",
        ] {
            assert_eq!(local(foreign), HOME, "{foreign:?}");
        }
    }

    #[test]
    fn the_login_address_holds_the_page_to_return_to() {
        assert_eq!(login("/dashboard"), "/auth/login");
        assert_eq!(login("/competitions?page=2"), "/auth/login?next=%2Fcompetitions%3Fpage%3D2");
    }
}
