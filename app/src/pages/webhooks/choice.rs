//! The competitions that a webhook can be for.

use domain::CompetitionId;
use serde::{Deserialize, Serialize};

/// A competition that a webhook can be for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Its id.
    pub id: CompetitionId,
    /// Its title.
    pub title: String,
}
