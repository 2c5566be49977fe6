//! Flash messages: the next page that the browser shows confirms the last action.

use super::request::session;
use crate::error::Failure;

/// The key of the messages in the session.
const KEY: &str = "flash";

/// Stores a message for the next page, or for the current one where our code runs and shows toasts.
/// It is never the only confirmation, so that a failure to store it is logged and ignored.
pub(crate) async fn set(words: impl Into<String>) {
    let _: Result<(), Failure> = push(words.into()).await;
}

/// Of two requests of one session that push at the same time, the later write wins and the other
/// message is lost. That is harmless, because a message is never the only confirmation.
async fn push(words: String) -> Result<(), Failure> {
    /// The most messages on a page; older ones are dropped.
    const MOST: usize = 4;
    let session = session()?;
    let mut messages: Vec<String> = session.get(KEY).await?.unwrap_or_default();
    messages.push(words);
    messages.drain(..messages.len().saturating_sub(MOST));
    session.put_optional(KEY, messages).await?;
    Ok(())
}

/// The pending messages; they are returned once.
pub(crate) async fn take() -> Result<Vec<String>, Failure> {
    Ok(session()?.take(KEY).await?.unwrap_or_default())
}
