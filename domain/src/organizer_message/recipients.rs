//! Who gets a message of an organizer.

use crate::{AnswerFilter, RegistrationStatus};

/// Who gets a message of an organizer: the registrations with one of these statuses and, where one
/// is chosen, this answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRecipients {
    statuses: Vec<RegistrationStatus>,
    answer: Option<AnswerFilter>,
}

impl MessageRecipients {
    /// The statuses to choose from. `CONFIRMED` stands for every registration with a seat.
    pub const STATUSES: [RegistrationStatus; 3] = [
        RegistrationStatus::Confirmed,
        RegistrationStatus::Waitlisted,
        RegistrationStatus::AwaitingApproval,
    ];

    /// Reads names of statuses; each counts once, in the order of [`Self::STATUSES`].
    ///
    /// # Errors
    /// A sentence, without any status or with one that cannot be chosen.
    pub fn parse(names: &[String], answer: Option<AnswerFilter>) -> Result<Self, String> {
        let is_named = |status: &RegistrationStatus| names.iter().any(|n| n == status.as_str());
        let statuses: Vec<_> = Self::STATUSES.into_iter().filter(is_named).collect();
        let is_known = |name: &String| statuses.iter().any(|status| status.as_str() == name);
        if statuses.is_empty() || !names.iter().all(is_known) {
            let wrong = "Recipients must be one or more of CONFIRMED, WAITLISTED and \
                         AWAITING_APPROVAL";
            return Err(wrong.into());
        }
        Ok(Self { statuses, answer })
    }

    /// As they were chosen.
    pub fn chosen(&self) -> &[RegistrationStatus] {
        &self.statuses
    }

    /// The answer that they have given, if one was chosen.
    pub fn answer(&self) -> Option<&AnswerFilter> {
        self.answer.as_ref()
    }

    /// The statuses of their registrations.
    pub fn statuses(&self) -> impl Iterator<Item = RegistrationStatus> {
        RegistrationStatus::active().filter(|status| self.includes(*status))
    }

    /// Whether registrations with this status are chosen, whatever they have answered.
    pub fn includes(&self, status: RegistrationStatus) -> bool {
        let chosen = match status {
            RegistrationStatus::Pending => RegistrationStatus::Confirmed,
            other => other,
        };
        self.statuses.contains(&chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(names: &[&str]) -> Result<Vec<RegistrationStatus>, String> {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        Ok(MessageRecipients::parse(&names, None)?.statuses().collect())
    }

    #[test]
    fn confirmed_stands_for_everyone_with_a_seat() {
        use RegistrationStatus::{Confirmed, Pending, Waitlisted};
        assert_eq!(parse(&["CONFIRMED"]), Ok(vec![Pending, Confirmed]));
        let both = parse(&["WAITLISTED", "CONFIRMED", "WAITLISTED"]);
        assert_eq!(both, Ok(vec![Pending, Confirmed, Waitlisted]));
    }

    #[test]
    fn recipients_are_one_or_more_of_those_who_take_part_or_wait() {
        for wrong in [&[][..], &["CANCELLED"], &["CONFIRMED", "REJECTED"], &["confirmed"], &[""]] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
