//! The text of a new token, which is shown once.

use std::fmt;

use leptos::{html::Div, prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use wasm_bindgen_futures::JsFuture;

use super::row::TokenRow;
use crate::components::{Icon, Shape, focus};

/// A token that was just created, with its text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewToken {
    /// The token.
    pub token: TokenRow,
    /// Its text.
    pub text: String,
}

impl fmt::Debug for NewToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewToken").field("token", &self.token).finish_non_exhaustive()
    }
}

/// The text of a new token, once there is one. With JavaScript it takes the focus when it appears.
#[component]
pub(super) fn NewTokenText(
    /// The token.
    new: Signal<Option<NewToken>>,
) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    Effect::new(move || {
        if new.with(Option::is_some)
            && let Some(node) = node.get()
        {
            focus(node);
        }
    });
    // The element is always there, because screen readers announce changes inside an existing live
    // region.
    view! {
        <div node_ref=node role="status" tabindex="-1" class="empty:hidden">
            {move || new.get().map(|new| view! { <Shown new /> })}
        </div>
    }
}

#[component]
fn Shown(new: NewToken) -> impl IntoView {
    let NewToken { token, text } = new;
    view! {
        <div class="section">
            <p class="icon-line font-semibold wrap-anywhere">
                <Icon shape=Shape::Tick />
                {format!("The token {} is created", token.name)}
            </p>
            <p>"Copy it now. It is not shown again."</p>
            <label for="new-token" class="font-semibold">"New token"</label>
            <div class="flex flex-wrap gap-2">
                <input
                    class="input font-mono"
                    id="new-token"
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    readonly
                    value=text.clone()
                />
                <CopyToken text />
            </div>
        </div>
    }
}

/// Copies the token, if JavaScript and the browser allow it.
#[component]
fn CopyToken(text: String) -> impl IntoView {
    let (can_copy, set_can_copy) = signal(false);
    let (copied, set_copied) = signal(None);
    Effect::new(move || set_can_copy.set(window().is_secure_context()));
    let copy = move |_| {
        let written = JsFuture::from(window().navigator().clipboard().write_text(&text));
        spawn_local(async move {
            let refused = "Your browser does not allow copying. Copy the text instead.";
            set_copied.set(Some(written.await.map_or(refused, |_| "Token copied")));
        });
    };
    view! {
        <Show when=move || can_copy.get()>
            <button type="button" class="btn" on:click=copy.clone()>
                "Copy token"
            </button>
        </Show>
        <span role="status" class="text-sm">{copied}</span>
    }
}
