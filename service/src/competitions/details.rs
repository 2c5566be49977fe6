//! Rows of competitions with their organizers and tags.

use domain::{CompetitionDetail, CompetitionWithCount, Sections};
use sea_orm::ConnectionTrait;

use crate::{
    Error, Result,
    entity::{competition, competition_tag::tags_of, count, user},
};

/// Competitions with one query for the tags of all, and without their sections
/// and questions. The addresses of
/// organizers are those of their accounts: [`shown_to`](super::organizer::shown_to) hides them.
pub(super) async fn details(
    db: &impl ConnectionTrait,
    rows: Vec<(competition::Model, Option<user::Model>)>,
) -> Result<Vec<CompetitionDetail>> {
    let mut tags = tags_of(db, rows.iter().map(|(row, _)| row.id)).await?;
    let detail = |(row, organizer): (competition::Model, Option<user::Model>)| {
        let no_organizer = || Error::Corrupt(format!("{} has no organizer", row.id));
        let organizer = organizer.ok_or_else(no_organizer)?.into_organizer();
        let tags = tags.remove(&row.id).unwrap_or_default();
        let (counts, sequence) = (row.counts(), count(row.version));
        let waitlist_departures = row.waitlist_departures();
        let online_url = row.online_url.clone();
        let questions_version = count(row.questions_version);
        Ok(CompetitionDetail {
            competition: row.into_view(tags),
            organizer,
            count: counts,
            sequence,
            waitlist_departures,
            online_url,
            sections: Sections::default(),
            questions: Vec::new(),
            questions_version,
        })
    };
    rows.into_iter().map(detail).collect()
}

/// Competitions as their organizer sees them, with one query for the tags of all.
pub(super) async fn with_counts(
    db: &impl ConnectionTrait,
    rows: Vec<competition::Model>,
) -> Result<Vec<CompetitionWithCount>> {
    let mut tags = tags_of(db, rows.iter().map(|row| row.id)).await?;
    let with_count = |row: competition::Model| {
        let tags = tags.remove(&row.id).unwrap_or_default();
        CompetitionWithCount {
            count: row.counts(),
            online_url: row.online_url.clone(),
            awaiting_approval: count(row.awaiting_approval),
            competition: row.into_view(tags),
        }
    };
    Ok(rows.into_iter().map(with_count).collect())
}
