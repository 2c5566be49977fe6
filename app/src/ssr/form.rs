//! Forms without JavaScript: what was typed into a refused form waits in the session for the page that
//! shows the form again.
//!
//! The session bounds what waits: a few forms of a user, the oldest giving way, and a few kilobytes
//! of a visitor's.

use domain::{ErrorCode, IdempotencyKey, PublicError, UserId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use service::Actor;

use super::{
    request::{Kind, actor, kind, session},
    response::redirect_form,
};
use crate::{error::Failure, form::Returned};

/// The answer to a posted form. When it is refused without JavaScript, the browser goes back to the page at
/// `page`, and what was typed and why it was refused wait there. The second half of a double click is not
/// refused: the page it goes back to shows what the first half brought about.
pub(crate) async fn redirect_back_with<T>(
    form: &str,
    page: &str,
    typed: impl Serialize,
    outcome: Result<T, service::Error>,
) -> Result<T, Failure> {
    let Failure(problem) = match outcome {
        Ok(value) => return Ok(value),
        Err(error) => error.into(),
    };
    if kind() == Kind::Form {
        if problem.code != ErrorCode::IdempotencyInFlight {
            park(form, typed, Some(&problem)).await?;
        }
        redirect_form(page);
    }
    Err(problem.into())
}

/// The answer to a posted form that has done nothing yet and is to be shown again, at `page`. Without JavaScript what it
/// holds waits there; with it, the form is still there.
pub(crate) async fn show_again<T: Serialize>(
    form: &str,
    page: &str,
    typed: &T,
    problem: Option<&PublicError>,
) -> Result<(), Failure> {
    if kind() == Kind::Form {
        park(form, typed, problem).await?;
        redirect_form(page);
    }
    Ok(())
}

/// What waits for this form, if anything does; it is handed out once.
pub(crate) async fn returned<T: Default + DeserializeOwned>(
    form: &str,
) -> Result<Returned<T>, Failure> {
    let parked = session()?.take::<Parked<T>>(&key(form)).await?;
    Ok(parked.map_or_else(Returned::default, |Parked { typed, problem }| Returned {
        typed: typed.unwrap_or_default(),
        problem,
    }))
}

/// A form that waits in the session.
#[derive(Serialize, Deserialize)]
struct Parked<T> {
    /// The text of its fields; nothing where it was too large to be stored.
    typed: Option<T>,
    problem: Option<PublicError>,
}

/// The forms that are shown without a user. All others lead to the login, which begins with an
/// empty session.
const FOR_VISITORS: [&str; 4] = ["log_in", "sign_up", "request_reset", "reset_password"];

/// Has a form wait for the page that shows it again, if it is shown to who sent it. Text that is
/// larger than the session may be is not stored: the page says why the form was refused all the
/// same.
async fn park(
    form: &str,
    typed: impl Serialize,
    problem: Option<&PublicError>,
) -> Result<(), Failure> {
    if actor()?.try_user().is_none() && !FOR_VISITORS.contains(&form) {
        return Ok(());
    }
    let (session, key) = (session()?, key(form));
    let parked = Parked { typed: Some(typed), problem: problem.cloned() };
    if !session.put(&key, &parked).await? {
        session.put(&key, Parked::<()> { typed: None, problem: parked.problem }).await?;
    }
    Ok(())
}

/// Whether the form was sent before with other text: its answer was lost, or the browser went back to it. It needs a new
/// key then.
pub(crate) fn was_sent_before<T>(outcome: &service::Result<T>) -> bool {
    matches!(outcome, Err(service::Error::Public(error)) if error.code == ErrorCode::IdempotencyKeyReused)
}

/// The answer to a form that came to something, on a page that shows the form again: without JavaScript, the page is
/// told by way of the session.
pub(crate) async fn set_success_flag(form: &str, page: &str) -> Result<(), Failure> {
    if kind() == Kind::Form {
        session()?.put(&success_key(form), true).await?;
        redirect_form(page);
    }
    Ok(())
}

/// Whether this form has just come to something; it is told once.
pub(crate) async fn take_success_flag(form: &str) -> Result<bool, Failure> {
    Ok(session()?.take(&success_key(form)).await?.unwrap_or_default())
}

/// Whether a form that was made for one user was sent by them. One that does not say is taken at its word.
///
/// # Errors
/// When somebody else has signed in since.
pub(crate) fn made_for(user: Option<UserId>, actor: &Actor) -> Result<(), PublicError> {
    match (user, actor.try_user()) {
        (Some(user), Some(now)) if user != now.id => {
            let words = format!(
                "You have logged in as {} since this form was shown, so nothing was changed. Check the page, then try again.",
                now.name
            );
            Err(PublicError::new(ErrorCode::Forbidden, words))
        }
        _ => Ok(()),
    }
}

/// The key of a form, if it was sent by whom it was made for.
///
/// # Errors
/// As for [`made_for`]; [`ErrorCode::InvalidIdempotencyKey`].
pub(crate) fn sent_key(
    text: &str,
    user: Option<UserId>,
    actor: &Actor,
) -> Result<IdempotencyKey, PublicError> {
    made_for(user, actor)?;
    Ok(text.parse::<IdempotencyKey>()?)
}

/// A check and what follows it, as one outcome.
pub(crate) async fn and_then_async<I, T>(
    checked: Result<I, PublicError>,
    then: impl AsyncFnOnce(I) -> service::Result<T>,
) -> service::Result<T> {
    then(checked?).await
}

fn success_key(form: &str) -> String {
    format!("done:{form}")
}

fn key(form: &str) -> String {
    format!("form:{form}")
}
