//! Asking how things are now, when every other open page has the same reason to ask.

use std::time::Duration;

use domain::ErrorCode;
use js_sys::Math;
use leptos::{prelude::*, task::spawn_local};
use serde::{Serialize, de::DeserializeOwned};

use crate::{error::Failure, hand_over::is_handed_over};

/// Pages ask at any moment within so many milliseconds after they have a reason to.
const SPREAD: f64 = 3_000.0;

/// The pause before another try: 1 s to 2 s at first, twice as long each time, at most 16 s to 32
/// s.
pub(crate) fn back_off(tries: u32) -> Duration {
    Duration::from_secs(1 << tries.min(4)).mul_f64(1.0 + Math::random())
}

/// Has a page show how things are now, without a gap. The request is sent within some seconds, and
/// again until it is answered: what all open pages wait for is asked by all of them, and a server
/// that is overwhelmed refuses many.
///
/// `is_waiting` merges calls until the request is sent. `load` answers nothing when its answer is
/// wanted no more.
pub(crate) fn refresh_soon<T, F, Fut>(
    at: Resource<Result<T, Failure>>,
    is_waiting: StoredValue<bool>,
    load: F,
) where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Fn() -> Fut + Copy + 'static,
    Fut: Future<Output = Option<Result<T, Failure>>> + 'static,
{
    if is_waiting.try_get_value() == Some(false) {
        is_waiting.set_value(true);
        ask(at, is_waiting, load, Duration::from_secs_f64(Math::random() * SPREAD / 1_000.0), 0);
    }
}

fn ask<T, F, Fut>(
    at: Resource<Result<T, Failure>>,
    is_waiting: StoredValue<bool>,
    load: F,
    pause: Duration,
    tries: u32,
) where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Fn() -> Fut + Copy + 'static,
    Fut: Future<Output = Option<Result<T, Failure>>> + 'static,
{
    let send = move || {
        // Nothing is stored any more once the page was left.
        if is_waiting.try_set_value(false).is_some() {
            return;
        }
        spawn_local(async move {
            match load().await {
                // What is changed in an altered page may be shown by nothing.
                Some(Ok(_)) if is_handed_over() => {
                    // Nothing refuses to load a page that was loaded before.
                    let _ = window().location().reload();
                }
                Some(Ok(now)) => {
                    at.try_set(Some(Ok(now)));
                }
                Some(Err(Failure(error))) if is_temporary(error.code) => {
                    // A later call has begun anew meanwhile.
                    if is_waiting.try_get_value() == Some(false) {
                        is_waiting.set_value(true);
                        let asked =
                            Duration::from_secs(error.retry_after().unwrap_or_default().into());
                        let pause = back_off(tries) + asked;
                        ask(at, is_waiting, load, pause, tries + 1);
                    }
                }
                Some(Err(_)) | None => {}
            }
        });
    };
    set_timeout(send, pause);
}

/// Whether the same request may well succeed later.
fn is_temporary(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::Overloaded
            | ErrorCode::RateLimited
            | ErrorCode::RequestTimeout
            | ErrorCode::Internal
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_request_is_sent_again_and_one_that_cannot_succeed_is_not() {
        for code in [ErrorCode::Overloaded, ErrorCode::RateLimited, ErrorCode::Internal] {
            assert!(is_temporary(code), "{code:?}");
        }
        for code in [ErrorCode::CompetitionNotFound, ErrorCode::Unauthorized, ErrorCode::Forbidden]
        {
            assert!(!is_temporary(code), "{code:?}");
        }
    }
}
