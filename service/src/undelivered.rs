//! The failure to send a mail. It is outside of `mail`, so that [`crate::Error`] can hold it without
//! referring to the modules that return it.

/// Why a mail was not sent. It names no address.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct Undelivered {
    reason: String,
    kind: Kind,
    may_have_arrived: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It is of no use to try again.
    Final,
    /// The mail server put this mail off.
    PutOff,
    /// No mail can be sent just now.
    Unreachable,
}

impl Undelivered {
    /// Whether it is of no use to try again.
    pub fn is_final(&self) -> bool {
        self.kind == Kind::Final
    }

    /// Whether the mail server could not be reached, or refuses us and not the mail. The job has
    /// had no attempt then. Neither final nor this: the mail server put the mail off.
    pub fn is_unreachable(&self) -> bool {
        self.kind == Kind::Unreachable
    }

    /// Whether the connection broke after the mail was given away: the server may have taken it.
    pub(crate) fn may_have_arrived(&self) -> bool {
        self.may_have_arrived
    }

    /// Of a process that does not send mail, unlike the one that wanted it sent.
    pub(crate) fn not_configured() -> Self {
        Self::unreachable("SMTP_URL is not set for this process".to_owned())
    }

    pub(crate) fn refused(reason: String) -> Self {
        Self { reason, kind: Kind::Final, may_have_arrived: false }
    }

    pub(crate) fn unreachable(reason: String) -> Self {
        Self { reason, kind: Kind::Unreachable, may_have_arrived: false }
    }

    pub(crate) fn new(reason: String, kind: Kind, may_have_arrived: bool) -> Self {
        Self { reason, kind, may_have_arrived }
    }
}
