//! An address with nothing behind it.

use domain::{ErrorCode, PublicError};
use leptos::prelude::*;

use crate::{components::FailureView, error::Failure};

/// An address with nothing behind it.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    // The browser takes over what the server made, request id and all.
    let failure = SharedValue::new(|| {
        Failure::from(PublicError::new(ErrorCode::RouteNotFound, "Page not found"))
    });
    view! { <FailureView failure=failure.into_inner() /> }
}
