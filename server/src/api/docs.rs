//! The description of the API, and pages to read it with. They load nothing from elsewhere.

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::{AppState, problem::ProblemDetails};

/// What the description says of the whole.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Mini Compete",
        description = "Competitions that are never oversold. Times are RFC 3339 in UTC; errors are RFC 9457 problem details.",
    ),
    servers((url = "/api")),
    components(schemas(ProblemDetails)),
    modifiers(&Bearer),
    tags(
        (name = "accounts", description = "Signing up and in"),
        (name = "competitions", description = "Creating and finding competitions"),
        (name = "registrations", description = "Registering, and who is registered"),
        (name = "mailbox", description = "The in-app mailbox"),
        (name = "admin", description = "Looking after the installation"),
        (name = "health", description = "Whether the service works"),
    ),
)]
pub(super) struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut Document) {
        let mut bearer = Http::new(HttpAuthScheme::Bearer);
        bearer.bearer_format = Some("JWT".to_owned());
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

pub(super) fn router(description: Document) -> Router<AppState> {
    // The page is told where the description is from outside, of which this router knows nothing.
    let config = Config::from("/api/openapi.json");
    let pages: Router<AppState> =
        SwaggerUi::new("/docs").url("/openapi.json", description).config(config).into();
    pages.layer(middleware::from_fn(to_folder))
}

/// Leads to the page itself, whose address ends with a slash. The page would do so by itself, and knows nothing of `/api`.
async fn to_folder(request: Request, next: Next) -> Response {
    match request.uri().path() {
        "/docs" => Redirect::permanent("/api/docs/").into_response(),
        _ => next.run(request).await,
    }
}
