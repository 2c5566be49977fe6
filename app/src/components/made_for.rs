//! The user that a form was rendered for.

use leptos::prelude::*;

use super::Awaited;
use crate::viewer::CurrentViewer;

/// A hidden field with the user that the form was rendered for. Another user may have logged in in
/// another tab by the time it is sent; `ssr::form::check_same_user` refuses it then.
#[component]
pub(crate) fn MadeFor() -> impl IntoView {
    let viewer = expect_context::<CurrentViewer>();
    let field = move || async move {
        let user = viewer.known().await.user;
        user.map(|user| view! { <input type="hidden" name="made_for" value=user.id.to_string() /> })
    };
    view! { <Awaited content=field /> }
}
