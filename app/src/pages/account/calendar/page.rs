//! The page of the calendar feed.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    CALENDAR,
    details::{FeedDetails, FeedTimes},
    new_feed::{NewFeed, NewFeedAddress},
    renew::{RenewCalendarFeed, RenewSection},
};
use crate::{
    components::{Head, Heading, Layout, Loaded},
    error::Failure,
    form::{Returned, reply_of},
};

/// The data of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarFeedScreen {
    /// The feed, if there is one.
    pub feed: Option<FeedDetails>,
    /// The one whose address was just made without JavaScript.
    pub new: Option<NewFeed>,
    /// The initial state of the form.
    pub start: Returned<()>,
}

/// Loads the page; for users who are logged in.
#[server(prefix = "/fn", endpoint = "calendar_feed")]
pub async fn load_calendar_feed() -> Result<CalendarFeedScreen, Failure> {
    use super::HANDOVER;
    use crate::ssr::{clock::ViewerClock, form, request};
    use service::calendar_feed::{self, FeedLinks, Handover};

    let (ctx, actor) = (request::context()?, request::actor()?);
    let (session, clock) = (request::session()?, ViewerClock::of_request()?);
    let feed = calendar_feed::find(&ctx, &actor).await?;
    let new = match session.take::<Handover>(HANDOVER).await? {
        Some(handover) => handover.finish(&ctx, &actor, &session).await?,
        None => None,
    };
    Ok(CalendarFeedScreen {
        feed: feed.map(|feed| FeedDetails::of(feed, &clock)),
        new: new.map(|(feed, key)| {
            NewFeed::of(FeedDetails::of(feed, &clock), FeedLinks::of(&ctx, &key))
        }),
        start: form::take_stored_form("renew_calendar_feed").await?,
    })
}

/// The calendar feed of the user.
#[component]
pub fn CalendarFeedPage() -> impl IntoView {
    let screen = Resource::new_blocking(|| (), |()| load_calendar_feed());
    let renew = ServerAction::<RenewCalendarFeed>::new();
    view! {
        <Loaded layout=Layout::Form from=screen let(screen)>
            <Content screen renew />
        </Loaded>
    }
}

#[component]
fn Content(screen: CalendarFeedScreen, renew: ServerAction<RenewCalendarFeed>) -> impl IntoView {
    let CalendarFeedScreen { feed: at_first, new: new_at_first, start } = screen;
    let reply = reply_of(renew);
    let new = Signal::derive(move || match reply.get() {
        None => new_at_first.clone(),
        Some(reply) => reply.ok().flatten(),
    });
    // A form that was refused leaves the feed as it was.
    let feed = RwSignal::new(at_first);
    Effect::new(move || {
        if let Some(NewFeed { feed: made, .. }) = new.get() {
            feed.set(Some(made));
        }
    });
    let has_feed = Signal::derive(move || feed.with(Option::is_some));
    view! {
        <Head title="Calendar feed" />
        <div class="form-page">
            <div class="grid gap-2">
                <Heading>"Calendar feed"</Heading>
                <p>
                    "Your calendar can subscribe to your registrations, and to the competitions \
                    that you organize. It follows every change of a date, a place or a seat; most \
                    calendars look for changes every few hours, some once a day."
                </p>
            </div>
            <NewFeedAddress new />
            {move || {
                feed.get()
                    .map(|feed| {
                        view! {
                            <section aria-labelledby="feed-title" class="grid gap-4">
                                <h2 id="feed-title" class="subheading">"Your feed"</h2>
                                <div class="section">
                                    <FeedTimes feed />
                                    <p>
                                        <a class="btn" href=format!("{CALENDAR}/remove")>
                                            "Remove feed"
                                        </a>
                                    </p>
                                </div>
                            </section>
                        }
                    })
            }}
            <RenewSection has_feed start action=renew />
            <p>
                <a class="link" href="/account">"Back to your account"</a>
            </p>
        </div>
    }
}
