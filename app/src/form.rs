//! The state of forms.

use domain::PublicError;
use leptos::{prelude::*, server_fn::ServerFn};
use serde::{Deserialize, Serialize};

use crate::error::Failure;

/// The initial state of a form. After a refusal without JavaScript it holds the typed text and the
/// error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned<T> {
    /// The text of the fields, without passwords.
    pub typed: T,
    /// The error, if the form was refused.
    pub error: Option<PublicError>,
}

/// The error of a form, if there is one.
pub type FormError = Signal<Option<PublicError>>;

/// Whether the last submission of a form has succeeded; before the first one, `at_first`.
pub(crate) fn success_of<S>(action: ServerAction<S>, at_first: bool) -> Signal<bool>
where
    S: ServerFn<Error = Failure> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    Signal::derive(move || match action.version().get() {
        0 => at_first,
        _ => action.value().with(|value| matches!(value, Some(Ok(_)))),
    })
}

/// The error of the last submission of a form; before the first one, `at_first`.
pub(crate) fn error_of<S>(action: ServerAction<S>, at_first: Option<PublicError>) -> FormError
where
    S: ServerFn<Error = Failure> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    Signal::derive(move || match action.version().get() {
        // Not the value of the action: Leptos fills it from the address, which is untrusted.
        0 => at_first.clone(),
        _ => action.value().get().and_then(Result::err).map(|Failure(error)| error),
    })
}

/// Counts the responses to a form that match, to load the page anew after each.
pub(crate) fn count_replies<S>(
    action: ServerAction<S>,
    matches: fn(&Result<S::Output, Failure>) -> bool,
) -> RwSignal<usize>
where
    S: ServerFn<Error = Failure> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    let count = RwSignal::new(0);
    Effect::new(move || {
        action.version().track();
        if action.value().with_untracked(|value| value.as_ref().is_some_and(matches)) {
            count.update(|number| *number += 1);
        }
    });
    count
}

/// Shows one error at a time for two forms of a page: sending one of them ends the error of the
/// other.
pub(crate) fn keep_one_error<A, B>(one: ServerAction<A>, other: ServerAction<B>)
where
    A: ServerFn<Error = Failure> + Clone + Send + Sync + 'static,
    A::Output: Clone + Send + Sync + 'static,
    B: ServerFn<Error = Failure> + Clone + Send + Sync + 'static,
    B::Output: Clone + Send + Sync + 'static,
{
    Effect::new(move || {
        if one.pending().get() {
            other.clear();
        }
    });
    Effect::new(move || {
        if other.pending().get() {
            one.clear();
        }
    });
}

/// Loads the data of a page anew after each refusal of its form, and hands it on. The elements of
/// the form stay, and what was typed.
pub(crate) fn reload_when_refused<S, T, F>(
    action: ServerAction<S>,
    load: impl Fn() -> F + Send + Sync + 'static,
    loaded: impl Fn(T) + 'static,
) where
    S: ServerFn<Error = Failure> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, Failure>> + Send + 'static,
{
    let refused = count_replies(action, Result::is_err);
    let reload = Action::new(move |(): &()| load());
    Effect::new(move || {
        if refused.get() > 0 {
            reload.dispatch(());
        }
    });
    Effect::new(move || {
        if let Some(Ok(screen)) = reload.value().get() {
            loaded(screen);
        }
    });
}

/// What the fields of a form show, and its error, from its last response, for a form that the
/// server returns with a newer version when others have changed its subject meanwhile.
pub(crate) fn returned_by<T>(
    reply: Signal<Option<Result<Option<Returned<T>>, Failure>>>,
    start: Returned<T>,
) -> (RwSignal<T>, FormError)
where
    T: Clone + Send + Sync + 'static,
{
    let Returned { typed, error: at_first } = start;
    let shown = RwSignal::new(typed);
    Effect::new(move || {
        if let Some(Ok(Some(returned))) = reply.get() {
            shown.set(returned.typed);
        }
    });
    let error = Signal::derive(move || match reply.get() {
        None => at_first.clone(),
        Some(Ok(returned)) => returned.and_then(|returned| returned.error),
        Some(Err(Failure(error))) => Some(error),
    });
    (shown, error)
}

/// The response to the last submission of a form; `None` before the first.
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
