//! The facts that participants are notified of, in words.

use chrono::TimeDelta;
use domain::venue_line;
use sea_orm::prelude::DateTimeUtc;

use crate::{
    calendar_file::CalendarMethod,
    entity::competition_change::{self, NotifiedFacts},
    mail::{example, templates::UserText, when_and_where::WhenAndWhere},
    zones,
};

impl NotifiedFacts {
    /// What the facts were before the changes, which are in the order of their edits. A fact that
    /// none of them has changed is as it is now: the organizer did not want a notice of it.
    pub(super) fn before(&self, changes: &[competition_change::Model]) -> Self {
        let mut facts = self.clone();
        for competition_change::Model { before, after, .. } in changes.iter().rev() {
            restore(&mut facts.title, &before.title, &after.title);
            restore(&mut facts.start_date, &before.start_date, &after.start_date);
            restore(&mut facts.ends_at, &before.ends_at, &after.ends_at);
            restore(&mut facts.venue_name, &before.venue_name, &after.venue_name);
            restore(&mut facts.venue_address, &before.venue_address, &after.venue_address);
            restore(&mut facts.online_url, &before.online_url, &after.online_url);
        }
        facts
    }

    /// The facts that differ, for a participant. Only those with a seat may know the online link.
    /// Times are in the zone of `after`, and new ones in that of the reader as well.
    pub(super) fn changes_to(
        &self,
        after: &Self,
        has_seat: bool,
        reader_zone: Option<&str>,
    ) -> Vec<ChangedFact> {
        let title = |facts: &Self| Some(UserText(&facts.title).to_string());
        let zone = &*after.time_zone;
        let time = |at: Option<DateTimeUtc>| at.map(|at| zones::local_with_zone(at.into(), zone));
        let elsewhere =
            |at: Option<DateTimeUtc>| zones::local_elsewhere(at?.into(), zone, reader_zone?);
        let place = |facts: &Self| {
            let place = venue_line(facts.venue_name.as_deref(), facts.venue_address.as_deref())?;
            Some(UserText(&place).to_string())
        };
        let link = |facts: &Self| facts.online_url.clone().filter(|_| has_seat);
        let facts = [
            ("Title", title(self), title(after), None),
            ("Starts", time(self.start_date), time(after.start_date), elsewhere(after.start_date)),
            ("Ends", time(self.ends_at), time(after.ends_at), elsewhere(after.ends_at)),
            ("Place", place(self), place(after), None),
            ("Online link", link(self), link(after), None),
        ];
        let changed = facts.into_iter().filter(|(_, before, after, _)| before != after);
        let fact =
            |(label, before, after, elsewhere)| ChangedFact { label, before, after, elsewhere };
        changed.map(fact).collect()
    }

    /// What a notice of these facts does to the event in the calendar of a participant: without a
    /// start there is none.
    pub(super) fn calendar_method(&self) -> CalendarMethod {
        match self.start_date {
            Some(_) => CalendarMethod::Request,
            None => CalendarMethod::Cancel,
        }
    }
}

fn restore<T: Clone + PartialEq>(fact: &mut T, before: &T, after: &T) {
    if before != after {
        fact.clone_from(before);
    }
}

/// A fact in words, `None` where it is not set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ChangedFact {
    pub(super) label: &'static str,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    /// The new time in the zone of the reader, where clocks show another one.
    pub(super) elsewhere: Option<String>,
}

/// The facts of the competition of examples.
pub(super) fn example() -> NotifiedFacts {
    let WhenAndWhere { start_date, time_zone, venue_name, venue_address, online_url, .. } =
        example::place();
    NotifiedFacts {
        title: example::TITLE.0.into(),
        start_date,
        ends_at: None,
        venue_name,
        venue_address,
        online_url,
        time_zone,
    }
}

/// The same a week later, elsewhere.
pub(super) fn example_after() -> NotifiedFacts {
    let WhenAndWhere { start_date, ends_at, .. } = example::place();
    let week_later = |at| at + TimeDelta::weeks(1);
    NotifiedFacts {
        start_date: start_date.map(week_later),
        ends_at: ends_at.map(week_later),
        venue_name: Some("Library".into()),
        venue_address: None,
        online_url: None,
        ..example()
    }
}

#[cfg(test)]
mod tests {
    use domain::CompetitionId;
    use uuid::Uuid;

    use super::*;

    fn change(before: &NotifiedFacts, after: &NotifiedFacts) -> competition_change::Model {
        competition_change::Model {
            id: Uuid::nil(),
            competition_id: CompetitionId(Uuid::nil()),
            before: before.clone(),
            after: after.clone(),
            note: None,
            made_at: "2026-11-23T12:00:00Z".parse().unwrap(),
            frozen_at: None,
        }
    }

    #[test]
    fn several_changes_are_one_from_the_first_state_to_the_current_one() {
        let first = example();
        let second = NotifiedFacts { title: "Sprint".into(), ..first.clone() };
        let third = NotifiedFacts { title: "Go Sprint".into(), ends_at: None, ..example_after() };
        let changes = [change(&first, &second), change(&second, &third)];
        assert_eq!(third.before(&changes), first);
        let undone = [change(&first, &second), change(&second, &first)];
        assert_eq!(first.before(&undone), first);
    }

    #[test]
    fn a_fact_that_was_changed_without_a_notice_is_no_part_of_another_notice() {
        let first = example();
        let moved = NotifiedFacts { start_date: None, ..first.clone() };
        let now = NotifiedFacts { title: "Code  Sprint".into(), ..moved.clone() };
        let before = now.before(&[change(&first, &moved)]);
        assert_eq!(before, NotifiedFacts { title: now.title.clone(), ..first });
    }

    #[test]
    fn only_participants_with_a_seat_are_notified_of_the_online_link() {
        let before = example();
        let after = NotifiedFacts { online_url: None, ..before.clone() };
        assert_eq!(before.changes_to(&after, false, None), []);
        let link = ChangedFact {
            label: "Online link",
            before: Some("https://meet.example/42".into()),
            after: None,
            elsewhere: None,
        };
        assert_eq!(before.changes_to(&after, true, None), [link]);
    }

    #[test]
    fn another_time_zone_alone_is_no_change() {
        let moved = NotifiedFacts { time_zone: "UTC".into(), ..example() };
        assert!(!example().differ_from(&moved) && example().differ_from(&example_after()));
    }
}
