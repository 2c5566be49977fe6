//! The profile: the name, and the time zone of displayed times.

use domain::{User, UserId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    components::{
        ErrorSummary, Field, KeptIn, KeptText, MadeFor, Submit, SuccessMessage, Zone, ZoneField,
    },
    error::Failure,
    form::{Returned, error_of, success_of},
    viewer::CurrentViewer,
};

/// The text of a refused profile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedProfile {
    /// The name.
    pub name: String,
    /// The name of a time zone; empty for that of the browser.
    pub time_zone: String,
}

impl From<User> for TypedProfile {
    fn from(user: User) -> Self {
        Self { name: user.name, time_zone: user.time_zone.unwrap_or_default() }
    }
}

/// Saves the profile.
#[server(prefix = "/fn", endpoint = "edit_profile")]
pub async fn edit_profile(
    #[server(default)] name: String,
    #[server(default)] time_zone: String,
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use crate::ssr::{form, request};
    use domain::ProfilePatch;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let typed = TypedProfile { name: name.clone(), time_zone: time_zone.clone() };
    let time_zone = Some(time_zone.into());
    let patch = ProfilePatch { name: name.into(), time_zone, ..Default::default() };
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        service::accounts::edit_profile(&ctx, &actor, patch).await
    })
    .await;
    form::redirect_back_with("edit_profile", "/account", typed, outcome).await?;
    form::set_success_flag("edit_profile", "/account").await
}

/// The form for the profile.
#[component]
pub(super) fn ProfileSection(
    /// The initial state of the form, and whether it has just succeeded.
    start: (Returned<TypedProfile>, bool),
    /// Saves the profile.
    action: ServerAction<EditProfile>,
    /// The time zones to choose from.
    zones: Vec<Zone>,
) -> impl IntoView {
    let (Returned { typed, error }, done) = start;
    let (error, done) = (error_of(action, error), success_of(action, done));
    let viewer = expect_context::<CurrentViewer>();
    // The header shows the name.
    Effect::new(move || {
        if action.version().get() > 0 && done.get() {
            viewer.resource.refetch();
        }
    });
    view! {
        <section aria-labelledby="profile-title" class="grid gap-4">
            <h2 id="profile-title" class="subheading">"Profile"</h2>
            <ErrorSummary error />
            <SuccessMessage shown=done message="Your profile was saved." />
            <KeptText within=KeptIn::Tab saved=success_of(action, false)>
                <ActionForm action attr:class="section" attr:novalidate=true>
                    <MadeFor />
                    <Field
                        id="name"
                        label="Name"
                        hint="Shown to organizers and participants."
                        autocomplete="name"
                        value=typed.name
                        error
                    />
                    <ZoneField
                        name="time_zone"
                        label="Time zone (optional)"
                        hint="A city, for example Berlin. Leave empty to use the time zone of your \
                            browser."
                        required=false
                        value=typed.time_zone
                        zones
                        error
                    />
                    <Submit pending=action.pending() class="justify-self-start">
                        "Save profile"
                    </Submit>
                </ActionForm>
            </KeptText>
        </section>
    }
}
