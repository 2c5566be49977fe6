//! An address with nothing behind it.

use domain::{ErrorCode, PublicError};
use leptos::prelude::*;

use crate::{components::FailureView, error::Failure};

/// An address with nothing behind it.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let failure = Failure(PublicError::new(ErrorCode::RouteNotFound, "Page not found"));
    view! { <FailureView failure /> }
}
