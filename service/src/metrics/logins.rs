//! Metrics of logins.

use std::sync::LazyLock;

use domain::ErrorCode;

use super::by_label::ByLabel;
use crate::{Error, Result};

/// The metrics of logins.
pub(crate) static LOGINS: LazyLock<Logins> = LazyLock::new(Logins::new);

/// The metrics of logins.
pub(crate) struct Logins(ByLabel);

impl Logins {
    fn new() -> Self {
        Self(ByLabel::new(
            "mini_compete_logins_total",
            "Logins, by outcome.",
            "outcome",
            ["accepted", "wrong_credentials", "rate_limited", "failed"],
        ))
    }

    /// A login has ended.
    pub(crate) fn ended<T>(&self, result: &Result<T>) {
        self.0.increment(match result {
            Ok(_) => "accepted",
            Err(Error::Public(error)) if error.code == ErrorCode::InvalidCredentials => {
                "wrong_credentials"
            }
            Err(Error::Public(error)) if error.code == ErrorCode::RateLimited => "rate_limited",
            Err(_) => "failed",
        });
    }
}
