//! The error summary above a form.

use domain::{ErrorCode, FieldError, PublicError};
use leptos::{html::Div, prelude::*};
use leptos_router::hooks::use_location;

use super::{Icon, RequestId, Shape, focus};
use crate::{form::FormError, next, viewer::CurrentViewer};

/// Lists all faults, each as a link to its field. With JavaScript it takes the focus when it
/// appears.
#[component]
pub(crate) fn ErrorSummary(
    /// The error of the form, if there is one.
    error: FormError,
) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    let viewer = expect_context::<CurrentViewer>();
    Effect::new(move || {
        let is_logged_out = move |error: &PublicError| error.code == ErrorCode::Unauthorized;
        if error.with(|error| error.as_ref().is_some_and(is_logged_out)) {
            viewer.resource.refetch();
        }
    });
    Effect::new(move || {
        if error.get().is_some()
            && let Some(summary) = node.get()
        {
            focus(summary);
        }
    });
    // The element is always there, because screen readers announce changes inside an existing live
    // region.
    view! {
        <div node_ref=node role="alert" tabindex="-1" class="error-summary">
            {move || error.get().map(|error| view! { <Faults error /> })}
        </div>
    }
}

#[component]
fn Faults(error: PublicError) -> impl IntoView {
    // Only failures of the server are worth a question to its operators.
    let request_id = error.request_id.filter(|_| error.code.status() >= 500);
    let list = if error.code == ErrorCode::Unauthorized {
        // In a new tab, because this one holds the typed text.
        let login = next::login(&untrack(|| next::here(&use_location())));
        view! {
            <p>
                "Your session has ended. "
                <a class="link" href=login target="_blank">"Log in again in a new tab"</a>
                ", then try again."
            </p>
        }
        .into_any()
    } else if error.fields.is_empty() {
        view! { <p>{error.message}</p> }.into_any()
    } else {
        let faults = error.fields.into_iter().map(|fault| view! { <Fault fault /> });
        view! { <ul class="list-disc pl-5">{faults.collect_view()}</ul> }.into_any()
    };
    view! {
        <div class="grid gap-2 rounded-box border-2 border-error p-4">
            <h2 class="flex items-center gap-2 font-semibold text-lg">
                <Icon shape=Shape::Warning />
                "There is a problem"
            </h2>
            {list}
            <RequestId id=request_id />
        </div>
    }
}

#[component]
fn Fault(fault: FieldError) -> impl IntoView {
    let FieldError { field, message } = fault;
    let href = format!("#{field}");
    // The browser focuses the target of such a link; the router, which handles clicks, does not.
    let to_field = move |event: leptos::ev::MouseEvent| {
        if let Some(input) = document().get_element_by_id(&field) {
            event.prevent_default();
            focus(input);
        }
    };
    view! {
        <li>
            <a class="link py-1" href=href on:click=to_field>{message}</a>
        </li>
    }
}
