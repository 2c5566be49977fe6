//! The note to users whose address is not verified, or takes no mail.

use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_location};

use crate::{
    components::Awaited,
    viewer::{CurrentViewer, Unmailed, Viewer},
};

/// The page that the note leads to, which does not show it.
const EMAIL: &str = "/account/email";

/// The note to users whose address is not verified, or takes no mail, on every page but the one
/// where they verify or change it.
#[component]
pub(crate) fn EmailNote() -> impl IntoView {
    let viewer = expect_context::<CurrentViewer>();
    let path = use_location().pathname;
    let is_elsewhere = Memo::new(move |_| path.get() != EMAIL);
    let note = move || {
        let is_elsewhere = is_elsewhere.get();
        async move {
            let Viewer { user, unmailed, .. } = viewer.known().await;
            let why = user.and(unmailed).filter(|_| is_elsewhere);
            why.map(|why| view! { <Note why /> })
        }
    };
    view! { <Awaited content=note /> }
}

#[component]
fn Note(why: Unmailed) -> impl IntoView {
    let (text, link) = match why {
        Unmailed::Unverified => {
            ("Verify your email address to get messages by mail. ", "Verify address")
        }
        Unmailed::Refused => {
            ("The mail server of your email address refuses our mail. ", "Check address")
        }
    };
    view! {
        <aside class="email-note" aria-label="Email address">
            <p class="site-width">{text} <A href=EMAIL attr:class="link">{link}</A></p>
        </aside>
    }
}
