//! The page where an organizer invites people.

use domain::{AccessMode, CompetitionId, InvitationId, MAX_INVITED_AT_ONCE, UserId};
use leptos::{html::Form, prelude::*};
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

use crate::{
    Moment,
    components::{
        ErrorSummary, Head, Heading, KeptIn, KeptText, Layout, Loaded, MadeFor, Pagination,
        PastTheEnd, Submit, TextArea, TextFile, Toasts, ViewerTime, page_words,
    },
    error::Failure,
    form::{FormError, Returned, count_replies, error_of, success_of},
    pages::competitions::{address, managed::ManageLink},
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationsScreen {
    /// The competition.
    pub id: CompetitionId,
    /// Its title.
    pub title: String,
    /// Who can register.
    pub access: AccessMode,
    /// Why nobody can be invited, if that is so.
    pub obstacle: Option<String>,
    /// Whether this installation sends mail.
    pub sends_mail: bool,
    /// One page of the invitations, newest first.
    pub invitations: Vec<InvitationRow>,
    /// How many there are.
    pub total: u64,
    /// The page, counted from 1.
    pub page: u64,
    /// How many pages there are.
    pub pages: u64,
    /// The addresses in a form that has just been refused without JavaScript, and why.
    pub start: Returned<String>,
}

/// An invitation in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationRow {
    /// Which one.
    pub id: InvitationId,
    /// Whom it was sent to.
    pub email: String,
    /// The personal link.
    pub link: String,
    /// When it was made.
    pub invited_at: Moment,
    /// When an account registered with it, if one has.
    pub accepted_at: Option<Moment>,
}

/// Loads the page; for the organizer of the competition.
#[server(prefix = "/fn", endpoint = "invitations_screen")]
pub async fn load_invitations(
    id: String,
    #[server(default)] page: Option<String>,
) -> Result<InvitationsScreen, Failure> {
    use crate::ssr::{clock::ViewerClock, form, request};
    use domain::{Invitation, PageQuery};

    /// Invitations on a page.
    const LIMIT: &str = "25";

    let (ctx, actor) = (request::context()?, request::actor()?);
    // Check the login before parsing the id, so that 401 wins over 404.
    actor.user()?;
    let clock = ViewerClock::of_request()?;
    let id = request::parse_competition_id(&id)?;
    let competition = service::competitions::get_own(&ctx, &actor, id).await?.competition;
    let paging = PageQuery { page, limit: Some(LIMIT.into()) }.check()?;
    let found = service::invitations::list(&ctx, &actor, id, paging).await?;
    let row = |invitation: Invitation| InvitationRow {
        id: invitation.id,
        email: invitation.email,
        link: invitation.link,
        invited_at: clock.in_viewer_zone(invitation.invited_at),
        accepted_at: invitation.accepted_at.map(|at| clock.in_viewer_zone(at)),
    };
    Ok(InvitationsScreen {
        id,
        obstacle: service::invitations::obstacle(&competition, ctx.now())
            .map(|refusal| refusal.message),
        title: competition.title,
        access: competition.access,
        sends_mail: ctx.sends_mail(),
        total: found.total,
        page: found.page,
        pages: found.pages(),
        invitations: found.items.into_iter().map(row).collect(),
        start: form::take_stored_form(&form_name(id)).await?,
    })
}

/// The key of the form in the session. It has the id, because several forms may be open.
#[cfg(feature = "ssr")]
fn form_name(id: CompetitionId) -> String {
    format!("invite:{id}")
}

/// Invites the addresses in a text.
#[server(prefix = "/fn", endpoint = "invite")]
pub async fn invite(
    competition: CompetitionId,
    #[server(default)] emails: String,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use super::typed_invitations::{as_shown, input};
    use crate::ssr::{flash, form, request, response};
    use service::{Error, invitations};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let checked = form::check_same_user(made_for, &actor);
    let outcome = form::and_then_async(checked, async |()| {
        invitations::invite(&ctx, &actor, competition, input(&emails)?).await
    })
    .await;
    let outcome = outcome.map_err(|error| match error {
        Error::Public(error) => as_shown(error, &emails).into(),
        other => other,
    });
    let page = address::invitations(competition, 1);
    let done = form::redirect_back_with(&form_name(competition), &page, emails, outcome).await?;
    let people = |number: usize, one: &str, more: &str| match number {
        1 => format!("One person {one}."),
        number => format!("{} people {more}.", domain::grouped(number as u64)),
    };
    let mut words = people(done.invited.len(), "is invited", "are invited");
    if !done.already_invited.is_empty() {
        let before = done.already_invited.len();
        words += " ";
        words += &people(before, "was invited before", "were invited before");
    }
    flash::set(words).await;
    response::redirect_form(&page);
    Ok(())
}

/// Revokes an invitation.
#[server(prefix = "/fn", endpoint = "revoke_invitation")]
pub async fn revoke_invitation(
    competition: CompetitionId,
    invitation: InvitationId,
    #[server(default)] page: u64,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use crate::ssr::{flash, form, request, response};
    use domain::ErrorCode;
    use service::{Error, invitations};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        invitations::revoke(&ctx, &actor, competition, invitation).await
    })
    .await;
    // One that was revoked in another tab meanwhile counts as success.
    let outcome = match outcome {
        Err(Error::Public(error)) if error.code == ErrorCode::InvitationNotFound => Ok(()),
        outcome => outcome,
    };
    let page = address::invitations(competition, page);
    form::redirect_back_with(&form_name(competition), &page, String::new(), outcome).await?;
    flash::set("The invitation is revoked").await;
    response::redirect_form(&page);
    Ok(())
}

/// The page where an organizer invites people.
#[component]
pub fn InvitationsPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let page = Memo::new(move |_| query.read().get("page"));
    let (invite, revoke) = (ServerAction::<Invite>::new(), ServerAction::<RevokeInvitation>::new());
    Toasts::after(invite);
    Toasts::after(revoke);
    // A form that is refused stays as it was typed.
    let invited = count_replies(invite, Result::is_ok);
    let reset = StoredValue::new(0);
    let source = move || (id.get(), page.get(), invited.get(), revoke.version().get());
    let screen = Resource::new_blocking(source, |(id, page, ..)| load_invitations(id, page));
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen invite revoke invited reset />
        </Loaded>
    }
}

#[component]
fn Content(
    screen: InvitationsScreen,
    invite: ServerAction<Invite>,
    revoke: ServerAction<RevokeInvitation>,
    /// How often people were invited since the page was opened.
    invited: RwSignal<usize>,
    /// After how many of these times the form was reset.
    reset: StoredValue<usize>,
) -> impl IntoView {
    let InvitationsScreen { id, title, access, obstacle, sends_mail, .. } = screen;
    let InvitationsScreen { invitations, total, page, pages, start, .. } = screen;
    let error = error_of(invite, start.error);
    let not_revoked = error_of(revoke, None);
    let open = access.is_open().then(|| {
        view! {
            <p class="band">
                <span>
                    "Every participant can register for this competition, also without an \
                        invitation. Change it on the page "
                    <a class="link" href=address::access(id)>
                        "Who can register"
                    </a> "."
                </span>
            </p>
        }
    });
    let form = match obstacle {
        Some(obstacle) => view! { <p class="text-muted">{obstacle} "."</p> }.into_any(),
        None => {
            let form = NodeRef::<Form>::new();
            Effect::new(move || {
                let times = invited.get_untracked();
                if times > reset.get_value()
                    && let Some(form) = form.get()
                {
                    reset.set_value(times);
                    form.reset();
                }
            });
            let typed = start.typed;
            view! { <InviteForm id sends_mail typed error invite form /> }.into_any()
        }
    };
    let count = match total {
        0 => "No invitations yet".to_owned(),
        1 => "1 invitation".to_owned(),
        total => format!("{} invitations", domain::grouped(total)),
    };
    let count = count + &page_words(page, pages);
    let list = if invitations.is_empty() && total > 0 {
        view! { <PastTheEnd first=address::invitations(id, 1) /> }.into_any()
    } else {
        let rows =
            invitations.into_iter().map(|row| view! { <Row competition=id page row revoke /> });
        view! { <ul class="grid gap-4">{rows.collect_view()}</ul> }.into_any()
    };
    view! {
        <Head title=format!("Invitations to {title}") />
        <div class="form-page">
            <ManageLink id title />
            <Heading>"Invitations"</Heading>
            <ErrorSummary error />
            <ErrorSummary error=not_revoked />
            {open}
            {form}
            <section class="section" aria-labelledby="invitations">
                <h2 id="invitations" class="subheading">
                    {count}
                </h2>
                {list}
                <Pagination page pages href=move |page| address::invitations(id, page) />
            </section>
        </div>
    }
}

#[component]
fn InviteForm(
    id: CompetitionId,
    sends_mail: bool,
    typed: String,
    error: FormError,
    invite: ServerAction<Invite>,
    form: NodeRef<Form>,
) -> impl IntoView {
    let how = match sends_mail {
        true => "Each address gets a mail with a personal link that admits one account.",
        false => {
            "This site sends no mail: people with an account get the link in their mailbox, and \
             you hand it on to the others. A link admits one account."
        }
    };
    view! {
        <KeptText within=KeptIn::Tab saved=success_of(invite, false)>
            <ActionForm action=invite node_ref=form attr:class="grid gap-4" attr:novalidate=true>
                <p class="text-muted">{how}</p>
                <input type="hidden" name="competition" value=id.to_string() />
                <MadeFor />
                <TextArea
                    id="emails"
                    name="emails"
                    label="Email addresses"
                    hint=format!(
                        "A list or CSV, at most {MAX_INVITED_AT_ONCE} addresses. Those that were \
                         invited before get no second mail.",
                    )
                    rows=6
                    value=typed
                    error
                />
                <TextFile
                    id="emails-file"
                    label="Addresses from a file"
                    accept=".csv,.txt,text/csv,text/plain"
                    fills="emails"
                />
                <p>
                    <Submit pending=invite.pending() class="btn-lg">
                        "Invite"
                    </Submit>
                </p>
            </ActionForm>
        </KeptText>
    }
}

#[component]
fn Row(
    competition: CompetitionId,
    page: u64,
    row: InvitationRow,
    revoke: ServerAction<RevokeInvitation>,
) -> impl IntoView {
    let InvitationRow { id, email, link, invited_at, accepted_at } = row;
    let state = match accepted_at {
        Some(at) => view! { "Registered " <ViewerTime at /> }.into_any(),
        None => view! { "Invited " <ViewerTime at=invited_at /> }.into_any(),
    };
    let name = format!("Revoke the invitation of {email}");
    view! {
        <li class="grid gap-1 wrap-anywhere">
            <span class="font-semibold">{email}</span>
            <span class="text-sm text-muted">{state}</span>
            <a class="link text-sm" href=link.clone()>
                {link.clone()}
            </a>
            <ActionForm action=revoke>
                <input type="hidden" name="competition" value=competition.to_string() />
                <input type="hidden" name="invitation" value=id.to_string() />
                <input type="hidden" name="page" value=page.to_string() />
                <MadeFor />
                <button class="btn" aria-label=name>
                    "Revoke"
                </button>
            </ActionForm>
        </li>
    }
}
