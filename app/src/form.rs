//! What every form of the site shares.

use domain::PublicError;
use leptos::{prelude::*, server_fn::ServerFn};
use serde::{Deserialize, Serialize};

use crate::error::Failure;

/// What a form starts with. After a refusal without JavaScript that is what was typed, and the reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned<T> {
    /// The text of its fields, never a password.
    pub typed: T,
    /// Why it was refused, if it was.
    pub problem: Option<PublicError>,
}

/// What is wrong with a form now.
pub type Problem = Signal<Option<PublicError>>;

/// Whether a form came to something: its last submission, and before the first one what the page came with.
pub(crate) fn done_of<S>(action: ServerAction<S>, at_first: bool) -> Signal<bool>
where
    S: ServerFn<Error = Failure> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    Signal::derive(move || match action.version().get() {
        0 => at_first,
        _ => action.value().with(|value| matches!(value, Some(Ok(_)))),
    })
}

/// What is wrong with a form: the answer to its last submission, and before the first one whatever the page
/// came with.
pub(crate) fn problem_of<S>(action: ServerAction<S>, at_first: Option<PublicError>) -> Problem
where
    S: ServerFn<Error = Failure> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    Signal::derive(move || match action.version().get() {
        // Not the action's own value: Leptos fills it from the address, where anybody can write.
        0 => at_first.clone(),
        _ => action.value().get().and_then(Result::err).map(|Failure(error)| error),
    })
}

/// The answer to a form's last submission; none before the first.
pub(crate) fn reply_of<S>(action: ServerAction<S>) -> Signal<Option<Result<S::Output, Failure>>>
where
    S: ServerFn<Error = Failure> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    Signal::derive(move || match action.version().get() {
        // As above.
        0 => None,
        _ => action.value().get(),
    })
}
