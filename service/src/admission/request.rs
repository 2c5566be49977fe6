//! Who wants what of a competition, and what they are answered.

use domain::{
    CompetitionEdit, CompetitionId, CompetitionWithOrganizer, IfMatch, NewRegistration,
    PublicError, User,
};
use serde::{Deserialize, Serialize};

use crate::idempotency::{Claim, Scope};

/// What somebody wants of a competition.
#[derive(Debug)]
pub(crate) enum Wish {
    /// A seat.
    Register,
    /// To give their seat back.
    Cancel,
    /// To change it.
    Edit(Box<CompetitionEdit>),
    /// That it does not take place.
    CallOff,
    /// One of the last two, if the competition has one of these versions.
    If(IfMatch, Box<Self>),
}

/// Who wants what.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) user: User,
    pub(super) wish: Wish,
    pub(super) keyed: Option<Keyed>,
}

/// The `Idempotency-Key` of a request, held while it is worked on.
#[derive(Debug)]
pub(super) struct Keyed {
    pub(super) scope: Scope,
    pub(super) claim: Claim,
}

/// What was decided about a request.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// What came of it, or why nothing did: closed, full, registered already, edited by somebody else.
    pub(crate) outcome: Result<Outcome, PublicError>,
    /// Whether this was answered before, to the same key.
    pub(crate) replayed: bool,
}

/// What came of a wish. In the log of answers it is the JSON of what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Outcome {
    /// A seat is held.
    Registered(Box<NewRegistration>),
    /// The competition as it is now.
    Edited(Box<CompetitionWithOrganizer>),
    /// No seat is held.
    Cancelled,
}

impl Wish {
    /// What was asked, in one spelling.
    pub(super) fn fingerprint(&self, competition: CompetitionId) -> String {
        match self {
            Self::Register => format!("register {competition}"),
            Self::Cancel => format!("cancel {competition}"),
            Self::Edit(edit) => format!("edit {competition} {edit:?}"),
            Self::CallOff => format!("call off {competition}"),
            Self::If(condition, wish) => {
                format!("{} if {condition:?}", wish.fingerprint(competition))
            }
        }
    }

    /// The same, on condition that the competition has one of the versions, if there is a
    /// condition.
    pub(crate) fn only_if(self, condition: Option<IfMatch>) -> Self {
        match condition {
            Some(condition) => Self::If(condition, Box::new(self)),
            None => self,
        }
    }

    /// Whether it is about the seat of who asks; else it is about the competition as a whole.
    pub(super) fn is_about_seat(&self) -> bool {
        matches!(self, Self::Register | Self::Cancel)
    }
}

impl Outcome {
    /// The HTTP status that the log of answers notes.
    pub(super) fn status(&self) -> u16 {
        match self {
            Self::Registered(_) => 201,
            Self::Edited(_) => 200,
            Self::Cancelled => 204,
        }
    }
}
