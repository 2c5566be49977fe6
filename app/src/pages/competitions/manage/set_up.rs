//! What an organizer sets up besides the details of a competition.

use domain::AccessMode;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What an organizer sets up besides the details of a competition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetUp {
    /// Whether it has a cover of its own.
    pub has_cover: bool,
    /// The number of its questions.
    pub questions: usize,
    /// Who can register.
    pub access: AccessMode,
}

#[cfg(feature = "ssr")]
impl From<&domain::CompetitionDetail> for SetUp {
    fn from(detail: &domain::CompetitionDetail) -> Self {
        Self {
            has_cover: detail.competition.cover.is_some(),
            questions: detail.questions.len(),
            access: detail.competition.access,
        }
    }
}

impl SetUp {
    /// The cover in words.
    pub(super) fn cover_words(self) -> &'static str {
        if self.has_cover { "Your picture" } else { "A drawn pattern" }
    }

    /// The number of questions in words.
    pub(super) fn question_words(self) -> String {
        match self.questions {
            0 => "No questions".into(),
            1 => "1 question".into(),
            questions => format!("{questions} questions"),
        }
    }

    /// Who can register, in words.
    pub(super) fn access_words(self) -> &'static str {
        match self.access {
            AccessMode::Open => "Everyone",
            AccessMode::Code => "People with an access code",
            AccessMode::Invitation => "Invited people",
        }
    }
}

/// A link to what can be changed, and how it is now.
#[component]
pub(super) fn Setting(
    /// Where it is changed.
    href: String,
    /// What it is.
    label: &'static str,
    /// How it is now, or what it is for.
    #[prop(into)]
    state: String,
    /// Whether the address is of a part of a page: the browser finds it once the page is loaded,
    /// the router before.
    #[prop(optional)]
    is_part: bool,
) -> impl IntoView {
    view! {
        <li>
            <a class="title-link font-semibold" href=href rel=is_part.then_some("external")>
                {label}
            </a>
            <span class="text-muted">{state}</span>
        </li>
    }
}
