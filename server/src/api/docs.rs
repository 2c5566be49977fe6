//! The OpenAPI description, and Swagger UI. The pages load nothing from other hosts.

use std::sync::LazyLock;

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, HeaderValue, header::CONTENT_TYPE},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing,
};
use domain::{Attendance, CompetitionSort, CompetitionStatus, RosterSort};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::etag::IfNoneMatch;
use crate::{AppState, entity_tag, problem::ProblemDetails};

/// The parts of the description that concern the whole API.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Mini Compete",
        description = "Competitions that are never oversold. Times are RFC 3339 in UTC; errors are \
            RFC 9457 problem details, whose `code` is stable. Every response has the header \
            `X-Request-Id`. Any request can also have the responses 400 for a malformed head, 408 \
            for a body that comes too slowly, 414 and 431 for an address or headers that are too \
            large, and 500.",
        contact(name = "The maintainers of Mini Compete"),
    ),
    servers((url = "/api")),
    components(schemas(
        Attendance,
        CompetitionSort,
        CompetitionStatus,
        ProblemDetails,
        RosterSort
    )),
    modifiers(&Bearer),
    tags(
        (name = "accounts", description = "Signing up, logging in, the user's own account"),
        (name = "competitions", description = "Creating, editing and finding competitions"),
        (name = "registrations", description = "Registering, and lists of participants"),
        (name = "mailbox", description = "The in-app mailbox"),
        (name = "messages", description = "Messages of organizers to the participants"),
        (name = "webhooks", description = "Events of an organizer's competitions, sent by HTTP"),
        (name = "admin", description = "Administration of background jobs"),
        (name = "health", description = "The health of the service"),
    ),
)]
pub(super) struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut Document) {
        let mut bearer = Http::new(HttpAuthScheme::Bearer);
        bearer.description =
            Some("The `token` of a login or sign-up, or a personal access token".to_owned());
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// The description as `mini-compete openapi` writes it; a test compares the two. Writing it takes
/// milliseconds, which every start of a server would pay.
static JSON: &str = include_str!("../../../openapi.json");

static HEADERS: LazyLock<HeaderMap> = LazyLock::new(|| {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    entity_tag::make_revalidatable(&mut headers, JSON.as_bytes());
    headers
});

pub(super) fn router() -> Router<AppState> {
    // The URL that browsers use: this router is nested below `/api`.
    let config = Config::from("/api/openapi.json");
    let pages: Router<AppState> = SwaggerUi::new("/docs").config(config).into();
    pages.layer(middleware::from_fn(to_folder)).route("/openapi.json", routing::get(serve))
}

async fn serve(condition: IfNoneMatch) -> Response {
    condition.answer((HEADERS.clone(), JSON).into_response())
}

/// Redirects to the page, whose path ends with a slash. The redirect of Swagger UI itself would
/// lack `/api`.
async fn to_folder(request: Request, next: Next) -> Response {
    match request.uri().path() {
        "/docs" => Redirect::permanent("/api/docs/").into_response(),
        _ => next.run(request).await,
    }
}
