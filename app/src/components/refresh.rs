//! Refreshing the data of an open page.

use std::time::Duration;

use domain::ErrorCode;
use js_sys::Math;
use leptos::{prelude::*, task::spawn_local};
use serde::{Serialize, de::DeserializeOwned};

use crate::{error::Failure, hand_over::is_handed_over};

/// The requests of all open pages are spread over this time, in milliseconds.
const SPREAD: f64 = 3_000.0;

/// The pause before the next try: 1 s to 2 s at first, doubled each time, at most 16 s to 32 s.
pub(crate) fn back_off(tries: u32) -> Duration {
    Duration::from_secs(1 << tries.min(4)).mul_f64(1.0 + Math::random())
}

/// Refreshes a page now and shows the data once it is there. If the request fails, the page keeps
/// what it shows. `load` returns `None` when the page no longer needs the data.
pub(crate) fn refresh_now<T>(
    at: Resource<Result<T, Failure>>,
    load: impl Future<Output = Option<Result<T, Failure>>> + 'static,
) where
    T: Send + Sync + 'static,
{
    spawn_local(async move {
        if let Some(Ok(now)) = load.await {
            // Setting a value fails after the user has left the page.
            at.try_set(Some(Ok(now)));
        }
    });
}

/// Refreshes a page within a few seconds and shows the data once it is there. All open pages of a
/// competition refresh for the same reason, so their requests are spread, and a request that a busy
/// server refuses is sent again.
///
/// `is_waiting` merges calls until the request is sent. `load` returns `None` when the page no
/// longer needs the data.
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
        // Setting a value fails after the user has left the page.
        if is_waiting.try_set_value(false).is_some() {
            return;
        }
        spawn_local(async move {
            match load().await {
                // Changes to an altered page may not be visible.
                Some(Ok(_)) if is_handed_over() => {
                    // Reloading the current page cannot fail.
                    let _ = window().location().reload();
                }
                Some(Ok(now)) => {
                    at.try_set(Some(Ok(now)));
                }
                Some(Err(Failure(error))) if is_temporary(error.code) => {
                    // Unless a later call has started its own request meanwhile.
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

/// Whether the same request can succeed later.
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
    fn only_temporary_errors_are_retried() {
        for code in [ErrorCode::Overloaded, ErrorCode::RateLimited, ErrorCode::Internal] {
            assert!(is_temporary(code), "{code:?}");
        }
        for code in [ErrorCode::CompetitionNotFound, ErrorCode::Unauthorized, ErrorCode::Forbidden]
        {
            assert!(!is_temporary(code), "{code:?}");
        }
    }
}
