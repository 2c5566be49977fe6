//! The tokens of the user.

use leptos::prelude::*;

use super::{
    TOKENS,
    row::{TokenDetails, TokenRow},
};
use crate::components::EmptyState;

/// The tokens of the user.
#[component]
pub(super) fn TokenList(
    /// Newest first.
    tokens: RwSignal<Vec<TokenRow>>,
) -> impl IntoView {
    let list = move || {
        let tokens = tokens.get();
        if tokens.is_empty() {
            return view! {
                <EmptyState title="No tokens yet">
                    <p>"Create one for each script or integration."</p>
                </EmptyState>
            }
            .into_any();
        }
        let item = |token: TokenRow| view! { <li><Item token /></li> };
        view! {
            <ul aria-labelledby="tokens-title" class="grid gap-3">
                {tokens.into_iter().map(item).collect_view()}
            </ul>
        }
        .into_any()
    };
    view! {
        <section aria-labelledby="tokens-title" class="grid gap-4">
            <h2 id="tokens-title" class="subheading">"Your tokens"</h2>
            {list}
        </section>
    }
}

#[component]
fn Item(token: TokenRow) -> impl IntoView {
    let revoke = format!("{TOKENS}/{}/revoke", token.id);
    let name = token.name.clone();
    view! {
        <article class="section">
            <div class="flex flex-wrap items-start justify-between gap-3">
                <TokenDetails token />
                <a class="btn" href=revoke>
                    "Revoke"
                    <span class="sr-only">{format!(" {name}")}</span>
                </a>
            </div>
        </article>
    }
}
