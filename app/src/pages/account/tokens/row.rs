//! A token in words.

use domain::{PersonalTokenId, TokenScope};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{Moment, components::ViewerTime};

/// A personal access token, without its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRow {
    /// Its id.
    pub id: PersonalTokenId,
    /// Its name.
    pub name: String,
    /// What a client may do with it.
    pub scope: TokenScope,
    /// When it was created.
    pub created_at: Moment,
    /// When it was last used, if it was.
    pub last_used_at: Option<Moment>,
    /// When it expires, if it does.
    pub expires_at: Option<Moment>,
    /// Whether it has expired.
    pub is_expired: bool,
}

#[cfg(feature = "ssr")]
impl TokenRow {
    pub(super) fn of(
        token: domain::PersonalToken,
        clock: &crate::ssr::clock::ViewerClock,
        now: domain::Timestamp,
    ) -> Self {
        Self {
            is_expired: token.is_expired(now),
            id: token.id,
            name: token.name,
            scope: token.scope,
            created_at: clock.in_viewer_zone(token.created_at),
            last_used_at: token.last_used_at.map(|at| clock.in_viewer_zone(at)),
            expires_at: token.expires_at.map(|at| clock.in_viewer_zone(at)),
        }
    }
}

/// A scope in words.
pub(super) fn scope_words(scope: TokenScope) -> &'static str {
    match scope {
        TokenScope::Read => "Read",
        TokenScope::Write => "Read and write",
    }
}

/// The name of a token, its scope and its times.
#[component]
pub(super) fn TokenDetails(
    /// The token.
    token: TokenRow,
) -> impl IntoView {
    let last_used = match token.last_used_at {
        Some(at) => view! { "Last used " <ViewerTime at /> }.into_any(),
        None => "Never used".into_any(),
    };
    let expires = match token.expires_at {
        Some(at) if token.is_expired => view! { "Expired " <ViewerTime at /> }.into_any(),
        Some(at) => view! { "Expires " <ViewerTime at /> }.into_any(),
        None => "Never expires".into_any(),
    };
    view! {
        <div class="grid min-w-0 gap-1">
            <h3 class="font-semibold wrap-anywhere" dir="auto">
                {token.name}
            </h3>
            <p>{scope_words(token.scope)}</p>
            <p class="text-sm text-muted">"Created " <ViewerTime at=token.created_at /></p>
            <p class="text-sm text-muted">{last_used}</p>
            <p class="text-sm text-muted">{expires}</p>
        </div>
    }
}
