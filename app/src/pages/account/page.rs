//! The page of the account, with a form for each action.

use domain::{DeletionPreview, MailPreferences, OrganizerNotices, User};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::{
    DATA,
    calendar::CALENDAR,
    change_password::{ChangePassword, PasswordSection},
    delete::{DeleteAccount, DeletionSection},
    email::EMAIL,
    messages::{EditMailPreferences, MessagesSection},
    organizer_notices::{EditOrganizerNotices, NoticesSection},
    profile::{EditProfile, ProfileSection, TypedProfile},
    roles::{AddRole, RolesSection},
    sessions::SESSIONS,
    tokens::TOKENS,
};
use crate::{
    components::{Head, Heading, Layout, Loaded, Toasts, Zone},
    error::Failure,
    form::Returned,
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountScreen {
    /// The user.
    pub user: User,
    /// The initial state of the profile form, and whether it has just succeeded.
    pub profile: (Returned<TypedProfile>, bool),
    /// Which messages are mailed.
    pub preferences: MailPreferences,
    /// The initial state of the form for them, and whether it has just succeeded.
    pub messages: (Returned<()>, bool),
    /// When an organizer is notified of what; `None` for participants.
    pub notices: Option<OrganizerNotices>,
    /// The initial state of the form for that, and whether it has just succeeded.
    pub notices_form: (Returned<()>, bool),
    /// The initial state of the form that adds a role, and whether it has just succeeded.
    pub role: (Returned<()>, bool),
    /// The same for the password form.
    pub password: (Returned<()>, bool),
    /// The initial state of the deletion form, and the consequences.
    pub deletion: (Returned<()>, DeletionPreview),
    /// The time zones to choose from.
    pub zones: Vec<Zone>,
}

/// Loads the page; for users who are logged in.
#[server(prefix = "/fn", endpoint = "account")]
pub async fn load_account() -> Result<AccountScreen, Failure> {
    use crate::ssr::{form, request};
    use domain::{ErrorCode, PublicError, Role};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let user = actor.user()?.clone();
    let mut profile: Returned<TypedProfile> = form::take_stored_form("edit_profile").await?;
    // A form that was refused because another user had typed it is not shown.
    let is_theirs = |error: &PublicError| error.code != ErrorCode::Forbidden;
    if !profile.error.as_ref().is_some_and(is_theirs) {
        profile.typed = user.clone().into();
    }
    Ok(AccountScreen {
        profile: (profile, form::take_success_flag("edit_profile").await?),
        preferences: service::mail_preferences::get(&ctx, &actor).await?,
        messages: (
            form::take_stored_form("edit_mail_preferences").await?,
            form::take_success_flag("edit_mail_preferences").await?,
        ),
        notices: match user.has_role(Role::Organizer) {
            true => Some(service::organizer_notices::get(&ctx, &actor).await?),
            false => None,
        },
        notices_form: (
            form::take_stored_form("edit_organizer_notices").await?,
            form::take_success_flag("edit_organizer_notices").await?,
        ),
        role: (
            form::take_stored_form("add_role").await?,
            form::take_success_flag("add_role").await?,
        ),
        password: (
            form::take_stored_form("change_password").await?,
            form::take_success_flag("change_password").await?,
        ),
        deletion: (
            form::take_stored_form("delete_account").await?,
            service::accounts::preview_deletion(&ctx, &actor).await?,
        ),
        zones: Zone::choices(ctx.now()),
        user,
    })
}

/// The account of the user.
#[component]
pub fn AccountPage() -> impl IntoView {
    let params = use_query_map();
    let next = Memo::new(move |_| params.read().get("next"));
    let screen = Resource::new_blocking(|| (), |()| load_account());
    let profile = ServerAction::<EditProfile>::new();
    let messages = ServerAction::<EditMailPreferences>::new();
    let notices = ServerAction::<EditOrganizerNotices>::new();
    let role = ServerAction::<AddRole>::new();
    let password = ServerAction::<ChangePassword>::new();
    let deletion = ServerAction::<DeleteAccount>::new();
    Toasts::after(deletion);
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen next profile messages notices role password deletion />
        </Loaded>
    }
}

#[component]
fn Content(
    screen: AccountScreen,
    /// The page that the form for roles leads to.
    next: Memo<Option<String>>,
    profile: ServerAction<EditProfile>,
    messages: ServerAction<EditMailPreferences>,
    notices: ServerAction<EditOrganizerNotices>,
    role: ServerAction<AddRole>,
    password: ServerAction<ChangePassword>,
    deletion: ServerAction<DeleteAccount>,
) -> impl IntoView {
    let AccountScreen {
        user,
        profile: profile_start,
        preferences,
        messages: messages_start,
        notices: choices,
        notices_form,
        role: role_start,
        password: password_start,
        deletion: (start, preview),
        zones,
    } = screen;
    view! {
        <Head title="Account" />
        <div class="form-page">
            <div class="grid gap-1">
                <Heading>"Account"</Heading>
                <p class="flex flex-wrap items-center gap-x-3">
                    <span class="break-all text-muted">{user.email.clone()}</span>
                    <a class="link" href=EMAIL>"Change address"</a>
                </p>
            </div>
            <ProfileSection start=profile_start action=profile zones />
            <MessagesSection
                preferences
                is_organizer={choices.is_some()}
                start=messages_start
                action=messages
            />
            {choices
                .map(|choices| {
                    view! { <NoticesSection choices start=notices_form action=notices /> }
                })}
            <RolesSection
                user=user.clone()
                next=next.get_untracked()
                start=role_start
                action=role
            />
            <PasswordSection email=user.email start=password_start action=password />
            <SessionsSection />
            <TokensSection />
            <CalendarSection />
            <DataSection />
            <DeletionSection start preview action=deletion />
        </div>
    }
}

/// The way to the sessions, which have a page of their own.
#[component]
fn SessionsSection() -> impl IntoView {
    view! {
        <section aria-labelledby="sessions-title" class="grid gap-4">
            <h2 id="sessions-title" class="subheading">"Sessions"</h2>
            <p>"The browsers in which you are logged in."</p>
            <p>
                <a class="btn" href=SESSIONS>"Manage sessions"</a>
            </p>
        </section>
    }
}

/// The download of everything that is stored about the user.
#[component]
fn DataSection() -> impl IntoView {
    view! {
        <section aria-labelledby="data-title" class="grid gap-4">
            <h2 id="data-title" class="subheading">"Your data"</h2>
            <p>
                "Everything that is stored about you, as one JSON file: your account, your \
                registrations with answers, and your messages."
            </p>
            <p>
                <a class="btn" href=DATA rel="external" download="">"Download your data"</a>
            </p>
        </section>
    }
}

/// The way to the tokens, which have a page of their own.
#[component]
fn TokensSection() -> impl IntoView {
    view! {
        <section aria-labelledby="tokens-title" class="grid gap-4">
            <h2 id="tokens-title" class="subheading">"Personal access tokens"</h2>
            <p>"For scripts and integrations that use the API in your name."</p>
            <p>
                <a class="btn" href=TOKENS>"Manage tokens"</a>
            </p>
        </section>
    }
}

/// The way to the calendar feed, which has a page of its own.
#[component]
fn CalendarSection() -> impl IntoView {
    view! {
        <section aria-labelledby="calendar-title" class="grid gap-4">
            <h2 id="calendar-title" class="subheading">"Calendar feed"</h2>
            <p>
                "For calendars that show all your competitions and follow their changes. A new \
                password does not end it: renew its address if others may have that."
            </p>
            <p>
                <a class="btn" href=CALENDAR>"Manage calendar feed"</a>
            </p>
        </section>
    }
}
