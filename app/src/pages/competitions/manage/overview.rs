//! The page where its organizer sees how far a competition is.

use domain::{CompetitionId, PublicError, RosterQuery, RosterTotals, grouped};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

use super::{
    latest::LatestRegistrations,
    roster::{self, RosterRow},
    set_up::{SetUp, Setting},
    totals::Totals,
    visibility::{SetVisibility, VisibilityForm},
};
use crate::{
    components::{CopyField, Layout, Loaded, ViewerTime},
    error::Failure,
    pages::competitions::{
        address::{access, awaiting_approval, cover, questions},
        managed::{ManageHeader, ManageTab, ManagedCompetition},
    },
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManageOverviewScreen {
    /// The competition.
    pub managed: ManagedCompetition,
    /// The link to its page.
    pub link: String,
    /// What is set up.
    pub set_up: SetUp,
    /// Whether the visibility has just been set without JavaScript.
    pub was_set: bool,
    /// Why setting it without JavaScript has just been refused, if it was.
    pub error: Option<PublicError>,
    /// All seats.
    pub capacity: u32,
    /// Free seats.
    pub seats_left: u32,
    /// Whether the viewer can approve and reject registrations.
    pub can_review: bool,
    /// The registrations, counted by status.
    pub totals: RosterTotals,
    /// The latest registrations, newest first.
    pub latest: Vec<RosterRow>,
}

/// How far a competition is; for its organizer and administrators. An address of the roster of an
/// earlier release, which was here, is redirected to the participants.
#[server(prefix = "/fn", endpoint = "manage_competition")]
pub async fn load_manage_overview(
    id: String,
    #[server(default)] query: RosterQuery,
) -> Result<ManageOverviewScreen, Failure> {
    use super::visibility::form_name;
    use crate::{
        pages::competitions::address,
        ssr::{
            form,
            request::{self, RequestKind},
            response,
        },
    };
    use roster::RosterList;

    /// How many of the latest registrations are shown.
    const LATEST: &str = "5";
    let (ctx, actor) = (request::context()?, request::actor()?);
    let id = request::parse_competition_id(&id)?;
    let latest = RosterQuery {
        sort: Some("-registered".into()),
        limit: Some(LATEST.into()),
        ..RosterQuery::default()
    };
    let found = service::registration::browse_roster(&ctx, &actor, id, &latest.check()?).await?;
    let detail = service::competitions::get_visible_to(&ctx, &actor, id).await?;
    if query != RosterQuery::default() && request::kind() == RequestKind::Page {
        response::redirect_page(&roster::href(RosterList::Participants, id, &query));
    }
    let set_up = SetUp::from(&detail);
    let competition = detail.competition;
    let managed = ManagedCompetition::of(&competition)?;
    Ok(ManageOverviewScreen {
        link: ctx.page(&address::competition(id)),
        set_up,
        was_set: form::take_success_flag(&form_name(id)).await?,
        error: form::take_stored_form::<()>(&form_name(id)).await?.error,
        capacity: competition.capacity,
        seats_left: competition.seats_left,
        can_review: managed.is_owner && competition.takes_reviews(ctx.now()),
        totals: found.totals,
        latest: RosterRow::all(found.found.items, &competition)?,
        managed,
    })
}

/// The page where its organizer sees how far a competition is.
#[component]
pub fn ManageOverviewPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let asked = Memo::new(move |_| {
        (params.read().get("id").unwrap_or_default(), roster::read_query(&query.read()))
    });
    let set = ServerAction::<SetVisibility>::new();
    let confirmed = StoredValue::new(0);
    let screen = Resource::new_blocking(
        move || (asked.get(), set.version().get()),
        |((id, query), _)| load_manage_overview(id, query),
    );
    view! {
        <Loaded layout=Layout::Tabs from=screen let(screen)>
            <Content screen set confirmed />
        </Loaded>
    }
}

#[component]
fn Content(
    screen: ManageOverviewScreen,
    set: ServerAction<SetVisibility>,
    /// The number of responses to it that the page has confirmed.
    confirmed: StoredValue<usize>,
) -> impl IntoView {
    let ManageOverviewScreen { managed, set_up, totals, .. } = screen;
    let (id, visibility, is_owner) = (managed.id, managed.visibility, managed.is_owner);
    let is_draft = visibility.is_draft();
    let is_cancelled = managed.cancelled_at.is_some();
    let can_be_edited = is_owner && !is_cancelled;
    let cancelled = managed.cancelled_at.clone().map(|at| {
        let (done, effect) = match is_draft {
            true => ("You have deleted this draft on ", "."),
            false => {
                ("This competition was cancelled on ", ". Everyone who was registered is notified.")
            }
        };
        view! {
            <p class="band">
                <span>{done} <ViewerTime at /> {effect}</span>
            </p>
        }
    });
    let link = screen.link;
    let share = (can_be_edited && !is_draft).then(|| {
        view! {
            <div class="grid gap-2 max-w-prose">
                <CopyField
                    id="link"
                    label="Link to share"
                    copy="Copy link"
                    copied="Link copied"
                    text=link
                />
            </div>
        }
    });
    let visibility_form = can_be_edited.then(|| {
        view! {
            <VisibilityForm
                id
                visibility
                has_registrations={totals.active() > 0}
                was_set=screen.was_set
                error=screen.error
                set
                confirmed
            />
        }
    });
    let (first, last) = if is_draft { (visibility_form, None) } else { (None, visibility_form) };
    view! {
        <div class="grid gap-8">
            <ManageHeader managed tab=ManageTab::Overview />
            {cancelled}
            {screen
                .can_review
                .then(|| view! { <AwaitingApproval id waiting=totals.awaiting_approval /> })}
            {(can_be_edited && is_draft).then(|| view! { <BeforePublishing id set_up /> })}
            {first}
            {share}
            <Totals
                totals
                is_cancelled
                capacity=screen.capacity
                seats_left=screen.seats_left
            />
            <LatestRegistrations id rows=screen.latest />
            {last}
        </div>
    }
}

/// How many registrations wait for approval, with a link to them.
#[component]
fn AwaitingApproval(id: CompetitionId, waiting: u64) -> impl IntoView {
    let words = match waiting {
        0 => return None,
        1 => "One registration waits for approval.".to_owned(),
        waiting => format!("{} registrations wait for approval.", grouped(waiting)),
    };
    Some(view! {
        <p class="band">
            <span>
                {words} " " <a class="link" href=awaiting_approval(id)>"Show them"</a>
            </span>
        </p>
    })
}

/// What an organizer may want to set up before a draft is published.
#[component]
fn BeforePublishing(id: CompetitionId, set_up: SetUp) -> impl IntoView {
    view! {
        <section aria-labelledby="before" class="grid gap-4">
            <h2 id="before" class="subheading">"Before you publish"</h2>
            <ul class="settings">
                <Setting href=cover(id) label="Cover" state=set_up.cover_words() />
                <Setting href=questions(id) label="Questions" state=set_up.question_words() />
                <Setting href=access(id) label="Who can register" state=set_up.access_words() />
            </ul>
        </section>
    }
}
