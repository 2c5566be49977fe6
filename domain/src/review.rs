//! Reviewing registrations: the organizer approves or rejects them, several at once.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize, de::IgnoredAny};

use crate::{
    Competition, ErrorCode, Faults, PublicError, Raw, Registration, RegistrationId,
    RegistrationStatus, RejectionReason, Timestamp,
    account::{flag, refuse_unknown},
};

/// The most registrations that one review decides on.
pub const MAX_REVIEWED: usize = 100;

/// The body that approves registrations, unchecked.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({ "registrationIds": ["01939c2e-7b5a-7000-8000-000000000001"] }))
)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct ApprovalInput {
    /// Which registrations, 1 to 100. Seats are given in this order.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Vec<RegistrationId>, required, min_items = 1, max_items = 100)
    )]
    #[serde(default)]
    pub registration_ids: Raw<Vec<String>>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

/// The body that rejects registrations, unchecked.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "registrationIds": ["01939c2e-7b5a-7000-8000-000000000001"],
        "reason": "The competition is for students only",
    }))
)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct RejectionInput {
    /// Which registrations, 1 to 100.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Vec<RegistrationId>, required, min_items = 1, max_items = 100)
    )]
    #[serde(default)]
    pub registration_ids: Raw<Vec<String>>,
    /// What the participants are sent as the reason, in one line of at most 300 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<RejectionReason>))]
    #[serde(default)]
    pub reason: Raw<String>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

/// The body that gives registrations a seat ahead of the waiting list, unchecked.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "registrationIds": ["01939c2e-7b5a-7000-8000-000000000001"],
        "addSeats": true,
    }))
)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct PromotionInput {
    /// Which registrations, 1 to 100. Seats are given in this order.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Vec<RegistrationId>, required, min_items = 1, max_items = 100)
    )]
    #[serde(default)]
    pub registration_ids: Raw<Vec<String>>,
    /// Whether the capacity grows when no seat is free; `false` if missing.
    #[cfg_attr(feature = "openapi", schema(value_type = bool, default = false))]
    #[serde(default)]
    pub add_seats: Raw<bool>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

/// A decision of the organizer on registrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// No two alike, in the order given: 1 to [`MAX_REVIEWED`].
    pub registrations: Vec<RegistrationId>,
    /// What the organizer decides.
    pub verdict: ReviewVerdict,
}

/// What an organizer decides on a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReviewVerdict {
    /// It gets a seat, or joins the waiting list.
    Approve,
    /// It gets a seat ahead of the waiting list.
    Promote {
        /// Whether the capacity grows when no seat is free.
        adds_seats: bool,
    },
    /// It gets no seat, or loses the one it has.
    Reject {
        /// Why.
        reason: Option<RejectionReason>,
    },
}

impl ApprovalInput {
    /// Applies every rule that needs no database.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(self) -> Result<Review, PublicError> {
        check(self.registration_ids, &self.unknown, |_| Some(ReviewVerdict::Approve))
    }
}

impl PromotionInput {
    /// Applies every rule that needs no database.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(self) -> Result<Review, PublicError> {
        check(self.registration_ids, &self.unknown, |faults| {
            let adds_seats = faults.check("addSeats", flag(&self.add_seats, "Adding seats"))?;
            Some(ReviewVerdict::Promote { adds_seats })
        })
    }
}

impl RejectionInput {
    /// Applies every rule that needs no database.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(self) -> Result<Review, PublicError> {
        check(self.registration_ids, &self.unknown, |faults| {
            let reason = faults.check("reason", reason(self.reason))?;
            Some(ReviewVerdict::Reject { reason })
        })
    }
}

/// A review, if its registrations are right and `verdict` adds no fault.
fn check(
    registration_ids: Raw<Vec<String>>,
    unknown: &BTreeMap<String, IgnoredAny>,
    verdict: impl FnOnce(&mut Faults) -> Option<ReviewVerdict>,
) -> Result<Review, PublicError> {
    let mut faults = Faults::default();
    let registrations = faults.check("registrationIds", ids(registration_ids));
    let verdict = verdict(&mut faults);
    refuse_unknown(&mut faults, unknown);
    let review = registrations.zip(verdict);
    faults.finish(review.map(|(registrations, verdict)| Review { registrations, verdict }))
}

fn ids(raw: Raw<Vec<String>>) -> Result<Vec<RegistrationId>, String> {
    let wrong = || format!("Choose 1 to {MAX_REVIEWED} registrations");
    let Raw::Given(texts) = raw else { return Err(wrong()) };
    if texts.is_empty() || texts.len() > MAX_REVIEWED {
        return Err(wrong());
    }
    let mut seen = HashSet::new();
    let ids = texts.iter().map(|text| {
        let id: Result<RegistrationId, _> = text.parse();
        id.map_err(|_| format!("{text:?} is not the id of a registration"))
    });
    let ids: Vec<_> = ids.collect::<Result<_, _>>()?;
    Ok(ids.into_iter().filter(|id| seen.insert(*id)).collect())
}

/// A blank reason is none.
fn reason(raw: Raw<String>) -> Result<Option<RejectionReason>, String> {
    match raw {
        Raw::Missing => Ok(None),
        Raw::WrongType => Err("Reason must be text".into()),
        Raw::Given(text) if text.trim().is_empty() => Ok(None),
        Raw::Given(text) => RejectionReason::parse(&text).map(Some),
    }
}

impl Competition {
    /// Whether its organizer can approve and reject registrations at `now`.
    pub fn takes_reviews(&self, now: Timestamp) -> bool {
        !self.is_cancelled() && !self.is_draft() && !self.is_over(now)
    }

    /// Whether approving a registration with this status at `now` can change it. One on the waiting
    /// list gets a free seat once the list is closed.
    pub fn can_approve(&self, status: RegistrationStatus, now: Timestamp) -> bool {
        match status {
            RegistrationStatus::AwaitingApproval | RegistrationStatus::Rejected => true,
            RegistrationStatus::Waitlisted => !self.passes_seats_on(now) && self.seats_left > 0,
            _ => false,
        }
    }
}

/// What became of the registrations of a review.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReviewedRegistrations {
    /// Those that were approved or rejected, by this review or an earlier one.
    pub reviewed: Vec<Registration>,
    /// Those that stay as they were, with the reason.
    pub refused: Vec<RefusedReview>,
}

/// A registration that a review leaves as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RefusedReview {
    /// Which one.
    pub registration_id: RegistrationId,
    /// Why, for programs.
    pub code: ErrorCode,
    /// Why, for people.
    #[cfg_attr(feature = "openapi", schema(example = "No seat is left for this registration"))]
    pub message: String,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ONE: &str = "01939c2e-7b5a-7000-8000-000000000001";
    const OTHER: &str = "01939c2e-7b5a-7000-8000-000000000002";

    fn approve(body: Value) -> Result<Review, PublicError> {
        serde_json::from_value::<ApprovalInput>(body).unwrap().check()
    }

    fn reject(body: Value) -> Result<Review, PublicError> {
        serde_json::from_value::<RejectionInput>(body).unwrap().check()
    }

    #[test]
    fn a_review_names_each_registration_once_in_the_order_given() {
        let review = approve(json!({ "registrationIds": [OTHER, ONE, OTHER] })).unwrap();
        let ids = [OTHER, ONE].map(|id| id.parse().unwrap());
        assert_eq!(review, Review { registrations: ids.into(), verdict: ReviewVerdict::Approve });
    }

    #[test]
    fn a_blank_reason_is_none() {
        for (given, expected) in [
            (Value::Null, None),
            (json!(" "), None),
            (json!(" Full of teams "), Some("Full of teams")),
        ] {
            let review = reject(json!({ "registrationIds": [ONE], "reason": given })).unwrap();
            let ReviewVerdict::Reject { reason } = review.verdict else { panic!("{review:?}") };
            assert_eq!(reason.as_ref().map(RejectionReason::as_str), expected);
        }
    }

    #[test]
    fn every_fault_of_a_review_is_reported_at_once() {
        let body = json!({ "registrationIds": [], "reason": 7, "why": 1 });
        let messages = |error: PublicError| {
            error.fields.into_iter().map(|fault| fault.message).collect::<Vec<_>>()
        };
        assert_eq!(
            messages(reject(body).unwrap_err()),
            ["Choose 1 to 100 registrations", "Reason must be text", "Field why is not known here",]
        );
        let too_many = vec![ONE; MAX_REVIEWED + 1];
        for ids in [json!(too_many), json!(ONE), Value::Null] {
            let refused = approve(json!({ "registrationIds": ids })).unwrap_err();
            assert_eq!(messages(refused), ["Choose 1 to 100 registrations"]);
        }
        let refused = approve(json!({ "registrationIds": ["x"] })).unwrap_err();
        assert_eq!(messages(refused), ["\"x\" is not the id of a registration"]);
    }

    #[test]
    fn approving_changes_requests_rejections_and_a_closed_list_with_a_free_seat() {
        let id = "01939c2e-7b5a-7000-8000-000000000001";
        let approvable = |seats_left: u32, now: &str| {
            let competition: Competition = serde_json::from_value(json!({
                "id": id, "title": "Chess", "description": "", "tags": [], "capacity": 5,
                "seatsLeft": seats_left, "regDeadline": "2026-11-24T12:00:00Z", "timeZone": "UTC",
                "organizerId": id, "version": 1, "createdAt": "2026-11-23T12:00:00Z",
                "updatedAt": "2026-11-23T12:00:00Z",
            }))
            .unwrap();
            let all = RegistrationStatus::ALL.into_iter();
            let now = now.parse().unwrap();
            all.filter(|status| competition.can_approve(*status, now)).collect::<Vec<_>>()
        };
        use RegistrationStatus::{AwaitingApproval, Rejected, Waitlisted};
        let (before, deadline) = ("2026-11-24T11:59:59Z", "2026-11-24T12:00:00Z");
        assert_eq!(approvable(1, before), [AwaitingApproval, Rejected]);
        assert_eq!(approvable(0, deadline), [AwaitingApproval, Rejected]);
        assert_eq!(approvable(1, deadline), [Waitlisted, AwaitingApproval, Rejected]);
    }
}
