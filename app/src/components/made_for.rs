//! Whose form it is.

use leptos::prelude::*;

use super::Awaited;
use crate::viewer::CurrentViewer;

/// Says in a form for whom its page was made: the answer to it begins with `made_for`. Another tab may have signed
/// somebody else in by the time it is sent.
#[component]
pub(crate) fn MadeFor() -> impl IntoView {
    let viewer = expect_context::<CurrentViewer>();
    let field = move || async move {
        let user = viewer.known().await.user;
        user.map(|user| view! { <input type="hidden" name="made_for" value=user.id.to_string() /> })
    };
    view! { <Awaited content=field /> }
}
