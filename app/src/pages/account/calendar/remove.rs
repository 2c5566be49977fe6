//! Removing the feed.

use domain::UserId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    CALENDAR,
    details::{FeedDetails, FeedTimes},
};
use crate::{
    components::{ErrorSummary, Head, Heading, Layout, Loaded, MadeFor, Submit, Toasts},
    error::Failure,
    form::{Returned, error_of},
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveCalendarFeedScreen {
    /// The feed.
    pub feed: FeedDetails,
    /// The initial state of the form.
    pub start: Returned<()>,
}

/// The feed that may be removed; for its owner.
#[server(prefix = "/fn", endpoint = "remove_calendar_feed_screen")]
pub async fn load_remove_calendar_feed() -> Result<RemoveCalendarFeedScreen, Failure> {
    use crate::ssr::{clock::ViewerClock, form, request};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let clock = ViewerClock::of_request()?;
    let feed = service::calendar_feed::get(&ctx, &actor).await?;
    Ok(RemoveCalendarFeedScreen {
        feed: FeedDetails::of(feed, &clock),
        start: form::take_stored_form("remove_calendar_feed").await?,
    })
}

/// Removes the feed, and leads to its page.
#[server(prefix = "/fn", endpoint = "remove_calendar_feed")]
pub async fn remove_calendar_feed(
    #[server(default)] made_for: Option<UserId>,
) -> Result<(), Failure> {
    use crate::ssr::{flash, form, request};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let outcome = form::and_then_async(form::check_same_user(made_for, &actor), async |()| {
        service::calendar_feed::remove(&ctx, &actor).await
    })
    .await;
    let page = format!("{CALENDAR}/remove");
    form::redirect_back_with("remove_calendar_feed", &page, (), outcome).await?;
    flash::set("The calendar feed is removed").await;
    leptos_axum::redirect(CALENDAR);
    Ok(())
}

/// Asks before the feed is removed.
#[component]
pub fn RemoveCalendarFeedPage() -> impl IntoView {
    let screen = Resource::new_blocking(|| (), |()| load_remove_calendar_feed());
    let remove = ServerAction::<RemoveCalendarFeed>::new();
    Toasts::after(remove);
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen remove />
        </Loaded>
    }
}

#[component]
fn Content(
    screen: RemoveCalendarFeedScreen,
    remove: ServerAction<RemoveCalendarFeed>,
) -> impl IntoView {
    let RemoveCalendarFeedScreen { feed, start } = screen;
    let error = error_of(remove, start.error);
    view! {
        <Head title="Remove the calendar feed" />
        <div class="form-page">
            <Heading>"Remove your calendar feed?"</Heading>
            <ErrorSummary error />
            <p>
                "Its address ends at once. Calendars that have subscribed to it get no changes any \
                more: remove it there, too. You can make a new address at any time."
            </p>
            <div class="section">
                <FeedTimes feed />
            </div>
            <ActionForm action=remove attr:class="flex flex-wrap gap-3">
                <MadeFor />
                <Submit pending=remove.pending() class="btn-danger">"Remove feed"</Submit>
                <a class="btn" href=CALENDAR>"Keep feed"</a>
            </ActionForm>
        </div>
    }
}
