//! A new competition.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    components::{ErrorSummary, FailureView, Field, Head, Heading, Submit, TextArea},
    error::Failure,
    form::{Returned, problem_of},
};

/// The text in the form's fields. The names are those of the API, which errors are reported under.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CompetitionDraft {
    /// One line.
    pub title: String,
    /// Several.
    pub description: String,
    /// With commas between them.
    pub tags: String,
    /// A whole number.
    pub capacity: String,
    /// `2026-11-29T07:10`, in UTC.
    pub reg_deadline: String,
    /// The same, or nothing.
    pub start_date: String,
}

#[cfg(feature = "ssr")]
impl From<CompetitionDraft> for domain::CompetitionInput {
    fn from(draft: CompetitionDraft) -> Self {
        use domain::Raw;

        let tags: Vec<_> = draft.tags.split(',').map(str::to_owned).collect();
        Self {
            title: draft.title.into(),
            description: draft.description.into(),
            tags: tags.into(),
            capacity: draft.capacity.trim().parse().map_or(Raw::WrongType, Raw::Given),
            reg_deadline: draft.reg_deadline.into(),
            start_date: draft.start_date.into(),
            ..Default::default()
        }
    }
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftScreen {
    /// What the form starts with.
    pub start: Returned<CompetitionDraft>,
    /// Makes that a double click or a resend creates once.
    pub idempotency_key: String,
}

/// What the page shows; for organizers.
#[server(prefix = "/fn", endpoint = "competition_draft")]
pub async fn load_draft() -> Result<DraftScreen, Failure> {
    use crate::ssr::{form, request};
    use domain::Role;

    request::actor().require(Role::Organizer)?;
    let start = form::returned("create_competition").await?;
    Ok(DraftScreen { start, idempotency_key: service::idempotency::new_key() })
}

/// Creates a competition and leads to it.
#[server(prefix = "/fn", endpoint = "create_competition")]
pub async fn create_competition(
    #[server(default)] draft: CompetitionDraft,
    idempotency_key: String,
) -> Result<(), Failure> {
    use crate::ssr::{form, request};
    use domain::IdempotencyKey;

    let (ctx, actor) = (request::context(), request::actor());
    let key = idempotency_key.parse::<IdempotencyKey>().map_err(Into::into);
    let outcome = form::after(key, async |key| {
        service::competitions::create(&ctx, &actor, draft.clone().into(), Some(key)).await
    })
    .await;
    let created =
        form::settle("create_competition", "/competitions/create", draft, outcome).await?;
    leptos_axum::redirect(&format!("/competitions/{}", created.view.competition.id));
    Ok(())
}

/// A new competition.
#[component]
pub fn CreateCompetitionPage() -> impl IntoView {
    let screen = Resource::new_blocking(|| (), |()| load_draft());
    let create = ServerAction::<CreateCompetition>::new();
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match screen.await {
                    Ok(screen) => view! { <CreateForm screen create /> }.into_any(),
                    Err(failure) => view! { <FailureView failure /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn CreateForm(screen: DraftScreen, create: ServerAction<CreateCompetition>) -> impl IntoView {
    let Returned { typed, problem } = screen.start;
    let problem = problem_of(create, problem);
    view! {
        <Head title="Create a competition" />
        <div class="form-page">
            <Heading>"Create a competition"</Heading>
            <ErrorSummary problem />
            <ActionForm action=create attr:class="grid gap-8" attr:novalidate=true>
                <input type="hidden" name="idempotency_key" value=screen.idempotency_key />
                <fieldset class="section">
                    <legend class="subheading">"What it is"</legend>
                    <Field id="title" name="draft[title]" label="Title" value=typed.title problem />
                    <TextArea
                        id="description"
                        name="draft[description]"
                        label="Description"
                        hint="A blank line starts a new paragraph."
                        value=typed.description
                        problem
                    />
                    <Field
                        id="tags"
                        name="draft[tags]"
                        label="Tags (optional)"
                        hint="Up to ten, with commas between them: coding, hackathon"
                        required=false
                        value=typed.tags
                        problem
                    />
                </fieldset>
                <fieldset class="section">
                    <legend class="subheading">"Capacity and dates"</legend>
                    <Field
                        id="capacity"
                        name="draft[capacity]"
                        label="Capacity"
                        hint="How many people can take part: a whole number."
                        inputmode="numeric"
                        value=typed.capacity
                        problem
                    />
                    <Field
                        id="regDeadline"
                        name="draft[regDeadline]"
                        label="Registration deadline (UTC)"
                        hint="From this moment on nobody can register."
                        kind="datetime-local"
                        value=typed.reg_deadline
                        problem
                    />
                    <Field
                        id="startDate"
                        name="draft[startDate]"
                        label="Start (UTC, optional)"
                        hint="After the deadline. Leave it empty if it is not settled."
                        kind="datetime-local"
                        required=false
                        value=typed.start_date
                        problem
                    />
                </fieldset>
                <Submit pending=create.pending() class="btn-lg justify-self-start">
                    "Create competition"
                </Submit>
            </ActionForm>
        </div>
    }
}
