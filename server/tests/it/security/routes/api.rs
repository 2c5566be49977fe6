//! The routes of the API.

use axum::http::Method;

use super::super::row::{Row, call, credentials_json, get, json, picture};

const NEW_COMPETITION: &str = concat!(
    r#"{"title":"Chess","description":"Seven rounds.","capacity":5,"#,
    r#""regDeadline":"2026-11-30T12:00:00Z"}"#,
);

const EDIT: &str = r#"{"version":1,"capacity":60}"#;

const NEW_ACCOUNT: &str = concat!(
    r#"{"name":"Eve","email":"new{n}@example.com","#,
    r#""password":"correct horse","role":"PARTICIPANT"}"#,
);

const UNKNOWN_LOGIN: &str = r#"{"email":"nobody{n}@example.com","password":"correct horse"}"#;

const NEW_PASSWORD: &str = r#"{"currentPassword":"correct horse","newPassword":"battery staple"}"#;

const REVIEW: &str = r#"{"registrationIds":["01939a00-0000-7000-8000-000000000000"]}"#;

pub(super) const ROWS: &[Row] = &[
    credentials_json(Method::POST, "/api/auth/signup", NEW_ACCOUNT, [201, 201, 201, 201, 201]),
    credentials_json(Method::POST, "/api/auth/login", UNKNOWN_LOGIN, [401, 401, 401, 401, 401]),
    json(
        Method::POST,
        "/api/auth/refresh",
        r#"{"refreshToken":"nobody's"}"#,
        [401, 401, 401, 401, 401],
    ),
    call(Method::POST, "/api/auth/logout", [204, 204, 204, 204, 204]),
    get("/api/auth/me", [401, 200, 200, 200, 200]),
    json(Method::PATCH, "/api/auth/me", r#"{"name":"Eve"}"#, [401, 200, 200, 200, 200]),
    get("/api/auth/me/organizer-notices", [401, 403, 200, 200, 403]),
    json(
        Method::PATCH,
        "/api/auth/me/organizer-notices",
        r#"{"full":"DAILY"}"#,
        [401, 403, 200, 200, 403],
    ),
    get("/api/auth/me/mail-preferences", [401, 200, 200, 200, 200]),
    json(
        Method::PATCH,
        "/api/auth/me/mail-preferences",
        r#"{"reminders":"MAILBOX"}"#,
        [401, 200, 200, 200, 200],
    ),
    get("/api/auth/me/data", [401, 200, 200, 200, 200]),
    get("/api/auth/me/calendar-feed", [401, 404, 404, 404, 404]),
    credentials_json(Method::POST, "/api/auth/me/calendar-feed", "{}", [401, 201, 201, 201, 201]),
    call(Method::DELETE, "/api/auth/me/calendar-feed", [401, 204, 204, 204, 204]),
    credentials_json(
        Method::DELETE,
        "/api/auth/me",
        r#"{"password":"correct horse"}"#,
        [401, 204, 204, 204, 204],
    ),
    json(Method::POST, "/api/auth/roles", r#"{"role":"PARTICIPANT"}"#, [401, 200, 200, 200, 403]),
    credentials_json(Method::POST, "/api/auth/password", NEW_PASSWORD, [401, 200, 200, 200, 200]),
    get("/api/auth/me/email", [401, 200, 200, 200, 200]),
    credentials_json(
        Method::POST,
        "/api/auth/me/email",
        r#"{"email":"moved{n}@example.com","password":"correct horse"}"#,
        [401, 200, 200, 200, 200],
    ),
    // The site of these tests sends no mail.
    call(Method::POST, "/api/auth/me/email/send", [401, 409, 409, 409, 409]),
    credentials_json(
        Method::POST,
        "/api/auth/me/email/verify",
        r#"{"code":"042817"}"#,
        [401, 200, 200, 200, 200],
    ),
    credentials_json(
        Method::POST,
        "/api/auth/verify-email",
        r#"{"token":"nobody's"}"#,
        [400, 400, 400, 400, 400],
    ),
    credentials_json(
        Method::POST,
        "/api/auth/password-reset",
        r#"{"email":"nobody{n}@example.com"}"#,
        [202, 202, 202, 202, 202],
    ),
    credentials_json(
        Method::POST,
        "/api/auth/password-reset/confirm",
        r#"{"token":"nobody's","password":"battery staple"}"#,
        [400, 400, 400, 400, 400],
    ),
    get("/api/auth/tokens", [401, 200, 200, 200, 200]),
    credentials_json(
        Method::POST,
        "/api/auth/tokens",
        r#"{"name":"CI","scope":"read"}"#,
        [401, 201, 201, 201, 201],
    ),
    get("/api/auth/tokens/{id}", [401, 404, 404, 200, 404]),
    call(Method::DELETE, "/api/auth/tokens/{id}", [401, 404, 404, 204, 404]),
    get("/api/competitions", [200, 200, 200, 200, 200]),
    json(Method::POST, "/api/competitions", NEW_COMPETITION, [401, 403, 201, 201, 403]),
    get("/api/competitions/my-competitions", [401, 403, 200, 200, 403]),
    get("/api/competitions/registrations/my", [401, 200, 403, 403, 403]),
    get("/api/competitions/{id}", [200, 200, 200, 200, 200]),
    json(Method::PATCH, "/api/competitions/{id}", EDIT, [401, 403, 403, 200, 403]),
    call(Method::POST, "/api/competitions/{id}/duplicate", [401, 403, 403, 201, 403]),
    call(Method::DELETE, "/api/competitions/{id}", [401, 403, 403, 200, 403]),
    get("/api/competitions/{id}/calendar.ics", [200, 200, 200, 200, 200]),
    get("/api/competitions/{id}/events", [200, 200, 200, 200, 200]),
    get("/api/competitions/{id}/seats", [200, 200, 200, 200, 200]),
    call(Method::POST, "/api/competitions/{id}/register", [401, 201, 403, 403, 403]),
    call(Method::DELETE, "/api/competitions/{id}/register", [401, 404, 403, 403, 403]),
    get("/api/competitions/{id}/registrations", [401, 403, 403, 200, 200]),
    get("/api/competitions/{id}/registrations.csv", [401, 403, 403, 200, 200]),
    json(
        Method::POST,
        "/api/competitions/{id}/registrations",
        r#"{"email":"nobody@example.com"}"#,
        [401, 403, 403, 404, 403],
    ),
    json(
        Method::POST,
        "/api/competitions/{id}/registrations/promote",
        REVIEW,
        [401, 403, 403, 200, 403],
    ),
    json(
        Method::POST,
        "/api/competitions/{id}/registrations/approve",
        REVIEW,
        [401, 403, 403, 200, 403],
    ),
    json(
        Method::POST,
        "/api/competitions/{id}/registrations/reject",
        REVIEW,
        [401, 403, 403, 200, 403],
    ),
    get("/api/competitions/{id}/registrations/{registrationId}", [401, 403, 403, 200, 200]),
    json(
        Method::PATCH,
        "/api/competitions/{id}/registrations/{registrationId}",
        r#"{"answers":[]}"#,
        [401, 403, 403, 200, 403],
    ),
    get("/api/assets", [401, 403, 200, 200, 403]),
    picture("/api/assets", "no picture", [401, 403, 400, 400, 403]),
    get("/api/competitions/{id}/access-codes", [401, 403, 403, 200, 403]),
    get("/api/competitions/{id}/invitations", [401, 403, 403, 200, 403]),
    json(
        Method::POST,
        "/api/competitions/{id}/invitations",
        r#"{"emails":["nobody@example.com"]}"#,
        [401, 403, 403, 200, 403],
    ),
    call(
        Method::DELETE,
        "/api/competitions/{id}/invitations/{invitationId}",
        [401, 403, 403, 404, 403],
    ),
    get("/api/competitions/{id}/messages", [401, 403, 403, 200, 403]),
    json(
        Method::POST,
        "/api/competitions/{id}/messages",
        r#"{"subject":"s","text":"t","statuses":["CONFIRMED"]}"#,
        [401, 403, 403, 201, 403],
    ),
    get("/api/competitions/{id}/messages/{messageId}", [401, 403, 403, 200, 403]),
    json(
        Method::PATCH,
        "/api/competitions/{id}/messages/{messageId}",
        r#"{"subject":"s"}"#,
        [401, 403, 403, 200, 403],
    ),
    call(Method::DELETE, "/api/competitions/{id}/messages/{messageId}", [401, 403, 403, 204, 403]),
    get("/api/competitions/{id}/messages/{messageId}/recipients", [401, 403, 403, 200, 403]),
    call(
        Method::POST,
        "/api/competitions/{id}/messages/{messageId}/test",
        [401, 403, 403, 204, 403],
    ),
    json(
        Method::POST,
        "/api/competitions/{id}/messages/{messageId}/send",
        r#"{"version":1}"#,
        [401, 403, 403, 200, 403],
    ),
    call(
        Method::POST,
        "/api/competitions/{id}/messages/{messageId}/stop",
        [401, 403, 403, 409, 403],
    ),
    get("/api/registrations/{id}", [401, 404, 404, 200, 404]),
    json(Method::PATCH, "/api/registrations/{id}", r#"{"answers":[]}"#, [401, 404, 403, 200, 403]),
    get("/api/registrations/{id}/calendar.ics", [401, 404, 404, 200, 404]),
    get("/api/mailbox/my", [401, 200, 200, 200, 200]),
    get("/api/mailbox/unread-count", [401, 200, 200, 200, 200]),
    call(Method::PATCH, "/api/mailbox/{id}/read", [401, 404, 404, 200, 404]),
    get("/api/webhooks", [401, 403, 200, 200, 403]),
    json(
        Method::POST,
        "/api/webhooks",
        r#"{"url":"https://club.example/hook"}"#,
        [401, 403, 201, 201, 403],
    ),
    get("/api/webhooks/{id}", [401, 403, 404, 200, 403]),
    json(Method::PATCH, "/api/webhooks/{id}", r#"{"enabled":true}"#, [401, 403, 404, 200, 403]),
    call(Method::DELETE, "/api/webhooks/{id}", [401, 403, 404, 204, 403]),
    call(Method::POST, "/api/webhooks/{id}/rotate-secret", [401, 403, 404, 200, 403]),
    call(Method::POST, "/api/webhooks/{id}/test", [401, 403, 404, 202, 403]),
    get("/api/webhooks/{id}/deliveries", [401, 403, 404, 200, 403]),
    call(Method::POST, "/api/webhooks/deliveries/{id}/send-again", [401, 403, 404, 202, 403]),
    get("/api/admin/queues", [401, 403, 403, 403, 200]),
    get("/api/admin/mail", [401, 403, 403, 403, 200]),
    get("/api/admin/failed-jobs", [401, 403, 403, 403, 200]),
    call(Method::POST, "/api/admin/failed-jobs/{id}/retry", [401, 403, 403, 403, 204]),
    call(Method::POST, "/api/admin/failed-jobs/retry", [401, 403, 403, 403, 200]),
    call(Method::DELETE, "/api/admin/failed-jobs/{id}", [401, 403, 403, 403, 204]),
    get("/api/health", [200, 200, 200, 200, 200]),
];
