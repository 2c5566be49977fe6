//! What the dashboards show.

use domain::{OrganizerDashboard, ParticipantDashboard};

use crate::{Actor, Context, Result, competitions, registration};

/// The actor's registrations, sorted into what matters.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but a participant.
pub async fn participant(ctx: &Context, actor: &Actor) -> Result<ParticipantDashboard> {
    let now = ctx.now();
    let all = registration::mine(ctx, actor).await?;
    let (held, cancelled): (Vec<_>, _) =
        all.into_iter().partition(|mine| mine.registration.status.holds_seat());
    let (mut past, mut upcoming): (Vec<_>, Vec<_>) = held
        .into_iter()
        .partition(|mine| mine.competition.start_date.is_some_and(|start| start <= now));
    upcoming
        .sort_by_key(|mine| mine.competition.start_date.unwrap_or(mine.competition.reg_deadline));
    past.sort_by_key(|mine| std::cmp::Reverse(mine.competition.start_date));
    Ok(ParticipantDashboard { upcoming, past, cancelled })
}

/// The actor's competitions and their totals.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but an organizer.
pub async fn organizer(ctx: &Context, actor: &Actor) -> Result<OrganizerDashboard> {
    let now = ctx.now();
    let competitions = competitions::mine(ctx, actor).await?;
    Ok(OrganizerDashboard {
        registrations: competitions.iter().map(|own| u64::from(own.count.registrations)).sum(),
        seats: competitions.iter().map(|own| u64::from(own.competition.capacity)).sum(),
        open: competitions.iter().map(|own| u64::from(own.competition.is_open(now))).sum(),
        competitions,
    })
}
