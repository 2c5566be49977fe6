//! A word in passing: what a form has done is told on the next page that the browser shows.

use super::request::session;
use crate::error::Failure;

/// Where the session keeps what is to be told.
const KEY: &str = "flash";

/// Has this told: by the page that the form leads to, or at once where our code runs in the browser and the page
/// calls [`Toasts::after`](crate::components::Toasts::after). It confirms what the page shows as well; it never is
/// the only confirmation, so what was done has not failed when this has: that is logged, and no more.
pub(crate) async fn set(words: impl Into<String>) {
    let _: Result<(), Failure> = leave(words.into()).await;
}

async fn leave(words: String) -> Result<(), Failure> {
    /// Of more than fit on a page, the oldest are not shown.
    const MOST: usize = 4;
    let session = session()?;
    let mut waiting: Vec<String> = session.get(KEY).await?.unwrap_or_default();
    waiting.push(words);
    waiting.drain(..waiting.len().saturating_sub(MOST));
    session.put_optional(KEY, waiting).await?;
    Ok(())
}

/// What is to be told; it is handed out once.
pub(crate) async fn take() -> Result<Vec<String>, Failure> {
    Ok(session()?.take(KEY).await?.unwrap_or_default())
}
