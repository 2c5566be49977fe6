//! Making the address of the feed, or another one.

use domain::UserId;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::CALENDAR;
use super::new_feed::NewFeed;
use crate::{
    components::{ErrorSummary, MadeFor, Submit},
    error::Failure,
    form::{Returned, error_of},
};

/// Makes a new address. Our code in the browser shows it; without JavaScript the page does, to
/// which the browser is redirected.
#[server(prefix = "/fn", endpoint = "renew_calendar_feed")]
pub async fn renew_calendar_feed(
    #[server(default)] made_for: Option<UserId>,
) -> Result<Option<NewFeed>, Failure> {
    use super::{HANDOVER, details::FeedDetails};
    use crate::ssr::{
        clock::ViewerClock,
        form,
        request::{self, RequestKind},
        response,
    };
    use service::calendar_feed::{self, FeedKey, FeedLinks, Handover};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let (session, clock) = (request::session()?, ViewerClock::of_request()?);
    // Check the login before the session, so that a visitor is asked to log in.
    actor.owner()?;
    let handover = match request::kind() {
        RequestKind::Form => Some(Handover::begin(&session)?),
        RequestKind::Fetch | RequestKind::Page => None,
    };
    let key = match &handover {
        Some((_, key)) => key.clone(),
        None => FeedKey::random(),
    };
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        calendar_feed::renew(&ctx, &actor, &key).await
    })
    .await;
    let feed = form::redirect_back_with("renew_calendar_feed", CALENDAR, (), outcome).await?;
    if let Some((handover, _)) = handover {
        session.put(HANDOVER, handover).await?;
        response::redirect_form(CALENDAR);
        return Ok(None);
    }
    Ok(Some(NewFeed::of(FeedDetails::of(feed, &clock), FeedLinks::of(&ctx, &key))))
}

/// The form that makes an address.
#[component]
pub(super) fn RenewSection(
    /// Whether there is one to replace.
    #[prop(into)]
    has_feed: Signal<bool>,
    /// The initial state of the form.
    start: Returned<()>,
    /// Makes it.
    action: ServerAction<RenewCalendarFeed>,
) -> impl IntoView {
    let error = error_of(action, start.error);
    let words = move |with: &'static str, without: &'static str| {
        move || if has_feed.get() { with } else { without }
    };
    view! {
        <section aria-labelledby="renew-title" class="grid gap-4">
            <h2 id="renew-title" class="subheading">
                {words("Renew the address", "Make an address")}
            </h2>
            <ErrorSummary error />
            <p>
                {words(
                    "If you have lost the address, or others may have it, make a new one. The old \
                    one ends at once: subscribe again in each of your calendars.",
                    "It is secret: only calendars that you give it to can read it.",
                )}
            </p>
            <ActionForm action>
                <MadeFor />
                <Submit pending=action.pending() class="justify-self-start">
                    {words("Renew address", "Make address")}
                </Submit>
            </ActionForm>
        </section>
    }
}
