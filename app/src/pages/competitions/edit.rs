//! Editing a competition.

use domain::{CompetitionDraft, CompetitionId, EditDraft};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

#[cfg(feature = "ssr")]
use super::saved_details::SavedDetails;
use super::{
    address::competition as path,
    draft::{DraftForm, DraftState, PREVIEW},
    form::{Fields, FormPage, IntentButton},
    notice_fields::NoticeFields,
};
use crate::{
    components::{Head, Layout, Loaded, MadeFor, Submit, Toasts},
    error::Failure,
    form::reply_of,
};

/// The address of the form.
#[cfg(feature = "ssr")]
fn page(id: CompetitionId) -> String {
    format!("{}/edit", path(id))
}

#[cfg(feature = "ssr")]
const SAVED: &str = "Your changes are saved";
#[cfg(feature = "ssr")]
const SAVED_WITH_NOTICE: &str =
    "Your changes are saved. Participants are notified in a few minutes.";

/// The key of the form in the session. It has the id, because several forms may be open.
#[cfg(feature = "ssr")]
fn form_name(id: CompetitionId) -> String {
    format!("edit_competition:{id}")
}

/// Loads the page; for the organizer of the competition.
#[server(prefix = "/fn", endpoint = "competition_to_edit")]
pub async fn load_edit_competition(id: String) -> Result<(CompetitionId, DraftForm), Failure> {
    use super::draft::DraftValues;
    use crate::ssr::{form, request};
    use service::competitions::{count_notified_of_edits, draft_of, get_editable};

    let (ctx, actor) = (request::context()?, request::actor()?);
    // Check the login before parsing the id, so that 401 wins over 404.
    actor.user()?;
    let id = request::parse_competition_id(&id)?;
    let detail = get_editable(&ctx, &actor, id).await?;
    let start = form::take_stored_form::<Option<DraftValues>>(&form_name(id)).await?;
    let values = start.typed.unwrap_or_else(|| {
        let (draft, version) = (draft_of(&detail), detail.competition.version);
        DraftValues { seen: draft.clone(), draft, version, ..Default::default() }
    });
    let saved = SavedDetails::of(&detail, count_notified_of_edits(&ctx, &actor, id).await?);
    let screen = DraftState::of(&ctx, &actor, values, saved, start.error).await?;
    Ok((id, DraftForm::of(screen, ctx.now())))
}

/// Saves the changes and leads to the competition, or shows a preview, or shows the conflicting
/// changes of others.
#[server(prefix = "/fn", endpoint = "edit_competition")]
pub async fn edit_competition(
    competition: CompetitionId,
    version: u32,
    #[server(default)] draft: EditDraft,
    #[server(default)] seen: CompetitionDraft,
    #[server(default)] theirs: CompetitionDraft,
    idempotency_key: String,
    #[server(default)] intent: String,
) -> Result<Option<DraftState>, Failure> {
    use super::draft::DraftValues;
    use crate::ssr::{error_words, flash, form, request};
    use domain::{ErrorCode, IdempotencyKey, PublicError};
    use service::competitions::{count_notified_of_edits, draft_of, edit_draft, get_own};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let (name, page) = (form_name(competition), page(competition));
    let EditDraft { draft, notice } = draft;
    let mut values = DraftValues {
        draft,
        notice,
        seen,
        version,
        wants_preview: intent == PREVIEW,
        ..Default::default()
    };
    values.draft.reset_fields(&theirs, &values.seen);
    let mut error = None;
    let mut anchor = "#preview";
    if !values.wants_preview {
        let edited = EditDraft { draft: values.draft.clone(), notice: values.notice.clone() };
        let key = idempotency_key.parse::<IdempotencyKey>().map_err(Into::into);
        let outcome = form::and_then_async(key, async |key| {
            let edited = edited.clone();
            edit_draft(&ctx, &actor, competition, version, &values.seen, edited, Some(key)).await
        })
        .await;
        if form::was_sent_before(&outcome) {
            let words = "This form was sent before with different text, and that version was \
                saved. The differences are marked below. Send it again to save what you see.";
            error = Some(PublicError::new(ErrorCode::IdempotencyKeyReused, words));
        } else {
            match form::redirect_back_with(&name, &page, Some(&values), outcome).await?.outcome {
                Ok(_) => {
                    let count = count_notified_of_edits(&ctx, &actor, competition).await;
                    let notifies =
                        edited.notifies(&values.seen) && count.is_ok_and(|count| count > 0);
                    flash::set(if notifies { SAVED_WITH_NOTICE } else { SAVED }).await;
                    leptos_axum::redirect(&path(competition));
                    return Ok(None);
                }
                Err(refusal) => error = Some(error_words::for_pages(refusal)),
            }
        }
        anchor = "";
    }
    let now = get_own(&ctx, &actor, competition).await?;
    let is_behind =
        |code| matches!(code, ErrorCode::StaleVersion | ErrorCode::IdempotencyKeyReused);
    if error.as_ref().is_some_and(|error| is_behind(error.code)) {
        let theirs = draft_of(&now);
        values.clashes = values.draft.rebase(&values.seen, &theirs);
        (values.seen, values.version) = (theirs, now.competition.version);
    }
    form::show_again(&name, &format!("{page}{anchor}"), &values, error.as_ref()).await?;
    let participants = count_notified_of_edits(&ctx, &actor, competition).await?;
    let saved = SavedDetails::of(&now, participants);
    Ok(Some(DraftState::of(&ctx, &actor, values, saved, error).await?))
}

/// Editing a competition.
#[component]
pub fn EditCompetitionPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let page = Resource::new_blocking(move || id.get(), load_edit_competition);
    let edit = ServerAction::<EditCompetition>::new();
    Toasts::after(edit);
    view! {
        <Loaded layout=Layout::Form from=page let((id, page))>
            <EditForm id page edit />
        </Loaded>
    }
}

#[component]
fn EditForm(
    id: CompetitionId,
    page: DraftForm,
    edit: ServerAction<EditCompetition>,
) -> impl IntoView {
    let DraftForm { first, zones } = page;
    let title = format!("Edit {}", first.values.seen.title);
    let form = move |screen: DraftState, error| {
        let (zones, key) = (zones.clone(), screen.idempotency_key.clone());
        let (participants, notice) = (screen.participants, screen.values.notice.clone());
        view! {
            <ActionForm action=edit attr:class="grid gap-8" attr:novalidate=true>
                <input type="hidden" name="idempotency_key" value=key />
                <input type="hidden" name="competition" value=id.to_string() />
                <input type="hidden" name="version" value=screen.values.version.to_string() />
                // For uploads. Other users cannot send the form: the competition is not theirs.
                <MadeFor />
                <Seen seen=screen.values.seen.clone() />
                <Fields screen zones error />
                <NoticeFields participants notice error />
                <p class="flex flex-wrap items-center gap-4">
                    <Submit pending=edit.pending() class="btn-lg">
                        "Save changes"
                    </Submit>
                    <IntentButton intent=PREVIEW>"Preview"</IntentButton>
                    <a class="quiet-link" href=path(id)>
                        "Discard changes"
                    </a>
                </p>
            </ActionForm>
        }
        .into_any()
    };
    view! {
        <Head title />
        <FormPage title="Edit competition" first reply=reply_of(edit) form />
    }
}

/// The text of the fields when the form was opened: it tells the changes made here from those of
/// others.
#[component]
fn Seen(seen: CompetitionDraft) -> impl IntoView {
    let fields = CompetitionDraft::FIELDS.into_iter().zip(seen.texts());
    fields
        .map(|(field, text)| {
            view! { <input type="hidden" name=format!("seen[{field}]") value=text.clone() /> }
        })
        .collect_view()
}
