//! The note to users who have not confirmed their email address.

use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_location};

use crate::{
    components::Awaited,
    viewer::{CurrentViewer, Viewer},
};

/// The page that the note leads to, which does not show it.
const EMAIL: &str = "/account/email";

/// The note to users who have not confirmed their email address, on every page but the one where
/// they do.
#[component]
pub(crate) fn ProofNote() -> impl IntoView {
    let viewer = expect_context::<CurrentViewer>();
    let path = use_location().pathname;
    let is_elsewhere = Memo::new(move |_| path.get() != EMAIL);
    let note = move || {
        let is_elsewhere = is_elsewhere.get();
        async move {
            let Viewer { user, needs_proof, .. } = viewer.known().await;
            let user = user.filter(|_| needs_proof && is_elsewhere);
            user.map(|user| view! { <Note email=user.email /> })
        }
    };
    view! { <Awaited content=note /> }
}

#[component]
fn Note(email: String) -> impl IntoView {
    view! {
        <aside class="proof-note" aria-label="Email address">
            <p class="site-width">
                "Confirm " <strong class="break-all">{email}</strong> " to get messages by mail. "
                <A href=EMAIL attr:class="link">"Enter the code"</A>
            </p>
        </aside>
    }
}
