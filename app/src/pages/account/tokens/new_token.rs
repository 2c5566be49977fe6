//! The text of a new token, which is shown once.

use std::fmt;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::row::TokenRow;
use crate::components::{Announced, CopyField, Icon, Shape};

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
    let content = |new: NewToken| view! { <Shown new /> }.into_any();
    view! { <Announced shown=new content /> }
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
            <CopyField
                id="new-token"
                label="New token"
                copy="Copy token"
                copied="Token copied"
                text
            />
        </div>
    }
}
