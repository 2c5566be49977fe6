//! The page for unknown addresses.

use domain::{ErrorCode, PublicError};
use leptos::prelude::*;

use crate::{components::FailureView, error::Failure};

/// The page for unknown addresses.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    // The browser reuses the failure of the server, which holds the request id.
    let failure = SharedValue::new(|| {
        Failure::from(PublicError::new(ErrorCode::RouteNotFound, "Page not found"))
    });
    view! { <FailureView failure=failure.into_inner() /> }
}
