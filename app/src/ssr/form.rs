//! Forms without JavaScript. The browser posts a form and is redirected to a page; the session
//! stores what that page shows, until the page takes it:
//!
//! - A form that was refused: [`redirect_back_with`] stores its text and its error,
//!   [`take_stored_form`] takes them.
//! - A form that has changed nothing yet, such as a preview: [`show_again`] stores it, and
//!   [`take_stored_form`] takes it.
//! - A form that has succeeded, on a page that shows it again: [`set_success_flag`] and
//!   [`take_success_flag`].
//!
//! With JavaScript nothing is stored and nothing is redirected: the page still has the form, and
//! reads the response.
//!
//! The session is bounded: a few forms of a user, of which the oldest is dropped first, and a few
//! kilobytes of a visitor.

use domain::{ErrorCode, IdempotencyKey, PublicError, UserId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use service::Actor;

use super::{
    request::{RequestKind, actor, kind, session},
    response::redirect_form,
};
use crate::{error::Failure, form::Returned};

/// The value of a form that has succeeded. A form that is refused without JavaScript is stored with
/// its error, and the browser is redirected back to `page`. The second half of a double click is
/// redirected without an error: the page shows the result of the first half.
pub(crate) async fn redirect_back_with<T>(
    form: &str,
    page: &str,
    typed: impl Serialize,
    outcome: Result<T, service::Error>,
) -> Result<T, Failure> {
    let Failure(error) = match outcome {
        Ok(value) => return Ok(value),
        Err(error) => error.into(),
    };
    if kind() == RequestKind::Form {
        if error.code != ErrorCode::IdempotencyInFlight {
            store(form, typed, Some(&error)).await?;
        }
        redirect_form(page);
    }
    Err(error.into())
}

/// Shows a form again that has changed nothing yet, on `page`. Without JavaScript its text is
/// stored; with it, the form is still on the page.
pub(crate) async fn show_again<T: Serialize>(
    form: &str,
    page: &str,
    typed: &T,
    error: Option<&PublicError>,
) -> Result<(), Failure> {
    if kind() == RequestKind::Form {
        store(form, typed, error).await?;
        redirect_form(page);
    }
    Ok(())
}

/// The stored text and error of a form, which are removed from the session; the empty form if there
/// are none.
pub(crate) async fn take_stored_form<T: Default + DeserializeOwned>(
    form: &str,
) -> Result<Returned<T>, Failure> {
    let stored = session()?.take::<StoredForm<T>>(&form_key(form)).await?;
    Ok(stored.map_or_else(Returned::default, |StoredForm { typed, error }| Returned {
        typed: typed.unwrap_or_default(),
        error,
    }))
}

/// A form in the session.
#[derive(Serialize, Deserialize)]
struct StoredForm<T> {
    /// The text of its fields; `None` if it was too large to store.
    typed: Option<T>,
    error: Option<PublicError>,
}

/// The forms that visitors may submit. Other forms of visitors are not stored: their pages redirect
/// to the login.
const FOR_VISITORS: [&str; 6] =
    ["log_in", "sign_up", "request_reset", "reset_password", "verify_email", "unsubscribe"];

/// Stores a form, if its page is shown to the sender. Text that is too large for the session is not
/// stored; the error is.
async fn store(
    form: &str,
    typed: impl Serialize,
    error: Option<&PublicError>,
) -> Result<(), Failure> {
    if actor()?.try_user().is_none() && !FOR_VISITORS.contains(&form) {
        return Ok(());
    }
    let (session, key) = (session()?, form_key(form));
    let stored = StoredForm { typed: Some(typed), error: error.cloned() };
    if !session.put(&key, &stored).await? {
        session.put(&key, StoredForm::<()> { typed: None, error: stored.error }).await?;
    }
    Ok(())
}

/// Whether the form was sent before with different text, because the response was lost or the user
/// went back. It needs a new key then.
pub(crate) fn was_sent_before<T>(outcome: &service::Result<T>) -> bool {
    let Err(service::Error::Public(error)) = outcome else { return false };
    error.code == ErrorCode::IdempotencyKeyReused
}

/// Without JavaScript: stores that the form has succeeded, and redirects the browser to `page`,
/// which confirms it there ("Your profile was saved"). With JavaScript: does nothing, because
/// [`crate::form::success_of`] reads the response.
pub(crate) async fn set_success_flag(form: &str, page: &str) -> Result<(), Failure> {
    if kind() == RequestKind::Form {
        session()?.put(&success_key(form), true).await?;
        redirect_form(page);
    }
    Ok(())
}

/// Whether [`set_success_flag`] was called for this form since the last call; removes the flag, so
/// that a reload of the page does not confirm again.
pub(crate) async fn take_success_flag(form: &str) -> Result<bool, Failure> {
    Ok(session()?.take(&success_key(form)).await?.unwrap_or_default())
}

/// Checks that a form was sent by the user it was rendered for. A form without a user passes.
///
/// # Errors
/// When another user has logged in since.
pub(crate) fn check_same_user(user: Option<UserId>, actor: &Actor) -> Result<(), PublicError> {
    match (user, actor.try_user()) {
        (Some(user), Some(now)) if user != now.id => {
            let words = format!(
                "You have logged in as {} since this form was shown, so nothing was changed. \
                 Check the page, then try again.",
                now.name
            );
            Err(PublicError::new(ErrorCode::Forbidden, words))
        }
        _ => Ok(()),
    }
}

/// The idempotency key of a form, if it was sent by the user it was rendered for.
///
/// # Errors
/// As for [`check_same_user`]; [`ErrorCode::InvalidIdempotencyKey`].
pub(crate) fn sent_key(
    text: &str,
    user: Option<UserId>,
    actor: &Actor,
) -> Result<IdempotencyKey, PublicError> {
    check_same_user(user, actor)?;
    Ok(text.parse::<IdempotencyKey>()?)
}

/// [`Result::and_then`] with an async function.
pub(crate) async fn and_then_async<I, T>(
    checked: Result<I, PublicError>,
    then: impl AsyncFnOnce(I) -> service::Result<T>,
) -> service::Result<T> {
    then(checked?).await
}

fn success_key(form: &str) -> String {
    format!("succeeded:{form}")
}

fn form_key(form: &str) -> String {
    format!("form:{form}")
}
