//! One competition.

use domain::{CallToAction, Competition, CompetitionId, PublicError};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::{
    address,
    call_to_action::{CallToActionPanel, Register},
    manage,
    tags::Tags,
};
use crate::{
    components::{FailureView, Head, Heading, Icon, Seats, Shape, Time},
    error::Failure,
};

/// What the page of a competition shows. The organizer's address is not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompetitionScreen {
    /// The competition.
    pub competition: Competition,
    /// The organizer's name.
    pub organizer: String,
    /// Whether the viewer runs it.
    pub is_owner: bool,
    /// What the viewer can do.
    pub call_to_action: CallToAction,
    /// Makes that a double click or a resend registers once.
    pub idempotency_key: String,
    /// Why registering without JavaScript was refused just now, if it was.
    pub problem: Option<PublicError>,
}

/// One competition, as the viewer sees it.
#[server(prefix = "/fn", endpoint = "competition")]
pub async fn load_competition(id: String) -> Result<CompetitionScreen, Failure> {
    use crate::ssr::{form, request};

    let (ctx, actor) = (request::context(), request::actor());
    let id = request::competition(&id)?;
    let detail = service::competitions::get(&ctx, id).await?;
    let viewer = service::registration::viewer_state(&ctx, &actor, id).await?;
    Ok(CompetitionScreen {
        is_owner: actor.try_user().is_some_and(|user| user.id == detail.competition.organizer_id),
        call_to_action: CallToAction::of(&detail.competition, &viewer, ctx.now()),
        competition: detail.competition,
        organizer: detail.organizer.name,
        idempotency_key: service::idempotency::new_key(),
        problem: form::returned::<()>("register").await?.problem,
    })
}

/// One competition.
#[component]
pub fn CompetitionDetailPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let register = ServerAction::<Register>::new();
    let source = move || (id.get(), register.version().get());
    let screen = Resource::new_blocking(source, |(id, _)| load_competition(id));
    view! {
        <Transition fallback=|| view! { <div class="skeleton h-96" aria-hidden="true"></div> }>
            {move || Suspend::new(async move {
                match screen.await {
                    Ok(screen) => view! { <Detail screen register /> }.into_any(),
                    Err(failure) => view! { <FailureView failure /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Detail(screen: CompetitionScreen, register: ServerAction<Register>) -> impl IntoView {
    let competition = screen.competition.clone();
    let start = competition.start_date.map_or_else(
        || view! { "Not set yet" }.into_any(),
        |start| view! { <Time at=start /> }.into_any(),
    );
    view! {
        <Head
            title=competition.title.clone()
            description=format!("{}, by {}.", competition.title, screen.organizer)
        />
        <article class="detail">
            <div class="grid min-w-0 gap-6">
                <div class="grid gap-3">
                    <p><a class="quiet-link" href=address::LIST>"All competitions"</a></p>
                    <Heading>{competition.title}</Heading>
                    <p class="icon-line text-muted">
                        <Icon shape=Shape::Person />
                        <span>"Organized by " {screen.organizer.clone()}</span>
                    </p>
                    <Tags tags=competition.tags />
                </div>
                <Description text=competition.description />
            </div>
            <aside aria-label="Registration" class="ticket self-start">
                <div class="ticket-body">
                    <Seats left=competition.seats_left capacity=competition.capacity />
                    <dl class="facts">
                        <dt>"Register before"</dt>
                        <dd><Time at=competition.reg_deadline /></dd>
                        <dt>"Starts"</dt>
                        <dd>{start}</dd>
                    </dl>
                    {screen.is_owner.then(|| view! { <OwnerLinks id=competition.id /> })}
                </div>
                <div class="ticket-stub">
                    <CallToActionPanel screen register />
                </div>
            </aside>
        </article>
    }
}

/// Where its organizer goes on.
#[component]
fn OwnerLinks(id: CompetitionId) -> impl IntoView {
    view! {
        <ul class="flex flex-wrap gap-2">
            <li><a class="btn" href=manage(id)>"Manage"</a></li>
            <li><a class="btn" href=format!("/competitions/{id}/edit")>"Edit"</a></li>
        </ul>
    }
}

/// A text whose paragraphs are parted by blank lines. Whatever is in it stays text.
#[component]
fn Description(text: String) -> impl IntoView {
    let text = text.replace("\r\n", "\n");
    let paragraphs = text.split("\n\n").map(str::trim).filter(|part| !part.is_empty());
    let paragraph = |part: &str| view! { <p class="whitespace-pre-line">{part.to_owned()}</p> };
    view! {
        <div class="prose-text">{paragraphs.map(paragraph).collect_view()}</div>
    }
}
