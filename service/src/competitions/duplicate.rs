//! A copy of a competition, to begin the next one from.

use domain::{
    CompetitionDetail, CompetitionDraft, CompetitionId, Dates, IdempotencyKey, Role, Timestamp,
    Visibility,
};

use super::{
    Created,
    create::{create_once, find_created},
    draft, draft_of, get_own,
};
use crate::{Actor, Context, Result, idempotency::RequestKey, zones};

/// How many more weeks are tried, if clocks that are put forward or back between the original and
/// its copy would bring its times out of order.
const MORE_WEEKS: i64 = 4;

/// The form of a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The text in its fields.
    pub draft: CompetitionDraft,
    /// Whether the original has questions, access codes or a cover, which
    /// [`create_draft`](super::create_draft) copies.
    pub has_more: bool,
}

/// The form of a new competition with all that one of the actor's own has. Its times are moved by
/// whole weeks, so that they keep their weekday and hour: by as few as let registration close in
/// the future, but by one at least.
///
/// # Errors
/// As for [`get_own`].
pub async fn duplicate(ctx: &Context, actor: &Actor, id: CompetitionId) -> Result<Duplicate> {
    let original = get_own(ctx, actor, id).await?;
    let copy = with_moved_dates(original, ctx.now());
    let mut draft = draft_of(&copy);
    if copy.competition.is_draft() {
        // The form asks what it is published as.
        draft.visibility.clear();
    }
    let has_more = !copy.questions.is_empty()
        || !copy.competition.access.is_open()
        || copy.competition.cover.is_some();
    Ok(Duplicate { draft, has_more })
}

/// Creates a draft that is a copy of one of the actor's own, with its times moved as by
/// [`duplicate`]. A retry with the same `Idempotency-Key` creates no second one, also after the
/// original was edited.
///
/// # Errors
/// As for [`get_own`] and [`create`](super::create).
pub async fn duplicate_as_draft(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
    key: Option<IdempotencyKey>,
) -> Result<Created> {
    let user = actor.require_writer(Role::Organizer)?;
    let key = key.map(|key| RequestKey::new(user.id, key, &format!("duplicate {id}")));
    // First of all: the original and the clock may have changed since.
    if let Some(created) = find_created(ctx, key.as_ref()).await? {
        return Ok(created);
    }
    let copy = with_moved_dates(get_own(ctx, actor, id).await?, ctx.now());
    let Dates { opens, deadline, promote_until, start, end } = copy.competition.dates();
    let mut draft = draft_of(&copy);
    draft.visibility = Visibility::Draft.to_string();
    let (mut input, _) = draft::input(ctx, actor, draft, Some(id)).await?;
    // To the second, which the form does not show.
    let given = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
    input.reg_opens_at = given(opens).into();
    input.reg_deadline = given(Some(deadline)).into();
    input.promote_until = given(promote_until).into();
    input.start_date = given(start).into();
    input.ends_at = given(end).into();
    create_once(ctx, user, input.check(ctx.now(), zones::find)?, key).await
}

/// The original with the times of its copy.
fn with_moved_dates(mut original: CompetitionDetail, now: Timestamp) -> CompetitionDetail {
    let competition = &mut original.competition;
    let moved = moved(competition.dates(), &competition.time_zone, now);
    let Dates { opens, deadline, promote_until, start, end } = moved;
    competition.reg_opens_at = opens;
    competition.reg_deadline = deadline;
    competition.promote_until = promote_until;
    competition.start_date = start;
    competition.ends_at = end;
    original
}

/// The times moved by the least number of whole weeks, at least one, that lets registration close
/// in the future and keeps their order. One that is too late for a calendar is not set.
fn moved(dates: Dates, zone: &str, now: Timestamp) -> Dates {
    let by = |weeks| {
        let later = |at| zones::weeks_later(at, weeks, zone);
        Dates {
            opens: dates.opens.and_then(later),
            deadline: later(dates.deadline).unwrap_or(dates.deadline),
            promote_until: dates.promote_until.and_then(later),
            start: dates.start.and_then(later),
            end: dates.end.and_then(later),
        }
    };
    let late = (now.utc() - dates.deadline.utc()).num_weeks().max(0);
    let (first, last) = (late + 1, late + 1 + MORE_WEEKS);
    let right = (first..=last).map(by).find(|moved| moved.can_be_published(now));
    right.unwrap_or_else(|| by(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn closing(deadline: &str) -> Dates {
        let deadline = at(deadline);
        Dates { opens: None, deadline, promote_until: None, start: None, end: None }
    }

    #[test]
    fn a_copy_closes_in_the_future_on_the_same_weekday() {
        let now = at("2026-11-23T12:00:00Z");
        for (deadline, moved_to) in [
            ("2026-11-30T12:00:00Z", "2026-12-07T12:00:00Z"),
            ("2026-11-23T12:00:00Z", "2026-11-30T12:00:00Z"),
            ("2026-11-16T12:00:00.001Z", "2026-11-23T12:00:00.001Z"),
            ("2026-11-16T12:00:00Z", "2026-11-30T12:00:00Z"),
            ("2025-11-24T12:00:00Z", "2026-11-30T12:00:00Z"),
        ] {
            let copy = moved(closing(deadline), "UTC", now);
            assert_eq!(copy.deadline, at(moved_to), "{deadline}");
            assert_eq!(copy.start, None);
        }
    }

    #[test]
    fn a_copy_keeps_the_hour_and_the_second_when_clocks_change() {
        let dates =
            Dates { start: Some(at("2027-03-27T09:00:00Z")), ..closing("2027-03-24T22:59:59Z") };
        let copy = moved(dates, "Europe/Berlin", at("2027-03-01T00:00:00Z"));
        assert_eq!(copy.deadline, at("2027-03-31T21:59:59Z"));
        assert_eq!(copy.start, Some(at("2027-04-03T08:00:00Z")));
    }

    #[test]
    fn a_copy_is_another_week_later_if_clocks_bring_its_deadline_before_now() {
        // At 03:00 in Berlin, which is an hour earlier in UTC a week later.
        let copy =
            moved(closing("2027-03-21T02:00:00Z"), "Europe/Berlin", at("2027-03-28T01:30:00Z"));
        assert_eq!(copy.deadline, at("2027-04-04T01:00:00Z"));
    }

    #[test]
    fn a_copy_is_another_week_later_if_clocks_bring_its_times_out_of_order() {
        // From 02:50 to 03:10 in Berlin; a week later clocks go from 02:00 to 03:00.
        let dates = Dates {
            start: Some(at("2027-03-21T01:50:00Z")),
            end: Some(at("2027-03-21T02:10:00Z")),
            ..closing("2027-03-20T12:00:00Z")
        };
        let copy = moved(dates, "Europe/Berlin", at("2027-03-01T00:00:00Z"));
        assert_eq!(copy.start, Some(at("2027-04-04T00:50:00Z")));
        assert_eq!(copy.end, Some(at("2027-04-04T01:10:00Z")));
    }
}
