//! Creating a competition.

use domain::{CompetitionDraft, CompetitionId, UserId};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[cfg(feature = "ssr")]
use super::{draft::DraftValues, saved_details::SavedDetails};
use super::{
    draft::{DraftForm, DraftState, PREVIEW, SAVE_AS_DRAFT},
    form::{Fields, FormPage, IntentButton},
};
use crate::{
    components::{Head, Layout, Loaded, MadeFor, Submit, Toasts},
    error::Failure,
    form::reply_of,
};

/// The address of the form.
#[cfg(feature = "ssr")]
const PAGE: &str = "/competitions/create";

/// The state of the form of a competition that is not saved yet. The preview of a copy has the
/// cover, the questions and the access of the original.
///
/// # Errors
/// As for [`DraftState::of`]; in a preview as for [`service::competitions::get_own`].
#[cfg(feature = "ssr")]
async fn state(
    ctx: &service::Context,
    actor: &service::Actor,
    values: DraftValues,
    error: Option<domain::PublicError>,
) -> service::Result<DraftState> {
    let saved = match values.copy_of.filter(|_| values.wants_preview) {
        None => SavedDetails::default(),
        Some(id) => {
            let original = service::competitions::get_own(ctx, actor, id).await?;
            let SavedDetails { cover, access, asks, .. } = SavedDetails::of(&original, 0);
            let cover = cover.filter(|_| original.competition.cover.is_some());
            SavedDetails { cover, access, asks, ..Default::default() }
        }
    };
    DraftState::of(ctx, actor, values, saved, error).await
}

/// Loads the page; for organizers. The form has what the competition `from` has, if there is one.
#[server(prefix = "/fn", endpoint = "competition_draft")]
pub async fn load_create_competition(
    #[server(default)] from: Option<String>,
) -> Result<DraftForm, Failure> {
    use crate::{
        components::Zone,
        ssr::{clock::ViewerClock, form, request},
    };
    use domain::{ReminderOffsets, Role, TimeZoneName};

    let (ctx, actor) = (request::context()?, request::actor()?);
    actor.require(Role::Organizer)?;
    let clock = ViewerClock::of_request()?;
    let start = form::take_stored_form::<Option<DraftValues>>("create_competition").await?;
    let known = match (start.typed, from) {
        (Some(typed), _) => Some(typed),
        (None, Some(from)) => {
            let from = request::parse_competition_id(&from)?;
            let copy = service::competitions::duplicate(&ctx, &actor, from).await?;
            let copy_of = copy.has_more.then_some(from);
            Some(DraftValues { draft: copy.draft, copy_of, ..Default::default() })
        }
        (None, None) => None,
    };
    let ask_browser = known.is_none() && clock.zone().is_none();
    let values = known.unwrap_or_else(|| {
        let zone = clock.zone().map(|zone| Zone::canonical_name(zone.to_owned()));
        let time_zone = zone.unwrap_or_else(|| TimeZoneName::default().into_string());
        let reminder_offsets = ReminderOffsets::default().in_words();
        DraftValues {
            draft: CompetitionDraft { time_zone, reminder_offsets, ..Default::default() },
            ..Default::default()
        }
    });
    let screen = state(&ctx, &actor, values, start.error).await?;
    let screen = DraftState { ask_browser, ..screen };
    Ok(DraftForm::of(screen, ctx.now()))
}

/// Publishes a competition or saves it as a draft and leads to it, or shows a preview.
#[server(prefix = "/fn", endpoint = "create_competition")]
pub async fn create_competition(
    #[server(default)] draft: CompetitionDraft,
    #[server(default)] copy_of: Option<CompetitionId>,
    idempotency_key: String,
    #[server(default)] intent: String,
    #[server(default)] made_for: Option<UserId>,
) -> Result<Option<DraftState>, Failure> {
    use super::address::competition as path;
    use crate::ssr::{flash, form, request};
    use domain::{ErrorCode, PublicError, Role, Visibility};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let wants_preview = intent == PREVIEW;
    let values = DraftValues { draft, wants_preview, copy_of, ..Default::default() };
    if values.wants_preview {
        let may_create = actor.require(Role::Organizer);
        form::redirect_back_with("create_competition", PAGE, None::<DraftValues>, may_create)
            .await?;
        form::show_again("create_competition", &format!("{PAGE}#preview"), &values, None).await?;
        return Ok(Some(state(&ctx, &actor, values, None).await?));
    }
    let key = form::sent_key(&idempotency_key, made_for, &actor);
    let mut draft = values.draft.clone();
    if intent == SAVE_AS_DRAFT {
        draft.visibility = Visibility::Draft.to_string();
    }
    let outcome = form::and_then_async(key, async |key| {
        service::competitions::create_draft(&ctx, &actor, draft, copy_of, Some(key)).await
    })
    .await;
    if form::was_sent_before(&outcome) {
        let words = "This form was sent before with different text, and that version was saved: \
            your dashboard shows it. Send it again to create another competition.";
        let error = PublicError::new(ErrorCode::IdempotencyKeyReused, words);
        form::show_again("create_competition", PAGE, &values, Some(&error)).await?;
        return Ok(Some(state(&ctx, &actor, values, Some(error)).await?));
    }
    let created =
        form::redirect_back_with("create_competition", PAGE, Some(values), outcome).await?;
    let competition = created.view.competition;
    let done = if competition.is_draft() { "saved as a draft" } else { "published" };
    flash::set(format!("{} is {done}", competition.title)).await;
    leptos_axum::redirect(&path(competition.id));
    Ok(None)
}

/// Creating a competition.
#[component]
pub fn CreateCompetitionPage() -> impl IntoView {
    let params = use_query_map();
    let from = Memo::new(move |_| params.read().get("from"));
    let page = Resource::new_blocking(move || from.get(), load_create_competition);
    let create = ServerAction::<CreateCompetition>::new();
    Toasts::after(create);
    view! {
        <Loaded layout=Layout::Form from=page let(page)>
            <CreateForm page create />
        </Loaded>
    }
}

#[component]
fn CreateForm(page: DraftForm, create: ServerAction<CreateCompetition>) -> impl IntoView {
    let DraftForm { first, zones } = page;
    let form = move |screen: DraftState, error| {
        let (zones, key) = (zones.clone(), screen.idempotency_key.clone());
        let copied = screen.values.copy_of.map(|of| {
            view! {
                <input type="hidden" name="copy_of" value=of.to_string() />
                <p class="text-muted">
                    "Questions, access codes and the cover of the original are copied. You can \
                        change them afterwards."
                </p>
            }
        });
        view! {
            <ActionForm action=create attr:class="grid gap-8" attr:novalidate=true>
                <input type="hidden" name="idempotency_key" value=key />
                <MadeFor />
                // Enter in a field sends nothing: it would press the first button, which publishes.
                <button hidden disabled></button>
                {copied}
                <Fields screen zones error />
                <p class="flex flex-wrap gap-4">
                    <Submit pending=create.pending() class="btn-lg">
                        "Publish"
                    </Submit>
                    <IntentButton intent=SAVE_AS_DRAFT>"Save as draft"</IntentButton>
                    <IntentButton intent=PREVIEW>"Preview"</IntentButton>
                </p>
            </ActionForm>
        }
        .into_any()
    };
    view! {
        <Head title="New competition" />
        <FormPage title="New competition" first reply=reply_of(create) form />
    }
}
