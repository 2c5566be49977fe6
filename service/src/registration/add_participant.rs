//! The use case behind `POST /api/competitions/:id/registrations`.

use domain::{
    Addition, AdditionInput, CompetitionId, ErrorCode, IdempotencyKey, NewRegistration,
    PublicError, Role, User,
};

use crate::{
    Actor, Context, Result, accounts,
    admission::{self, AdmissionCommand, Decision},
    competitions,
    entity::user,
};

/// Registers a participant for a competition of the actor, until it is over: also before
/// registration opens and after the deadline, without approval and without answers. Takes a free
/// seat, adds one if the input says so, or joins the waiting list. The participant is notified.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but the organizer; no such competition; faults of the
/// input; [`ErrorCode::OwnCompetition`] for the address of the actor;
/// [`ErrorCode::AccountNotFound`] when no participant who can log in has the address; a key that is
/// in flight or was used for another request; a service or database that is overloaded or fails.
/// The decision is a refusal for a competition that is cancelled, over or full, and for a
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
    let participant = Box::new(participant(ctx, user, email.as_str()).await?);
    let command = AdmissionCommand::AddParticipant { participant, adds_seat };
    admission::execute(ctx, user, competition, command, key).await?.registered()
}

/// The participant with this address, who is not the organizer.
async fn participant(ctx: &Context, organizer: &User, email: &str) -> Result<User> {
    let account = accounts::find_by_email(ctx.db.connection(), email).await?;
    let enabled = account.filter(|row| row.disabled_at.is_none()).map(user::Model::into_user);
    let refused = |code, message| Err(PublicError::on_field(code, "email", message).into());
    match enabled {
        Some(user) if user.id == organizer.id => {
            let message = "You organize this competition, so you cannot be registered for it.";
            refused(ErrorCode::OwnCompetition, message)
        }
        Some(user) if user.has_role(Role::Participant) => Ok(user),
        _ => {
            let message = "No participant has an account with this address. Ask them to sign up, \
                           or to add the participant role to their account.";
            refused(ErrorCode::AccountNotFound, message)
        }
    }
}
