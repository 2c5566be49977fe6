//! A new competition.

use domain::CompetitionDraft;
use leptos::prelude::*;

use super::{
    draft::{DraftPage, DraftScreen},
    form::{Fields, FormPage, PreviewButton},
};
use crate::{
    components::{FailureView, Head, Submit},
    error::Failure,
    form::reply_of,
};

/// Where the form is.
#[cfg(feature = "ssr")]
const PAGE: &str = "/competitions/create";

/// What the page shows; for organizers.
#[server(prefix = "/fn", endpoint = "competition_draft")]
pub async fn load_draft() -> Result<DraftPage, Failure> {
    use super::draft::Held;
    use crate::ssr::{form, request};
    use domain::{Role, TimeZoneName};

    request::actor().require(Role::Organizer)?;
    let start = form::returned::<Option<Held>>("create_competition").await?;
    let held = start.typed.unwrap_or_else(|| {
        let time_zone = TimeZoneName::default().into_string();
        Held { draft: CompetitionDraft { time_zone, ..Default::default() }, ..Default::default() }
    });
    Ok(DraftPage::of(DraftScreen::of(held, 0, start.problem)))
}

/// Creates a competition and leads to it, or shows what it will look like.
#[server(prefix = "/fn", endpoint = "create_competition")]
pub async fn create_competition(
    #[server(default)] draft: CompetitionDraft,
    idempotency_key: String,
    #[server(default)] intent: String,
) -> Result<Option<DraftScreen>, Failure> {
    use super::draft::{Held, PREVIEW};
    use crate::ssr::{form, request};
    use domain::IdempotencyKey;

    let (ctx, actor) = (request::context(), request::actor());
    let held = Held { draft, wants_preview: intent == PREVIEW, ..Default::default() };
    if held.wants_preview {
        form::show_again("create_competition", &format!("{PAGE}#preview"), &held, None).await?;
        return Ok(Some(DraftScreen::of(held, 0, None)));
    }
    let key = idempotency_key.parse::<IdempotencyKey>().map_err(Into::into);
    let draft = held.draft.clone();
    let outcome = form::after(key, async |key| {
        service::competitions::create_draft(&ctx, &actor, draft, Some(key)).await
    })
    .await;
    let created = form::settle("create_competition", PAGE, Some(held), outcome).await?;
    leptos_axum::redirect(&format!("/competitions/{}", created.view.competition.id));
    Ok(None)
}

/// A new competition.
#[component]
pub fn CreateCompetitionPage() -> impl IntoView {
    let page = Resource::new_blocking(|| (), |()| load_draft());
    let create = ServerAction::<CreateCompetition>::new();
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <CreateForm page create /> }.into_any(),
                    Err(failure) => view! { <FailureView failure /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn CreateForm(page: DraftPage, create: ServerAction<CreateCompetition>) -> impl IntoView {
    let DraftPage { first, regions } = page;
    let form = move |screen: DraftScreen, problem| {
        let (regions, key) = (regions.clone(), screen.idempotency_key.clone());
        view! {
            <ActionForm action=create attr:class="grid gap-8" attr:novalidate=true>
                <input type="hidden" name="idempotency_key" value=key />
                <Fields screen regions problem />
                <p class="flex flex-wrap gap-4">
                    <Submit pending=create.pending() class="btn-lg">
                        "Create competition"
                    </Submit>
                    <PreviewButton />
                </p>
            </ActionForm>
        }
        .into_any()
    };
    view! {
        <Head title="Create a competition" />
        <FormPage title="Create a competition" first reply=reply_of(create) form />
    }
}
