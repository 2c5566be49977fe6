//! Why a mail was not sent, and whether a retry may succeed.

/// Why a mail was not sent. The text contains no address.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct Undelivered {
    reason: String,
    cause: Cause,
    may_have_arrived: bool,
    refuses_address: bool,
}

/// What a retry may expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The mail server rejected this mail permanently.
    Rejected,
    /// The mail server rejected this mail for the time being.
    Deferred,
    /// The mail server accepts no mail of ours at the moment.
    Unreachable,
    /// The same, because of a quota or its load: it is to be left alone for a while.
    Paused,
}

impl Undelivered {
    pub(crate) fn new(cause: Cause, reason: String) -> Self {
        Self { reason, cause, may_have_arrived: false, refuses_address: false }
    }

    pub(crate) fn rejected(reason: String) -> Self {
        Self::new(Cause::Rejected, reason)
    }

    /// The address takes no mail at all.
    pub(crate) fn address_refused(reason: String) -> Self {
        Self { refuses_address: true, ..Self::rejected(reason) }
    }

    pub(crate) fn unreachable(reason: String) -> Self {
        Self::new(Cause::Unreachable, reason)
    }

    /// The connection broke after the content was sent and before the server replied.
    pub(crate) fn without_reply(reason: String) -> Self {
        Self { may_have_arrived: true, ..Self::unreachable(reason) }
    }

    /// This process has no mail server, although the process that stored the mail had one.
    pub(crate) fn not_configured() -> Self {
        Self::unreachable("SMTP_URL is not set for this process".to_owned())
    }

    /// Whether a retry cannot succeed.
    pub fn is_final(&self) -> bool {
        self.cause == Cause::Rejected
    }

    /// Whether the mail server could not be reached, or rejects all our mail. That counts as no
    /// attempt of the job. An error that is neither final nor this deferred the one mail.
    pub fn is_unreachable(&self) -> bool {
        matches!(self.cause, Cause::Unreachable | Cause::Paused)
    }

    /// Whether the mail server is to be left alone for a while.
    pub(crate) fn asks_for_pause(&self) -> bool {
        self.cause == Cause::Paused
    }

    /// Whether no mail to the address can succeed: it does not exist, for example.
    pub(crate) fn refuses_address(&self) -> bool {
        self.refuses_address
    }

    /// Whether the server may have accepted the mail all the same.
    pub(crate) fn may_have_arrived(&self) -> bool {
        self.may_have_arrived
    }
}
