//! The competitions.

use chrono::Datelike;
use domain::{
    AccessMode, CompetitionId, Description, Tag, TimeZoneName, Title, UserId, Visibility,
};
use fastrand::Rng;

use super::{id, people::People, schedule::Dates, words};
use crate::{
    Error, Result,
    entity::{competition, competition_tag},
};

/// The organizer with the most competitions has one of so many.
const OF_THE_FIRST: usize = 20;
/// That organizer has so many, at most.
const MOST: usize = 5_000;

/// A competition with its tags, before anyone has registered.
pub(super) fn competition(
    rng: &mut Rng,
    dates: &Dates,
    people: &People,
    number: usize,
) -> Result<(competition::Model, Vec<competition_tag::Model>)> {
    let year = dates.start.unwrap_or(dates.deadline).year();
    let title = Title::parse(&words::title(rng, year)).map_err(Error::Corrupt)?;
    let description = Description::parse(&words::description(rng)).map_err(Error::Corrupt)?;
    let changed = dates.cancelled.unwrap_or(dates.created);
    let mut row = competition::Model {
        id: CompetitionId(id(rng, dates.created)),
        organizer_id: organizer(rng, people, number),
        title: title.to_string(),
        title_key: String::new(),
        description: description.to_string(),
        search_text: String::new(),
        capacity: 1,
        registered: 0,
        waitlist_capacity: 0,
        waitlisted: 0,
        last_waitlist_number: 0,
        promote_until: None,
        approval_required: false,
        reminder_offsets: None,
        cover_id: None,
        cover_alt: None,
        cover_focus: None,
        access: AccessMode::Open,
        awaiting_approval: 0,
        questions_version: 0,
        reg_deadline: dates.deadline,
        start_date: dates.start,
        ends_at: None,
        summary: None,
        venue_name: None,
        venue_address: None,
        online_url: None,
        website: None,
        contact_email: None,
        visibility: Visibility::Public,
        was_published: true,
        version: 1,
        revision: 1,
        time_zone: TimeZoneName::default().to_string(),
        reg_opens_at: None,
        cancelled_at: dates.cancelled,
        start_changed_at: None,
        has_webhooks: false,
        created_at: dates.created,
        updated_at: changed,
    };
    row.update_search_columns();
    let tag = |(position, tag): (i16, &str)| {
        let tag = Tag::parse(tag).map_err(Error::Corrupt)?;
        let (key, label) = (tag.key(), tag.to_string());
        Ok(competition_tag::Model { competition_id: row.id, tag: key, label, position })
    };
    let tags = (0..).zip(words::tags(rng)).map(tag).collect::<Result<_>>()?;
    Ok((row, tags))
}

fn organizer(rng: &mut Rng, people: &People, number: usize) -> UserId {
    let is_of_the_first = number.is_multiple_of(OF_THE_FIRST) && number / OF_THE_FIRST < MOST;
    match people.organizers.len() {
        others @ 2.. if !is_of_the_first => people.organizers[rng.usize(1..others)],
        _ => people.organizers[0],
    }
}
