//! The use case behind `POST /api/competitions/:id/registrations`.

use domain::{
    Addition, AdditionInput, CompetitionId, ErrorCode, IdempotencyKey, NewRegistration,
    PublicError, Role, User,
};

use crate::{
    Actor, Context, Result, accounts,
    admission::{self, AdmissionCommand, Decision},
    competitions,
};

/// Registers a participant for a competition of the actor, until it is over: also before
/// registration opens and after the deadline, without approval and without answers. Takes a free
/// seat, adds one if the input says so, or joins the waiting list. The participant is notified.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but the organizer; no such competition; faults of the
/// input; [`ErrorCode::AccountNotFound`] when no participant who can log in has the address; a key
/// that is in flight or was used for another request; a service or database that is overloaded or
/// fails. The decision is a refusal for a competition that is cancelled, over or full, and for a
/// participant who is registered already.
pub async fn add_participant(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    input: AdditionInput,
    key: Option<IdempotencyKey>,
) -> Result<Decision<NewRegistration>> {
    let user = actor.require_writer(Role::Organizer)?;
    let Addition { email, adds_seat } = input.check()?;
    // Before the address, so that only an organizer learns whether it has an account.
    competitions::get_own(ctx, actor, competition).await?;
    let participant = Box::new(participant(ctx, email.as_str()).await?);
    let command = AdmissionCommand::AddParticipant { participant, adds_seat };
    admission::execute(ctx, user, competition, command, key).await?.registered()
}

/// The participant with this address.
async fn participant(ctx: &Context, email: &str) -> Result<User> {
    let account = accounts::find_by_email(ctx.db.connection(), email).await?;
    let account = account.filter(|row| row.disabled_at.is_none() && row.role == Role::Participant);
    let Some(account) = account else {
        let message = "No participant has an account with this address. Ask them to sign up.";
        return Err(PublicError::on_field(ErrorCode::AccountNotFound, "email", message).into());
    };
    Ok(account.into_user())
}
