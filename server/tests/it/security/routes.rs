//! Every route of the site, its rate limit class, and who may use it. A route that is missing here
//! fails a test: add a row with the statuses that visitors, other participants, other organizers,
//! the owner and administrators get.
//!
//! The owner is the organizer of the competition in the path, or the participant who received the
//! message; elsewhere an organizer. `{registrationId}` is a registration for the competition. In a
//! body `{n}` is an unused number, `{competition}` the competition, `{webhook}` a webhook of its
//! organizer.

use axum::http::Method;

use super::row::{
    Row, call, credentials_form, credentials_json, form, get, json, load, multipart, picture, probe,
};

const NEW_COMPETITION: &str = concat!(
    r#"{"title":"Chess","description":"Seven rounds.","capacity":5,"#,
    r#""regDeadline":"2026-11-30T12:00:00Z"}"#,
);
const NEW_ACCOUNT: &str = concat!(
    r#"{"name":"Eve","email":"new{n}@example.com","#,
    r#""password":"correct horse","role":"PARTICIPANT"}"#,
);
const UNKNOWN_LOGIN: &str = r#"{"email":"nobody{n}@example.com","password":"correct horse"}"#;
const NEW_PASSWORD: &str = r#"{"currentPassword":"correct horse","newPassword":"battery staple"}"#;

/// A form without a picture, which is shown again.
const COVER: &str = concat!(
    "--x\r\nContent-Disposition: form-data; name=\"competition\"\r\n\r\n{competition}\r\n",
    "--x--\r\n",
);

const REVIEW: &str = r#"{"registrationIds":["01939a00-0000-7000-8000-000000000000"]}"#;

/// Every route.
pub(super) const ROUTES: &[Row] = &[
    // The API.
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
    credentials_json(
        Method::DELETE,
        "/api/auth/me",
        r#"{"password":"correct horse"}"#,
        [401, 204, 204, 204, 204],
    ),
    json(Method::POST, "/api/auth/roles", r#"{"role":"PARTICIPANT"}"#, [401, 200, 200, 200, 403]),
    credentials_json(Method::POST, "/api/auth/password", NEW_PASSWORD, [401, 200, 200, 200, 200]),
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
    json(
        Method::PATCH,
        "/api/competitions/{id}",
        r#"{"version":1,"capacity":60}"#,
        [401, 403, 403, 200, 403],
    ),
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
    get("/api/admin/failed-jobs", [401, 403, 403, 403, 200]),
    call(Method::POST, "/api/admin/failed-jobs/{id}/retry", [401, 403, 403, 403, 204]),
    call(Method::POST, "/api/admin/failed-jobs/retry", [401, 403, 403, 403, 200]),
    call(Method::DELETE, "/api/admin/failed-jobs/{id}", [401, 403, 403, 403, 204]),
    get("/api/health", [200, 200, 200, 200, 200]),
    // Beside the API.
    get("/api/openapi.json", [200, 200, 200, 200, 200]),
    get("/api/docs/", [200, 200, 200, 200, 200]),
    probe("/health", [200, 200, 200, 200, 200]),
    probe("/health/live", [200, 200, 200, 200, 200]),
    probe("/health/ready", [200, 200, 200, 200, 200]),
    // Pages.
    get("/", [200, 200, 200, 200, 200]),
    get("/competitions", [200, 200, 200, 200, 200]),
    get("/competitions/create", [302, 403, 200, 200, 403]),
    get("/competitions/{id}", [200, 200, 200, 200, 200]),
    get("/competitions/{id}/edit", [302, 403, 403, 200, 403]),
    get("/competitions/{id}/manage", [302, 403, 403, 200, 200]),
    get("/competitions/{id}/registrations/{registrationId}", [302, 403, 403, 200, 200]),
    get("/competitions/{id}/cancel", [302, 403, 403, 200, 403]),
    get("/competitions/{id}/cancel-registration", [302, 200, 403, 403, 403]),
    get("/competitions/{id}/register", [302, 200, 403, 403, 403]),
    get("/competitions/{id}/answers", [302, 200, 403, 403, 403]),
    get("/competitions/{id}/questions", [302, 403, 403, 200, 403]),
    get("/competitions/{id}/access", [302, 403, 403, 200, 403]),
    get("/competitions/{id}/invitations", [302, 403, 403, 200, 403]),
    get("/competitions/{id}/cover", [302, 403, 403, 200, 403]),
    get("/media/{asset}/{file}", [404, 404, 404, 404, 404]),
    get("/media/patterns/{file}", [404, 404, 404, 404, 404]),
    get("/auth/login", [200, 302, 302, 302, 302]),
    get("/auth/signup", [200, 302, 302, 302, 302]),
    get("/auth/forgot", [200, 200, 200, 200, 200]),
    get("/auth/reset", [200, 200, 200, 200, 200]),
    get("/account", [302, 200, 200, 200, 200]),
    get("/account/tokens", [302, 200, 200, 200, 200]),
    get("/account/tokens/{id}/revoke", [302, 404, 404, 200, 404]),
    get("/dashboard", [302, 200, 200, 200, 200]),
    get("/mailbox", [302, 200, 200, 200, 200]),
    get("/admin/queues", [302, 403, 403, 403, 200]),
    get("/admin/queues/{id}/discard", [302, 403, 403, 403, 404]),
    get("/webhooks", [302, 403, 200, 200, 403]),
    get("/webhooks/{id}", [302, 403, 404, 200, 403]),
    get("/webhooks/{id}/edit", [302, 403, 404, 200, 403]),
    get("/webhooks/{id}/rotate-secret", [302, 403, 404, 200, 403]),
    get("/webhooks/{id}/delete", [302, 403, 404, 200, 403]),
    get("/nothing-here", [404, 404, 404, 404, 404]),
    // Server functions.
    load("/fn/viewer", "", [200, 200, 200, 200, 200]),
    load("/fn/closing_soon", "", [200, 200, 200, 200, 200]),
    load("/fn/competitions", "", [200, 200, 200, 200, 200]),
    load("/fn/competition", "id={competition}", [200, 200, 200, 200, 200]),
    load("/fn/competition_draft", "", [401, 403, 200, 200, 403]),
    form(
        "/fn/create_competition",
        "draft[title]=Chess&draft[description]=Seven&draft[capacity]=5&draft[timeZone]=UTC\
         &draft[regDeadline]=2026-11-30T12:00&idempotency_key=k{n}",
        [401, 403, 200, 200, 403],
    ),
    form(
        "/fn/register",
        "competition={competition}&idempotency_key=k{n}",
        [401, 200, 403, 403, 403],
    ),
    load("/fn/register_screen", "id={competition}", [401, 200, 403, 403, 403]),
    form(
        "/fn/register_with_answers",
        "competition={competition}&idempotency_key=k{n}",
        [401, 200, 403, 403, 403],
    ),
    load("/fn/answers_screen", "id={competition}", [401, 200, 403, 403, 403]),
    form(
        "/fn/change_answers",
        "competition={competition}&registration=01939a00-0000-7000-8000-000000000000",
        [401, 404, 403, 403, 403],
    ),
    load("/fn/questions_screen", "id={competition}", [401, 403, 403, 200, 403]),
    form("/fn/save_questions", "competition={competition}&version=1", [401, 403, 403, 200, 403]),
    load("/fn/access_screen", "id={competition}", [401, 403, 403, 200, 403]),
    form(
        "/fn/save_access",
        "competition={competition}&version=1&access=OPEN",
        [401, 403, 403, 200, 403],
    ),
    load("/fn/cover_screen", "id={competition}", [401, 403, 403, 200, 403]),
    multipart("/fn/save_cover", COVER, [401, 403, 403, 200, 403]),
    form("/fn/remove_cover", "competition={competition}", [401, 403, 403, 200, 403]),
    load("/fn/invitations_screen", "id={competition}", [401, 403, 403, 200, 403]),
    form(
        "/fn/invite",
        "competition={competition}&emails=nobody%40example.com",
        [401, 403, 403, 200, 403],
    ),
    form(
        "/fn/revoke_invitation",
        "competition={competition}&invitation=01939a00-0000-7000-8000-000000000000",
        [401, 403, 403, 200, 403],
    ),
    load("/fn/competition_to_edit", "id={competition}", [401, 403, 403, 200, 403]),
    form(
        "/fn/edit_competition",
        "competition={competition}&version=1&draft[title]=Chess&idempotency_key=k{n}",
        [401, 403, 403, 200, 403],
    ),
    load("/fn/manage_competition", "id={competition}", [401, 403, 403, 200, 200]),
    load(
        "/fn/participant",
        "competition={competition}&registration={registrationId}",
        [401, 403, 403, 200, 200],
    ),
    form(
        "/fn/correct_answers",
        "competition={competition}&registration={registrationId}&questions_version=0\
         &updated_at=2026-11-23T12:00:00Z",
        [401, 403, 403, 200, 403],
    ),
    form(
        "/fn/set_visibility",
        "competition={competition}&visibility=PUBLIC",
        [401, 403, 403, 200, 403],
    ),
    form(
        "/fn/review_registrations",
        "competition={competition}&verdict=approve\
         &registration_ids[0]=01939a00-0000-7000-8000-000000000000",
        [401, 403, 403, 404, 403],
    ),
    form(
        "/fn/add_participant",
        "competition={competition}&email=nobody%40example.com",
        [401, 403, 403, 404, 403],
    ),
    load("/fn/cancel_competition_screen", "id={competition}", [401, 403, 403, 200, 403]),
    form(
        "/fn/cancel_competition",
        "competition={competition}&idempotency_key=k{n}",
        [401, 403, 403, 400, 403],
    ),
    load("/fn/cancel_registration_screen", "id={competition}", [401, 200, 403, 403, 403]),
    form(
        "/fn/cancel_registration",
        "competition={competition}&idempotency_key=k{n}",
        [401, 404, 403, 403, 403],
    ),
    load("/fn/dashboard", "", [401, 200, 200, 200, 200]),
    load("/fn/mailbox", "", [401, 200, 200, 200, 200]),
    load("/fn/login", "", [200, 200, 200, 200, 200]),
    load("/fn/signup", "", [200, 200, 200, 200, 200]),
    credentials_form(
        "/fn/log_in",
        "email=nobody{n}@example.com&password=correct+horse",
        [401, 401, 401, 401, 401],
    ),
    credentials_form(
        "/fn/sign_up",
        "name=Eve&email=new{n}@example.com&password=correct+horse&role=PARTICIPANT",
        [200, 200, 200, 200, 200],
    ),
    load("/fn/forgot", "", [200, 200, 200, 200, 200]),
    credentials_form("/fn/request_reset", "email=nobody{n}@example.com", [200, 200, 200, 200, 200]),
    load("/fn/reset", "", [200, 200, 200, 200, 200]),
    credentials_form("/fn/reset_password", "password=battery+staple", [400, 400, 400, 400, 400]),
    load("/fn/account", "", [401, 200, 200, 200, 200]),
    form("/fn/edit_profile", "name=Eve", [401, 200, 200, 200, 200]),
    form("/fn/add_role", "role=PARTICIPANT", [401, 200, 200, 200, 403]),
    credentials_form(
        "/fn/change_password",
        "current_password=wrong&new_password=battery+staple",
        [401, 403, 403, 403, 403],
    ),
    load("/fn/tokens", "", [401, 200, 200, 200, 200]),
    credentials_form("/fn/create_token", "name=CI&scope=read", [401, 200, 200, 200, 200]),
    load(
        "/fn/revoke_token_screen",
        "id=01939a00-0000-7000-8000-000000000000",
        [401, 404, 404, 404, 404],
    ),
    form("/fn/revoke_token", "id=01939a00-0000-7000-8000-000000000000", [401, 404, 404, 404, 404]),
    credentials_form("/fn/delete_account", "password=wrong", [401, 400, 400, 400, 400]),
    form("/fn/read_all_mail", "", [401, 200, 200, 200, 200]),
    form(
        "/fn/mark_mail_unread",
        "id=01939a00-0000-7000-8000-000000000000",
        [401, 404, 404, 404, 404],
    ),
    load("/fn/queues", "", [401, 403, 403, 403, 200]),
    form("/fn/retry_job", "id=01939a00-0000-7000-8000-000000000000", [401, 403, 403, 403, 404]),
    form("/fn/retry_all_jobs", "", [401, 403, 403, 403, 200]),
    load(
        "/fn/discard_job_screen",
        "id=01939a00-0000-7000-8000-000000000000",
        [401, 403, 403, 403, 404],
    ),
    form(
        "/fn/discard_job",
        "id=01939a00-0000-7000-8000-000000000000&kind=clean_up",
        [401, 403, 403, 403, 404],
    ),
    load("/fn/webhooks", "", [401, 403, 200, 200, 403]),
    form("/fn/create_webhook", "url=https://club.example/hook", [401, 403, 200, 200, 403]),
    load("/fn/webhook", "id={webhook}", [401, 403, 404, 200, 403]),
    load("/fn/webhook_form", "id={webhook}&form=Edit", [401, 403, 404, 200, 403]),
    form(
        "/fn/edit_webhook",
        "id={webhook}&url=https://club.example/hook&event_types[]=competition.full",
        [401, 403, 404, 200, 403],
    ),
    form("/fn/send_delivery", "webhook={webhook}", [401, 403, 404, 200, 403]),
    form("/fn/rotate_secret", "id={webhook}", [401, 403, 404, 200, 403]),
    form("/fn/delete_webhook", "id={webhook}", [401, 403, 404, 200, 403]),
    form("/fn/set_theme", "theme=dark&next=/", [200, 200, 200, 200, 200]),
    load("/fn/toasts", "", [200, 200, 200, 200, 200]),
    form("/fn/log_out", "", [200, 200, 200, 200, 200]),
];

/// Rows for paths that neither the OpenAPI description nor the route list of Leptos has.
pub(super) const UNLISTED: [&str; 8] = [
    "/media/{asset}/{file}",
    "/media/patterns/{file}",
    "/api/openapi.json",
    "/api/docs/",
    "/health",
    "/health/live",
    "/health/ready",
    "/nothing-here",
];
