//! The page where an organizer decides who can register.

use domain::{AccessMode, CompetitionId, MAX_ACCESS_CODES, UserId, grouped};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::TypedAccess;
use crate::{
    components::{
        ErrorSummary, FieldError, Head, Heading, KeptIn, KeptText, Layout, Loaded, MadeFor,
        RadioChoice, Submit, TextArea, Toasts,
    },
    error::Failure,
    form::{FormError, Returned, count_replies, reply_of, returned_by},
    pages::competitions::{address, managed::ManageLink},
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessScreen {
    /// The competition.
    pub id: CompetitionId,
    /// Its title.
    pub title: String,
    /// Its access codes, in order.
    pub codes: Vec<CodeLine>,
    /// What is saved, or what was typed in a form that has just been refused without JavaScript.
    pub start: Returned<TypedAccess>,
}

/// An access code, and how often it was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeLine {
    /// What participants type.
    pub code: String,
    /// How many registrations are active with it.
    pub uses: u32,
    /// How many can be; `None` for any number.
    pub max_uses: Option<u32>,
    /// The address of the competition with the code.
    pub link: String,
}

/// Loads the page; for the organizer of the competition.
#[server(prefix = "/fn", endpoint = "access_screen")]
pub async fn load_access(id: String) -> Result<AccessScreen, Failure> {
    use super::typed_access::lines;
    use crate::ssr::{form, request};

    let (ctx, actor) = (request::context()?, request::actor()?);
    // Check the login before parsing the id, so that 401 wins over 404.
    actor.user()?;
    let id = request::parse_competition_id(&id)?;
    let competition = service::competitions::get_editable(&ctx, &actor, id).await?.competition;
    let codes = service::competitions::access_codes(&ctx, &actor, id).await?;
    let stored = form::take_stored_form::<Option<TypedAccess>>(&form_name(id)).await?;
    let typed = stored.typed.unwrap_or_else(|| TypedAccess {
        access: competition.access.to_string(),
        codes: lines(&codes),
        version: competition.version,
    });
    let page = ctx.page(&address::competition(id));
    let line = |code: domain::AccessCodeUse| CodeLine {
        link: address::with_code(page.clone(), &code.code),
        code: code.code,
        uses: code.uses,
        max_uses: code.max_uses,
    };
    Ok(AccessScreen {
        id,
        title: competition.title,
        codes: codes.into_iter().map(line).collect(),
        start: Returned { typed, error: stored.error },
    })
}

/// The key of the form in the session. It has the id, because several forms may be open.
#[cfg(feature = "ssr")]
fn form_name(id: CompetitionId) -> String {
    format!("access:{id}")
}

/// Saves who can register. When others have changed the competition meanwhile, it returns the form
/// with the current version.
#[server(prefix = "/fn", endpoint = "save_access")]
pub async fn save_access(
    competition: CompetitionId,
    version: u32,
    #[server(default)] access: String,
    #[server(default)] codes: String,
    #[server(default)] made_for: Option<UserId>,
) -> Result<Option<Returned<TypedAccess>>, Failure> {
    use super::typed_access::{as_shown, inputs};
    use crate::ssr::{error_words, flash, form, request, response};
    use domain::{CompetitionPatch, ErrorCode};
    use service::{Error, competitions};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let checked = form::check_same_user(made_for, &actor);
    let (access_codes, lines) = inputs(&codes);
    let patch = CompetitionPatch {
        version: i64::from(version).into(),
        access: access.clone().into(),
        access_codes: access_codes.into(),
        ..Default::default()
    };
    let outcome = form::and_then_async(checked, async |()| {
        let edited = competitions::edit(&ctx, &actor, competition, patch, None).await?;
        Ok(edited.outcome?)
    })
    .await;
    let outcome = outcome.map_err(|error| match error {
        Error::Public(error) => as_shown(error, &lines).into(),
        other => other,
    });
    let (name, page) = (form_name(competition), address::access(competition));
    let lacks_code = access == AccessMode::Code.to_string() && codes.trim().is_empty();
    let typed = TypedAccess { access, codes, version };
    if let Err(Error::Public(error)) = &outcome
        && error.code == ErrorCode::StaleVersion
    {
        let version = competitions::get_own(&ctx, &actor, competition).await?.competition.version;
        let typed = TypedAccess { version, ..typed };
        let error = error_words::for_pages(error.clone());
        form::show_again(&name, &page, &Some(typed.clone()), Some(&error)).await?;
        return Ok(Some(Returned { typed, error: Some(error) }));
    }
    form::redirect_back_with(&name, &page, Some(typed), outcome).await?;
    flash::set(match lacks_code {
        true => {
            "Who can register is saved. There is no access code yet: add one, or invite people."
        }
        false => "Who can register is saved",
    })
    .await;
    response::redirect_form(&page);
    Ok(None)
}

/// The page where an organizer decides who can register.
#[component]
pub fn AccessPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let save = ServerAction::<SaveAccess>::new();
    Toasts::after(save);
    // A form that is refused stays as it was typed.
    let saved = count_replies(save, |reply| matches!(reply, Ok(None)));
    let source = move || (id.get(), saved.get());
    let screen = Resource::new_blocking(source, |(id, _)| load_access(id));
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen save />
        </Loaded>
    }
}

#[component]
fn Content(screen: AccessScreen, save: ServerAction<SaveAccess>) -> impl IntoView {
    let AccessScreen { id, title, codes, start } = screen;
    let reply = reply_of(save);
    let (shown, error) = returned_by(reply, start);
    let saved = Signal::derive(move || matches!(reply.get(), Some(Ok(None))));
    let fields = move |typed| view! { <Fields typed error /> };
    view! {
        <Head title=format!("Who can register for {title}") />
        <div class="form-page">
            <ManageLink id title />
            <Heading>"Who can register"</Heading>
            <p>
                <a class="quiet-link" href=address::invitations(id, 1)>
                    "Invitations"
                </a>
            </p>
            <ErrorSummary error />
            <KeptText within=KeptIn::Tab saved>
                <ActionForm action=save attr:class="grid gap-6" attr:novalidate=true>
                    <input type="hidden" name="competition" value=id.to_string() />
                    <MadeFor />
                    // New elements for each version: a field that was typed into ignores a new
                    // initial value.
                    <For each=move || [shown.get()] key=|shown| shown.version children=fields />
                    <p>
                        <Submit pending=save.pending() class="btn-lg">
                            "Save"
                        </Submit>
                    </p>
                </ActionForm>
            </KeptText>
            <CodeLines codes />
        </div>
    }
}

#[component]
fn Fields(typed: TypedAccess, error: FormError) -> impl IntoView {
    let TypedAccess { access, codes, version } = typed;
    let chosen = access.parse().unwrap_or(AccessMode::Open);
    let choice = |mode: AccessMode, id, title, text| {
        let (checked, value) = (chosen == mode, mode.as_str());
        view! { <RadioChoice id name="access" value checked title text /> }
    };
    view! {
        <input type="hidden" name="version" value=version.to_string() />
        <fieldset class="section" aria-describedby="access-error">
            <legend class="subheading">"Access"</legend>
            <FieldError id="access" error />
            // An error of the access links to the first choice.
            {choice(AccessMode::Open, "access", "Everyone", "Every participant can register.")}
            {choice(
                AccessMode::Code,
                "access-code",
                "With an access code",
                "Participants enter one of your access codes, or the one of an invitation.",
            )}
            {choice(
                AccessMode::Invitation,
                "access-invitation",
                "By invitation",
                "Participants enter the access code of an invitation.",
            )}
        </fieldset>
        <TextArea
            id="accessCodes"
            name="codes"
            label="Access codes"
            hint=format!(
                "One on each line, at most {MAX_ACCESS_CODES}. A number after a code is how often \
                 it can be used: VIP-2030, 20",
            )
            required=false
            rows=6
            value=codes
            error
        />
    }
}

/// The saved access codes, with their uses and links.
#[component]
fn CodeLines(codes: Vec<CodeLine>) -> impl IntoView {
    if codes.is_empty() {
        return None;
    }
    let line = |code: CodeLine| {
        let CodeLine { code, uses, max_uses, link } = code;
        let uses = match max_uses {
            Some(max) => format!("{} of {} uses", grouped(uses.into()), grouped(max.into())),
            None if uses == 1 => "1 use".to_owned(),
            None => format!("{} uses", grouped(uses.into())),
        };
        view! {
            <li class="grid gap-1 wrap-anywhere">
                <span>
                    <span class="font-semibold font-mono">{code}</span>
                    ": "
                    {uses}
                </span>
                <a class="link" href=link.clone()>
                    {link.clone()}
                </a>
            </li>
        }
    };
    Some(view! {
        <section class="section" aria-labelledby="code-links">
            <h2 id="code-links" class="subheading">"Links with access codes"</h2>
            <p class="text-muted">
                "A link fills in its code. A registration that is cancelled or rejected gives its \
                    use back."
            </p>
            <ul class="grid gap-4">{codes.into_iter().map(line).collect_view()}</ul>
        </section>
    })
}
