//! What only its organizer sees on the page of a competition.

use domain::CompetitionId;
use leptos::prelude::*;

use super::address;

/// The notice of a draft, for its organizer.
#[component]
pub(super) fn DraftBanner(id: CompetitionId, is_cancelled: bool) -> impl IntoView {
    let publish = (!is_cancelled).then(|| {
        view! {
            " "
            <a class="link" href=address::manage(id)>
                "Publish"
            </a>
        }
    });
    let words = match is_cancelled {
        true => "You have deleted this draft.",
        false => "Only you can see this draft.",
    };
    view! {
        <p class="band mb-6">
            <span>{words} {publish}</span>
        </p>
    }
}

/// The links for the organizer of the competition.
#[component]
pub(super) fn Mine(id: CompetitionId, can_edit: bool) -> impl IntoView {
    let edit = can_edit.then(|| {
        view! {
            <a class="btn btn-block" href=address::edit(id)>
                "Edit"
            </a>
        }
    });
    view! {
        <p class="font-semibold text-lg">"You're the organizer"</p>
        <p class="grid gap-2">
            {edit}
            <a class="btn btn-block" href=address::manage(id)>
                "Manage"
            </a>
        </p>
    }
}
