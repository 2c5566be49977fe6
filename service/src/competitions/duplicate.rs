//! A copy of a competition, to begin the next one from.

use chrono::{NaiveDateTime, TimeDelta};
use domain::{CompetitionDraft, CompetitionId, Timestamp};

use super::{draft_of, get_own};
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
/// the future, but by one at least.
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
        *time = moved(time, by);
    }
    let has_more = !detail.questions.is_empty()
        || !detail.competition.access.is_open()
        || detail.competition.cover.is_some();
    Ok(Duplicate { draft, has_more })
}

/// The least number of whole weeks, at least one, that `deadline` has to be moved by to be later
/// than `now`.
fn weeks_after(deadline: Timestamp, now: Timestamp) -> TimeDelta {
    let late = (now.utc() - deadline.utc()).max(TimeDelta::zero());
    TimeDelta::weeks(late.num_weeks() + 1)
}

/// The value of a field with a local time, moved. What is too late for a calendar becomes empty.
fn moved(time: &str, by: TimeDelta) -> String {
    let time = NaiveDateTime::parse_from_str(time, zones::LOCAL).ok();
    let moved = time.and_then(|time| time.checked_add_signed(by));
    moved.map(|time| time.format(zones::LOCAL).to_string()).unwrap_or_default()
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
        assert_eq!(moved("", TimeDelta::weeks(1)), "");
        assert_eq!(moved("2026-12-28T09:30", TimeDelta::weeks(1)), "2027-01-04T09:30");
    }
}
