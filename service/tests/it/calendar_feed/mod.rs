//! Calendar feeds.

mod events;
mod keys;

use domain::ErrorCode;
use service::{
    Actor, Context,
    calendar_feed::{FeedKey, FeedLinks, read, renew},
};

use crate::support::code;

/// Makes the feed of a user. Returns the text of its key.
async fn feed_of(ctx: &Context, actor: &Actor) -> String {
    let key = FeedKey::random();
    renew(ctx, actor, &key).await.unwrap();
    text(ctx, &key)
}

/// The text of a key, as its address has it.
fn text(ctx: &Context, key: &FeedKey) -> String {
    let url = FeedLinks::of(ctx, key).url;
    let (_, file) = url.split_once("/calendars/").expect("the address of a feed");
    file.strip_suffix(".ics").expect("a calendar file").to_owned()
}

async fn status_of(ctx: &Context, key: &str) -> Result<(), ErrorCode> {
    read(ctx, key).await.map(drop).map_err(code)
}
