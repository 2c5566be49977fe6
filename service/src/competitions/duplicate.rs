//! A copy of a competition, to begin the next one from.

use chrono::{NaiveDateTime, TimeDelta};
use domain::{CompetitionDraft, CompetitionId, IdempotencyKey, Timestamp, Visibility};

use super::{Created, create::create_as, draft, draft_of, get_own};
use crate::{Actor, Context, Result, zones};

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
/// the future, but by one at least. A time that clocks skip or show twice then is an hour later.
///
/// # Errors
/// As for [`get_own`].
pub async fn duplicate(ctx: &Context, actor: &Actor, id: CompetitionId) -> Result<Duplicate> {
    let detail = get_own(ctx, actor, id).await?;
    let by = weeks_after(detail.competition.reg_deadline, ctx.now());
    let mut draft = draft_of(&detail);
    if detail.competition.is_draft() {
        // The form asks what it is published as.
        draft.visibility.clear();
    }
    let times = [
        &mut draft.reg_opens_at,
        &mut draft.reg_deadline,
        &mut draft.promote_until,
        &mut draft.start_date,
        &mut draft.ends_at,
    ];
    for time in times {
        *time = moved(time, by, &draft.time_zone);
    }
    let has_more = !detail.questions.is_empty()
        || !detail.competition.access.is_open()
        || detail.competition.cover.is_some();
    Ok(Duplicate { draft, has_more })
}

/// Creates a draft that is a copy of one of the actor's own, as [`duplicate`] and
/// [`create_draft`](super::create_draft) make it.
///
/// # Errors
/// As for [`duplicate`] and [`create`](super::create).
pub async fn duplicate_as_draft(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
    key: Option<IdempotencyKey>,
) -> Result<Created> {
    let Duplicate { mut draft, .. } = duplicate(ctx, actor, id).await?;
    draft.visibility = Visibility::Draft.to_string();
    let (input, _) = draft::input(ctx, actor, draft, Some(id)).await?;
    // Not the copy: a retry may find an original that has been edited since, and other times.
    create_as(ctx, actor, input, key, |_| format!("duplicate {id}")).await
}

/// The least number of whole weeks, at least one, that `deadline` has to be moved by to be later
/// than `now`.
fn weeks_after(deadline: Timestamp, now: Timestamp) -> TimeDelta {
    let late = (now.utc() - deadline.utc()).max(TimeDelta::zero());
    TimeDelta::weeks(late.num_weeks() + 1)
}

/// The value of a field with a local time, moved, and an hour later if clocks in `zone` do not show
/// it once. What is too late for a calendar becomes empty.
fn moved(time: &str, by: TimeDelta, zone: &str) -> String {
    let time = NaiveDateTime::parse_from_str(time, zones::LOCAL).ok();
    let shown = |by| Some(time?.checked_add_signed(by)?.format(zones::LOCAL).to_string());
    let moved = shown(by).filter(|moved| zones::to_utc(moved, zone).is_ok());
    moved.or_else(|| shown(by + TimeDelta::hours(1))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_closes_in_the_future_on_the_same_weekday() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-11-23T12:00:00Z");
        for (deadline, weeks) in [
            ("2026-11-30T12:00:00Z", 1),
            ("2026-11-23T12:00:00Z", 1),
            ("2026-11-16T12:00:00.001Z", 1),
            ("2026-11-16T12:00:00Z", 2),
            ("2025-11-24T12:00:00Z", 53),
        ] {
            let by = weeks_after(at(deadline), now);
            assert_eq!(by, TimeDelta::weeks(weeks), "{deadline}");
            assert!(at(deadline).utc() + by > now.utc(), "{deadline}");
        }
    }

    #[test]
    fn a_time_that_is_not_set_stays_so() {
        let week = TimeDelta::weeks(1);
        assert_eq!(moved("", week, "UTC"), "");
        assert_eq!(moved("2026-12-28T09:30", week, "UTC"), "2027-01-04T09:30");
    }

    #[test]
    fn a_time_that_clocks_skip_or_show_twice_is_an_hour_later() {
        let week = TimeDelta::weeks(1);
        assert_eq!(moved("2027-03-21T02:30", week, "Europe/Berlin"), "2027-03-28T03:30");
        assert_eq!(moved("2026-10-18T02:30", week, "Europe/Berlin"), "2026-10-25T03:30");
    }
}
