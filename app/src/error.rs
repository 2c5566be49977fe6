//! The error of every server function.

use domain::PublicError;
use serde::{Deserialize, Serialize};

/// The message of a call that got no response. Only browsers set it.
pub(crate) const UNREACHABLE: &str =
    "The server cannot be reached. Check your connection and try again.";

/// The error of every server function: the part that a client may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Failure(pub PublicError);

impl Failure {
    /// Whether the call got no response.
    pub(crate) fn is_unreachable(&self) -> bool {
        self.0.message == UNREACHABLE
    }
}

#[cfg(not(feature = "ssr"))]
impl From<PublicError> for Failure {
    fn from(error: PublicError) -> Self {
        Self(error)
    }
}
