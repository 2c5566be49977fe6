//! One request, one effect: what was answered to a request that carried an `Idempotency-Key`.
//!
//! The row of a key commits in the transaction of its effect, so in the database a key is absent or
//! finished; there is no half-done state to recover from. After the idea of zero-to-production, chapter 11.
//!
//! In front of it stand two helpers that may forget at any time: the answers given lately, and the keys that
//! somebody is working on.

mod answers;
mod in_flight;
mod scope;

use domain::{ErrorCode, PublicError};
use serde::de::DeserializeOwned;

pub(crate) use answers::Answers;
pub(crate) use in_flight::{Claim, InFlight};
pub(crate) use scope::{Kept, Scope};

use crate::{Context, Result, ids::new_id};

/// A key that no request has used, for a form.
pub fn new_key() -> String {
    new_id().to_string()
}

/// What is known of a key when a request with it comes in.
pub(crate) enum Entry<T> {
    /// The request was answered before, with this.
    Answered(T),
    /// It may be worked on; the claim keeps others from doing so at the same time.
    New(Claim),
}

/// Looks a key up among the answers given lately, and claims it if it is not there. Whether the database knows it
/// shows in the transaction, with [`Scope::recall`].
///
/// # Errors
/// [`ErrorCode::IdempotencyInFlight`] while somebody works on it; [`ErrorCode::IdempotencyKeyReused`] when it was
/// used for another request.
pub(crate) async fn enter<T: DeserializeOwned>(ctx: &Context, scope: &Scope) -> Result<Entry<T>> {
    let mut claim = ctx.in_flight.enter(scope)?;
    match ctx.answers.look_up(ctx.now(), scope, claim.token()).await {
        answers::Found::Answer(kept) => Ok(Entry::Answered(scope.read(&kept)?)),
        answers::Found::InFlight => Err(in_flight().into()),
        answers::Found::Nothing(shared) => {
            claim.share(shared);
            Ok(Entry::New(claim))
        }
    }
}

fn in_flight() -> PublicError {
    let message = "A request with this Idempotency-Key is being worked on. Try again in a second.";
    PublicError::new(ErrorCode::IdempotencyInFlight, message)
}
