//! A row of the table of routes: a call, and what becomes of it.

use axum::http::Method;

use super::FORM;

/// The actor of a call, in the order of the statuses in a [`Row`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Visitor,
    OtherParticipant,
    OtherOrganizer,
    Owner,
    Admin,
}

pub(super) const ACTORS: [Who; 5] =
    [Who::Visitor, Who::OtherParticipant, Who::OtherOrganizer, Who::Owner, Who::Admin];

/// The body of a call.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sent {
    Nothing,
    Json(&'static str),
    Form(&'static str),
    /// A form with a picture, whose boundary is `x`.
    Multipart(&'static str),
    Picture(&'static str),
}

/// Which allowance a call is counted against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Unlimited,
    Read,
    Write,
    Credentials,
}

/// One call, its rate limit class, and the status of its answer for each [`Who`].
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) method: Method,
    pub(super) route: &'static str,
    pub(super) sent: Sent,
    pub(super) class: Class,
    pub(super) expected: [u16; 5],
}

impl Sent {
    /// The content type and the text of the body.
    pub(super) fn typed(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Nothing => None,
            Self::Json(body) => Some(("application/json", body)),
            Self::Form(body) => Some((FORM, body)),
            Self::Multipart(body) => Some(("multipart/form-data; boundary=x", body)),
            Self::Picture(body) => Some(("image/jpeg", body)),
        }
    }
}

impl Row {
    pub(super) fn is_function(&self) -> bool {
        self.route.starts_with("/fn/")
    }

    /// Whether the path or the body has a placeholder.
    pub(super) fn names(&self, placeholder: &str) -> bool {
        let body = self.sent.typed().map_or("", |(_, body)| body);
        self.route.contains(placeholder) || body.contains(placeholder)
    }

    /// The path with `id` for each id.
    pub(super) fn path(&self, id: &str) -> String {
        self.route.replace("{id}", id).replace("{registrationId}", id).replace("{invitationId}", id)
    }

    pub(super) fn is_api(&self) -> bool {
        self.route.starts_with("/api/")
    }
}

pub(super) const fn get(route: &'static str, expected: [u16; 5]) -> Row {
    row(Class::Read, Method::GET, route, Sent::Nothing, expected)
}

/// What a balancer asks.
pub(super) const fn probe(route: &'static str, expected: [u16; 5]) -> Row {
    row(Class::Unlimited, Method::GET, route, Sent::Nothing, expected)
}

pub(super) const fn call(method: Method, route: &'static str, expected: [u16; 5]) -> Row {
    row(Class::Write, method, route, Sent::Nothing, expected)
}

pub(super) const fn json(
    method: Method,
    route: &'static str,
    body: &'static str,
    expected: [u16; 5],
) -> Row {
    row(Class::Write, method, route, Sent::Json(body), expected)
}

pub(super) const fn credentials_json(
    method: Method,
    route: &'static str,
    body: &'static str,
    expected: [u16; 5],
) -> Row {
    row(Class::Credentials, method, route, Sent::Json(body), expected)
}

/// A server function that changes something, as our code in the browser calls it.
pub(super) const fn form(route: &'static str, body: &'static str, expected: [u16; 5]) -> Row {
    row(Class::Write, Method::POST, route, Sent::Form(body), expected)
}

/// A server function that takes a form with a picture.
pub(super) const fn multipart(route: &'static str, body: &'static str, expected: [u16; 5]) -> Row {
    row(Class::Write, Method::POST, route, Sent::Multipart(body), expected)
}

/// An upload of a picture.
pub(super) const fn picture(route: &'static str, body: &'static str, expected: [u16; 5]) -> Row {
    row(Class::Write, Method::POST, route, Sent::Picture(body), expected)
}

/// A server function that only reads.
pub(super) const fn load(route: &'static str, body: &'static str, expected: [u16; 5]) -> Row {
    row(Class::Read, Method::POST, route, Sent::Form(body), expected)
}

pub(super) const fn credentials_form(
    route: &'static str,
    body: &'static str,
    expected: [u16; 5],
) -> Row {
    row(Class::Credentials, Method::POST, route, Sent::Form(body), expected)
}

const fn row(
    class: Class,
    method: Method,
    route: &'static str,
    sent: Sent,
    expected: [u16; 5],
) -> Row {
    Row { method, route, sent, class, expected }
}
