//! Commands about a competition.

use domain::{CompetitionEdit, CompetitionId, IfMatch, User};

use crate::idempotency::{KeyLock, RequestKey};

/// A command that must run one after the other with all others for its competition.
#[derive(Debug)]
pub(crate) enum AdmissionCommand {
    /// Register the user.
    Register,
    /// Cancel the registration of the user.
    CancelRegistration,
    /// Change fields of the competition, if it has one of the versions in `if_match`.
    EditCompetition { edit: Box<CompetitionEdit>, if_match: Option<IfMatch> },
    /// Cancel the competition, if it has one of the versions in `if_match` or is cancelled already.
    CancelCompetition { if_match: Option<IfMatch> },
}

/// A command, the user who gave it, and its `Idempotency-Key`.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) user: User,
    pub(super) command: AdmissionCommand,
    pub(super) keyed: Option<Keyed>,
}

/// The `Idempotency-Key` of a request, locked while the request is in flight.
#[derive(Debug)]
pub(super) struct Keyed {
    pub(super) key: RequestKey,
    pub(super) lock: KeyLock,
}

impl AdmissionCommand {
    /// The command and its parameters as text, for [`RequestKey::new`].
    pub(super) fn fingerprint(&self, competition: CompetitionId) -> String {
        match self {
            Self::Register => format!("register {competition}"),
            Self::CancelRegistration => format!("cancel registration {competition}"),
            Self::EditCompetition { edit, if_match } => {
                format!("edit competition {competition} {edit:?} if {if_match:?}")
            }
            Self::CancelCompetition { if_match } => {
                format!("cancel competition {competition} if {if_match:?}")
            }
        }
    }

    /// Whether the decision depends on the registration of the user.
    pub(super) fn needs_registration(&self) -> bool {
        matches!(self, Self::Register | Self::CancelRegistration)
    }

    /// Whether the decision depends on the tags of the competition.
    pub(super) fn needs_tags(&self) -> bool {
        matches!(self, Self::EditCompetition { .. } | Self::CancelCompetition { .. })
    }
}
