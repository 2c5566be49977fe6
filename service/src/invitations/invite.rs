//! The use case behind `POST /api/competitions/:id/invitations`.

use std::collections::HashMap;

use chrono::TimeDelta;
use domain::{
    Competition, CompetitionId, Email, ErrorCode, InvitationId, InvitationsInput, Invited,
    MAX_INVITATIONS, MAX_INVITATIONS_A_DAY, PublicError, Role, Timestamp, UserId,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait,
};

use super::{link, send::SendInvitation};
use crate::{
    Actor, Cause, Context, Result, competitions,
    entity::{competition, invitation},
    infrastructure::{
        db::{bulk, retry},
        ids::new_id,
        secrets,
    },
    jobs::{self, NewJob},
};

const DAY: TimeDelta = TimeDelta::days(1);

/// Invites addresses to one of the actor's own competitions. Each gets a mail with a personal link,
/// and its account, if there is one, a message. An address that was invited before stays as it is:
/// a repeated request invites nobody twice. One whose invitation was revoked gets a new one.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but its organizer; no such competition; every fault of the
/// addresses at once; [`ErrorCode::CompetitionCancelled`]; [`ErrorCode::RegistrationNotOpen`] for a
/// draft; [`ErrorCode::RegistrationClosed`]; [`ErrorCode::TooManyInvitations`]; too many in a day.
pub async fn invite(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    input: InvitationsInput,
) -> Result<Invited> {
    let user = actor.require_writer(Role::Organizer)?;
    let detail = competitions::get_own(ctx, actor, competition).await?;
    let emails = input.check()?;
    if let Some(refusal) = obstacle(&detail.competition, ctx.now()) {
        return Err(refusal.into());
    }
    retry(|| attempt(ctx, user.id, competition, &emails)).await
}

/// Why nobody can be invited to a competition at `now`.
pub fn obstacle(competition: &Competition, now: Timestamp) -> Option<PublicError> {
    let (code, message) = if competition.is_cancelled() {
        (ErrorCode::CompetitionCancelled, "Competition was cancelled")
    } else if competition.is_draft() {
        (ErrorCode::RegistrationNotOpen, "The competition is a draft: publish it first")
    } else if competition.is_closed(now) {
        (ErrorCode::RegistrationClosed, "Registration deadline has passed")
    } else {
        return None;
    };
    Some(PublicError::new(code, message))
}

async fn attempt(
    ctx: &Context,
    organizer: UserId,
    competition: CompetitionId,
    emails: &[Email],
) -> Result<Invited> {
    let tx = ctx.db.begin_serializable().await?;
    let keys = emails.iter().map(Email::key);
    let before = invitation::Entity::find()
        .filter(invitation::Column::CompetitionId.eq(competition))
        .filter(bulk::any_of(&*tx, invitation::Column::EmailKey, keys))
        .all(&*tx)
        .await?;
    let mut before: HashMap<_, _> =
        before.into_iter().map(|row| (row.email_key.clone(), row)).collect();
    let now = ctx.now().utc();
    let (mut rows, mut jobs, mut replaced) = (Vec::new(), Vec::new(), Vec::new());
    let (mut already_invited, cause) = (Vec::new(), Cause::current());
    for email in emails {
        let id = InvitationId(new_id());
        let earlier = match before.remove(&email.key()) {
            None => None,
            Some(row) if row.revoked_at.is_none() => {
                already_invited.push(row.email);
                continue;
            }
            // Revoking and inviting again and again mails one invitation a day.
            Some(revoked) => {
                replaced.push(revoked.id);
                Some(revoked.invited_at).filter(|at| *at > now - DAY)
            }
        };
        if earlier.is_none() {
            jobs.push(NewJob::from(SendInvitation { invitation: id }).caused_by(cause.clone()));
        }
        rows.push(invitation::Model {
            id,
            competition_id: competition,
            email: email.to_string(),
            email_key: email.key(),
            code: secrets::new_code(),
            invited_at: earlier.unwrap_or(now),
            accepted_by: None,
            accepted_at: None,
            revoked_at: None,
        });
    }
    let invited = rows.iter().map(|row| row.clone().into_view(link(ctx, competition, &row.code)));
    let invited = Invited { invited: invited.collect(), already_invited };
    if rows.is_empty() {
        return Ok(invited);
    }
    // One that replaces a revoked one without a mail is none more.
    check_numbers(ctx, &*tx, organizer, competition, jobs.len() as u64).await?;
    if !replaced.is_empty() {
        let these = bulk::any_of(&*tx, invitation::Column::Id, replaced);
        invitation::Entity::delete_many().filter(these).exec(&*tx).await?;
    }
    bulk::insert(&*tx, rows).await?;
    jobs::add(&*tx, ctx.now(), jobs).await?;
    tx.commit().await?;
    Ok(invited)
}

/// Refuses `new` invitations that are too many.
async fn check_numbers(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    organizer: UserId,
    competition: CompetitionId,
    new: u64,
) -> Result<()> {
    let of_competition =
        invitation::Entity::find().filter(invitation::Column::CompetitionId.eq(competition));
    if of_competition.count(tx).await? + new > MAX_INVITATIONS {
        let message = format!("A competition can have at most {MAX_INVITATIONS} invitations");
        return Err(PublicError::new(ErrorCode::TooManyInvitations, message).into());
    }
    let own = competition::Entity::find()
        .select_only()
        .column(competition::Column::Id)
        .filter(competition::Column::OrganizerId.eq(organizer));
    let lately = invitation::Entity::find()
        .filter(invitation::Column::CompetitionId.in_subquery(own.into_query()))
        .filter(invitation::Column::InvitedAt.gt(ctx.now().utc() - DAY));
    if lately.count(tx).await? + new > MAX_INVITATIONS_A_DAY {
        let message = format!("You can invite at most {MAX_INVITATIONS_A_DAY} people in 24 hours");
        let seconds = u32::try_from(DAY.num_seconds()).unwrap_or(u32::MAX);
        return Err(PublicError::rate_limited(&message, seconds).into());
    }
    Ok(())
}
