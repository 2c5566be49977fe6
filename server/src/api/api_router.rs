//! Collects the routes of the API with their documentation and their rate limit classes.

use axum::{Router, http::Method};
use utoipa::openapi::{OpenApi, path::PathItem};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::conventions;
use crate::{
    AppState,
    security::{RateClass, RateClasses},
};

/// Where the API is mounted.
const PREFIX: &str = "/api";

/// Documented routes, each of which declares its rate limit class.
pub(super) struct ApiRouter {
    routes: OpenApiRouter<AppState>,
    classes: RateClasses,
}

impl ApiRouter {
    pub(super) fn new() -> Self {
        Self { routes: OpenApiRouter::new(), classes: RateClasses::default() }
    }

    /// Without routes, over what `description` says of the whole API.
    pub(super) fn with_openapi(description: OpenApi) -> Self {
        Self { routes: OpenApiRouter::with_openapi(description), ..Self::new() }
    }

    /// Adds operations that only read.
    pub(super) fn read(self, operations: UtoipaMethodRouter<AppState>) -> Self {
        self.add(RateClass::Read, operations)
    }

    /// Adds operations that change something.
    pub(super) fn write(self, operations: UtoipaMethodRouter<AppState>) -> Self {
        self.add(RateClass::Write, operations)
    }

    /// Adds operations that check, make or change credentials.
    pub(super) fn credentials(self, operations: UtoipaMethodRouter<AppState>) -> Self {
        self.add(RateClass::Credentials, operations)
    }

    fn add(mut self, class: RateClass, operations: UtoipaMethodRouter<AppState>) -> Self {
        for (path, item) in &operations.1.paths {
            for method in methods(item) {
                self.classes.declare(method, format!("{PREFIX}{path}"), class);
            }
        }
        Self { routes: self.routes.routes(operations), ..self }
    }

    pub(super) fn merge(mut self, other: Self) -> Self {
        self.classes.extend(other.classes);
        Self { routes: self.routes.merge(other.routes), ..self }
    }

    /// With the description of each operation completed by what is true of all of them.
    pub(super) fn completed(mut self) -> Self {
        conventions::complete(self.routes.get_openapi_mut());
        self
    }

    pub(super) fn into_parts(self) -> (Router<AppState>, OpenApi, RateClasses) {
        let (router, description) = self.routes.split_for_parts();
        (router, description, self.classes)
    }
}

fn methods(item: &PathItem) -> impl Iterator<Item = Method> {
    let operations = [
        (&item.get, Method::GET),
        (&item.post, Method::POST),
        (&item.patch, Method::PATCH),
        (&item.delete, Method::DELETE),
    ];
    operations.into_iter().filter_map(|(operation, method)| operation.as_ref().map(|_| method))
}
