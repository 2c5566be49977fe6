//! The page with everything that an organizer can change about a competition.

use domain::{CompetitionId, Visibility};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::set_up::{SetUp, Setting};
use crate::{
    components::{Layout, Loaded},
    error::Failure,
    pages::{
        competitions::{
            address::{access, cancel, cover, duplicate, edit, invitations, manage},
            managed::{ManageHeader, ManageTab, ManagedCompetition},
        },
        webhooks::address::of_competition,
    },
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManageSettingsScreen {
    /// The competition.
    pub managed: ManagedCompetition,
    /// What is set up.
    pub set_up: SetUp,
    /// Whether it can be cancelled, or deleted if it is a draft.
    pub can_be_cancelled: bool,
}

/// Loads the page; for the organizer of the competition.
#[server(prefix = "/fn", endpoint = "manage_settings")]
pub async fn load_manage_settings(id: String) -> Result<ManageSettingsScreen, Failure> {
    use crate::ssr::request;

    let (ctx, actor) = (request::context()?, request::actor()?);
    // Check the login before parsing the id, so that 401 wins over 404.
    actor.user()?;
    let id = request::parse_competition_id(&id)?;
    let detail = service::competitions::get_own(&ctx, &actor, id).await?;
    let competition = &detail.competition;
    Ok(ManageSettingsScreen {
        managed: ManagedCompetition::of(competition)?,
        set_up: SetUp::from(&detail),
        can_be_cancelled: competition.can_be_cancelled(ctx.now()),
    })
}

/// The page with everything that an organizer can change about a competition.
#[component]
pub fn ManageSettingsPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let screen = Resource::new_blocking(move || id.get(), load_manage_settings);
    view! {
        <Loaded layout=Layout::Tabs from=screen let(screen)>
            <Content screen />
        </Loaded>
    }
}

#[component]
fn Content(screen: ManageSettingsScreen) -> impl IntoView {
    let ManageSettingsScreen { managed, set_up, can_be_cancelled } = screen;
    let id = managed.id;
    let is_draft = managed.visibility.is_draft();
    let can_be_edited = managed.cancelled_at.is_none();
    let visible_to = match managed.visibility {
        Visibility::Draft => "Draft: only you",
        Visibility::Unlisted => "Unlisted: everyone with the link",
        Visibility::Public => "Public: everyone",
    };
    let while_editable = can_be_edited.then(|| {
        view! {
            <Setting href=edit(id) label="Details" state="Title, texts, dates, place and seats" />
            <Setting href=cover(id) label="Cover" state=set_up.cover_words() />
            <Setting href=access(id) label="Who can register" state=set_up.access_words() />
            <Setting href=invitations(id, 1) label="Invitations" state="Personal links by email" />
            <Setting
                href=format!("{}#visibility", manage(id))
                label="Visibility"
                state=visible_to
                is_part=true
            />
            <Setting href=of_competition(id) label="Webhooks" state="For programs of yours" />
        }
    });
    view! {
        <div class="grid gap-8">
            <ManageHeader managed tab=ManageTab::Settings />
            <ul class="settings">
                {while_editable}
                <Setting
                    href=duplicate(id)
                    label="Duplicate"
                    state="A new competition with the same details"
                />
            </ul>
            {can_be_cancelled.then(|| view! { <Cancelling id is_draft /> })}
        </div>
    }
}

/// The way to cancel the competition, or to delete the draft, apart from what can be undone.
#[component]
fn Cancelling(id: CompetitionId, is_draft: bool) -> impl IntoView {
    let (title, words, link) = match is_draft {
        true => ("Delete the draft", "Only you can see it. This is final.", "Delete draft"),
        false => (
            "Cancel the competition",
            "Everyone who is registered or on the waiting list is notified. This is final.",
            "Cancel competition",
        ),
    };
    view! {
        <section aria-labelledby="cancelling" class="grid gap-3">
            <h2 id="cancelling" class="subheading">
                {title}
            </h2>
            <p>{words}</p>
            <p>
                <a class="btn btn-outline btn-error" href=cancel(id)>
                    {link}
                </a>
            </p>
        </section>
    }
}
