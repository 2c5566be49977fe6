//! Where a login leads to.

use leptos::prelude::*;
use leptos_router::location::{Location, Url};

/// Where a login leads to when nothing else was asked for.
const HOME: &str = "/dashboard";

/// `next`, if it is a path of this site and of no other, else the dashboard. Browsers read `//host` and
/// `/\host` as the address of another site.
pub(crate) fn local(next: &str) -> &str {
    let is_local = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    if is_local && next.bytes().all(|byte| byte.is_ascii_graphic()) { next } else { HOME }
}

/// The address of the page that is open.
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
    fn only_paths_of_this_site_are_followed() {
        assert_eq!(local("/competitions/1?x=%20#y"), "/competitions/1?x=%20#y");
        for foreign in [
            "",
            "competitions",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/x\r\nSet-Cookie: a=b",
            "/\t/evil.example",
            "javascript:alert(1)",
            "/ü",
        ] {
            assert_eq!(local(foreign), HOME, "{foreign:?}");
        }
    }

    #[test]
    fn the_way_back_survives_in_the_address() {
        assert_eq!(login("/dashboard"), "/auth/login");
        assert_eq!(login("/competitions?page=2"), "/auth/login?next=%2Fcompetitions%3Fpage%3D2");
    }
}
