//! The roles of the account.

use domain::{Role, User, UserId};
use leptos::{html, prelude::*};

use crate::{
    components::{ErrorSummary, MadeFor, Submit, SuccessMessage, add_role_words, focus},
    error::Failure,
    form::{Returned, error_of, success_of},
    next,
    viewer::CurrentViewer,
};

/// Adds a role to the account.
#[server(prefix = "/fn", endpoint = "add_role")]
pub async fn add_role(
    #[server(default)] role: String,
    #[server(default)] next: String,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use crate::ssr::{form, request};
    use domain::RoleInput;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let page = next::add_role(&next);
    let input = RoleInput { role: role.into(), ..RoleInput::default() };
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        service::accounts::add_role(&ctx, &actor, input).await
    })
    .await;
    form::redirect_back_with("add_role", &page, (), outcome).await?;
    form::set_success_flag("add_role", &page).await
}

/// The form for the role that the user can add. Nothing for an administrator.
#[component]
pub(super) fn RolesSection(
    /// The user.
    user: User,
    /// The page that needs the role.
    next: Option<String>,
    /// The initial state of the form, and whether it has just succeeded.
    start: (Returned<()>, bool),
    /// Adds a role.
    action: ServerAction<AddRole>,
) -> impl IntoView {
    let (Returned { error, .. }, done) = start;
    let (error, done) = (error_of(action, error), success_of(action, done));
    let viewer = expect_context::<CurrentViewer>();
    let heading = NodeRef::<html::H2>::new();
    Effect::new(move || {
        if action.version().get() > 0 && done.get() {
            // The header has a link for organizers.
            viewer.resource.refetch();
            // The button is gone.
            if let Some(heading) = heading.get_untracked() {
                focus(heading);
            }
        }
    });
    let addable = user.addable_role();
    let goes_on = next.clone();
    let next = StoredValue::new(next.unwrap_or_default());
    let form = move |role: Role| {
        let text = match role {
            Role::Participant => {
                "You are an organizer. As a participant, you register for competitions of others."
            }
            _ => "You are a participant. As an organizer, you create competitions.",
        };
        view! {
            <p>{text} " A role cannot be removed."</p>
            <ActionForm action attr:class="section">
                <MadeFor />
                <input type="hidden" name="role" value=role.as_str() />
                <input type="hidden" name="next" value=next.get_value() />
                <Submit pending=action.pending() class="justify-self-start">
                    {add_role_words(role)}
                </Submit>
            </ActionForm>
        }
    };
    let has_both = move || {
        let goes_on = goes_on.clone().map(|next| {
            view! {
                <p><a class="btn btn-primary" href=next::local(&next).to_owned()>"Continue"</a></p>
            }
        });
        view! {
            <p>
                "You are a participant and an organizer. Your "
                <a class="link" href="/dashboard">"dashboard"</a> " has a view for each."
            </p>
            {goes_on}
        }
    };
    (!user.has_role(Role::Admin)).then(|| {
        view! {
            <section id="roles" aria-labelledby="roles-title" class="grid gap-4">
                <h2 id="roles-title" class="subheading" node_ref=heading tabindex="-1">"Roles"</h2>
                <ErrorSummary error />
                <SuccessMessage shown=done message="The role was added." />
                {move || match addable.filter(|_| !done.get()) {
                    Some(role) => form(role).into_any(),
                    None => has_both().into_any(),
                }}
            </section>
        }
    })
}
