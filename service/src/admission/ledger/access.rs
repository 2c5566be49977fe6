//! The rules of access codes and invitations.

use std::collections::HashMap;

use domain::{
    AccessCode, AccessCodeDraft, AccessMode, ErrorCode, InvitationId, PublicError, UserId,
};

use super::{Entry, Ledger};
use crate::{
    admission::{access::Access, changes::Acceptance, decision::Verdict},
    entity::invitation,
};

/// The access codes and invitations of a competition.
#[derive(Debug, Default)]
pub(super) struct AccessRules {
    codes: Vec<AccessCodeDraft>,
    /// By how many registrations each code is used that the batch cannot change.
    uses_by_others: HashMap<String, u64>,
    invitations: Vec<invitation::Model>,
    /// Invitations that the batch accepts.
    pub(super) accepted: Vec<Acceptance>,
}

impl AccessRules {
    /// Begins with the codes, invitations and registrations as they were read.
    pub(super) fn new<'a>(read: Access, entries: impl Iterator<Item = &'a Entry>) -> Self {
        let Access { codes, mut uses, invitations } = read;
        for code in entries.filter_map(Entry::used_code) {
            if let Some(uses) = uses.get_mut(code) {
                *uses = uses.saturating_sub(1);
            }
        }
        Self { codes, uses_by_others: uses, invitations, accepted: Vec::new() }
    }
}

/// What admits a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AdmittedBy {
    /// Registration is open, or the user has accepted an invitation before.
    Nothing,
    /// A code of the competition.
    Code(String),
    /// An invitation that nobody has accepted.
    Invitation(InvitationId),
}

impl Entry {
    /// The access code that the registration uses, if it is active.
    fn used_code(&self) -> Option<&str> {
        self.row.access_code.as_deref().filter(|_| self.row.status.is_active())
    }
}

impl Ledger {
    /// What admits a new registration of a user who has sent `code`. A code that does not admit
    /// leaves the key of the request unused: another one can be tried with it.
    pub(super) fn admit(
        &self,
        user: UserId,
        code: Option<&AccessCode>,
    ) -> Result<AdmittedBy, Verdict> {
        let (mode, access) = (self.after.access, &self.access);
        let was_invited = || access.invitations.iter().any(|found| found.accepted_by == Some(user));
        if mode.is_open() || was_invited() {
            return Ok(AdmittedBy::Nothing);
        }
        let refusal = |code, message| PublicError::on_field(code, "accessCode", message);
        let Some(code) = code.map(AccessCode::as_str) else {
            let message = match mode {
                AccessMode::Invitation => {
                    "Registration is by invitation: open the link in your invitation"
                }
                _ => "Registration needs an access code: ask the organizer for one",
            };
            let refusal = refusal(ErrorCode::AccessCodeRequired, message);
            return Err(Verdict::NotApplicable(refusal));
        };
        if let Some(invitation) = access.invitations.iter().find(|found| found.code == code) {
            if invitation.accepted_at.is_none() {
                return Ok(AdmittedBy::Invitation(invitation.id));
            }
            let message = "Another account has registered with this invitation";
            let refusal = refusal(ErrorCode::AccessCodeUsedUp, message);
            return Err(Verdict::NotApplicable(refusal));
        }
        let found = access.codes.iter().find(|draft| draft.code == code);
        let Some(draft) = found.filter(|_| mode == AccessMode::Code) else {
            let message = "This access code is not valid for this competition";
            let refusal = refusal(ErrorCode::AccessCodeInvalid, message);
            return Err(Verdict::NotApplicable(refusal));
        };
        if !draft.admits_after(self.uses(code)) {
            let message = "This access code has been used as often as it can be";
            let refusal = refusal(ErrorCode::AccessCodeUsedUp, message);
            return Err(Verdict::NotApplicable(refusal));
        }
        Ok(AdmittedBy::Code(code.to_owned()))
    }

    /// How many registrations are active with a code.
    fn uses(&self, code: &str) -> u64 {
        let here = self.registrations.values().filter(|entry| entry.used_code() == Some(code));
        self.access.uses_by_others.get(code).copied().unwrap_or(0) + here.count() as u64
    }

    /// Records that a user has registered with an invitation.
    pub(super) fn accept(&mut self, invitation: InvitationId, user: UserId) {
        let found = self.access.invitations.iter_mut().find(|found| found.id == invitation);
        if let Some(found) = found {
            (found.accepted_by, found.accepted_at) = (Some(user), Some(self.now.utc()));
            self.access.accepted.push(Acceptance { invitation, user, at: self.now });
        }
    }

    /// The access codes after an edit that names `codes`, if they change.
    pub(super) fn new_access_codes(
        &self,
        codes: Option<&Vec<AccessCodeDraft>>,
    ) -> Option<Vec<AccessCodeDraft>> {
        codes.filter(|codes| **codes != self.access.codes).cloned()
    }

    /// Replaces the access codes.
    pub(super) fn set_access_codes(&mut self, codes: Vec<AccessCodeDraft>) {
        self.access.codes.clone_from(&codes);
        self.new_parts.access_codes = Some(codes);
    }
}
