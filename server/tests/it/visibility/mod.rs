//! Drafts and unlisted competitions, by the API and on pages.

mod drafts;
mod edits;
mod lists;
mod pages;

use axum::{
    body::Body,
    http::{Request, Response as HttpResponse, StatusCode},
};
use domain::{CompetitionId, Visibility};
use serde_json::json;
use service::Actor;
use tower::ServiceExt;

use crate::support::{App, Response};

const TITLE: &str = "Xylophone Open";
/// Nothing has this id.
const UNKNOWN: &str = "01939c2e-7b5a-7000-8000-000000000001";

/// A competition of Ada's, and the users who may ask for it.
struct Scene {
    app: App,
    ada: Actor,
    id: CompetitionId,
    path: String,
}

impl Scene {
    async fn with(visibility: Visibility) -> Self {
        let app = App::new().await;
        let ada = app.world.organizer("Ada").await;
        let competition = app.world.competition(&ada).titled(TITLE).tagged(&["xylophone"]);
        let id = competition.visible_as(visibility).create().await;
        let path = format!("/api/competitions/{id}");
        Self { app, ada, id, path }
    }

    async fn set(&self, visibility: &str) -> Response {
        let edit = json!({ "visibility": visibility });
        self.app.patch(&self.path).by(&self.ada).json(&edit).send().await
    }

    async fn status(&self, path: &str) -> StatusCode {
        self.app.get(path).send().await.status
    }

    /// The open stream of a viewer.
    async fn watch(&self, viewer: Option<&Actor>) -> HttpResponse<Body> {
        let mut request = Request::get(format!("{}/events", self.path)).header("host", "localhost");
        if let Some(viewer) = viewer {
            request = request.header("authorization", format!("Bearer {}", self.app.token(viewer)));
        }
        self.app.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }
}
