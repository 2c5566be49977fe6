//! Approving, promoting and rejecting registrations.

use domain::{
    ApprovalInput, CompetitionId, IdempotencyKey, PromotionInput, RejectionInput, Review,
    ReviewedRegistrations, Role, User,
};

use crate::{
    Actor, Context, Error, Result,
    admission::{self, AdmissionCommand, Decision, Effect},
};

/// Gives registrations for a competition of the actor a seat, in the order given; without a free
/// seat they join the waiting list. Those with a seat stay as they are, and those on the list while
/// seats are passed on; later they get a free seat. One that was rejected can be
/// approved later.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but the organizer; no such competition; faults of the
/// input; a key that is in flight or was used for another request; a service or database that is
/// overloaded or fails. The decision is a refusal for a competition that is cancelled or over.
pub async fn approve(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    input: ApprovalInput,
    key: Option<IdempotencyKey>,
) -> Result<Decision<ReviewedRegistrations>> {
    let user = actor.require_writer(Role::Organizer)?;
    review(ctx, user, competition, input.check()?, key).await
}

/// Gives registrations for a competition of the actor a seat ahead of the waiting list, in the
/// order given: a free one, or one that is added if the input says so. Those with a seat stay as
/// they are.
///
/// # Errors
/// As for [`approve`].
pub async fn promote(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    input: PromotionInput,
    key: Option<IdempotencyKey>,
) -> Result<Decision<ReviewedRegistrations>> {
    let user = actor.require_writer(Role::Organizer)?;
    review(ctx, user, competition, input.check()?, key).await
}

/// Rejects registrations for a competition of the actor: they get no seat, or lose the one they
/// have, and their participants cannot register again. The participants are notified, with the
/// reason.
///
/// # Errors
/// As for [`approve`].
pub async fn reject(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    input: RejectionInput,
    key: Option<IdempotencyKey>,
) -> Result<Decision<ReviewedRegistrations>> {
    let user = actor.require_writer(Role::Organizer)?;
    review(ctx, user, competition, input.check()?, key).await
}

async fn review(
    ctx: &Context,
    user: &User,
    competition: CompetitionId,
    review: Review,
    key: Option<IdempotencyKey>,
) -> Result<Decision<ReviewedRegistrations>> {
    let command = AdmissionCommand::ReviewRegistrations(review);
    let decision = admission::execute(ctx, user, competition, command, key).await?;
    decision.try_map(|effect| match effect {
        Effect::RegistrationsReviewed(reviewed) => Ok(*reviewed),
        other => Err(Error::Corrupt(format!("the effect of a review is {other:?}"))),
    })
}
