//! The export of a roster.

use std::collections::VecDeque;

use domain::{AccessMode, CompetitionId, Questions, RegistrationId, RosterEntry, RosterFilter};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::{
    entries,
    list::{Key, keys_only, list_after},
    open, questions_of,
};
use crate::{
    Actor, Context, Result,
    entity::{competition, registration},
    slice::Position,
};

/// Registrations in a part of an export.
const CHUNK: usize = 1_000;
/// The same with answers, which may be long texts.
const CHUNK_WITH_ANSWERS: usize = 100;
/// Registrations that are sorted at a time for an export.
const AHEAD: u64 = 20_000;

/// The export of a whole roster in parts: it has one part in memory, and no database connection
/// while the part is sent.
#[derive(Debug)]
pub struct RosterExport {
    ctx: Context,
    competition: competition::Model,
    questions: Questions,
    has_access_codes: bool,
    filter: RosterFilter,
    /// The next registrations, up to `at_a_time` of them.
    ahead: VecDeque<RegistrationId>,
    at_a_time: u64,
    /// The last of them.
    last: Option<Position>,
}

/// Exports all registrations for a competition that match, on any page.
///
/// # Errors
/// As for [`super::roster`].
pub async fn export_roster(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
    filter: RosterFilter,
) -> Result<RosterExport> {
    let competition = open(ctx, actor, id).await?;
    let questions = questions_of(ctx.db.connection(), &competition).await?;
    let by_code = registration::Entity::find()
        .filter(registration::Column::CompetitionId.eq(id))
        .filter(registration::Column::AccessCode.is_not_null());
    let has_access_codes =
        competition.access == AccessMode::Code || by_code.one(ctx.db.connection()).await?.is_some();
    Ok(RosterExport {
        ctx: ctx.clone(),
        competition,
        questions,
        has_access_codes,
        filter,
        ahead: VecDeque::new(),
        at_a_time: AHEAD,
        last: None,
    })
}

impl RosterExport {
    /// The title of the competition.
    pub fn title(&self) -> &str {
        &self.competition.title
    }

    /// The questions of the competition, those included that it asks no more.
    pub fn questions(&self) -> &Questions {
        &self.questions
    }

    /// Whether the competition asks for access codes, or has registrations that were made with one.
    pub fn has_access_codes(&self) -> bool {
        self.has_access_codes
    }

    /// The next part; empty only at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_part(&mut self) -> Result<Vec<RosterEntry>> {
        let ctx = self.ctx.clone();
        let db = &*ctx.db.for_lists().await?;
        loop {
            if self.ahead.is_empty() {
                self.read_ahead(db).await?;
            }
            let chunk = if self.questions.is_empty() { CHUNK } else { CHUNK_WITH_ANSWERS };
            let ids: Vec<_> = self.ahead.drain(..self.ahead.len().min(chunk)).collect();
            let part = entries(db, &self.questions, &ids).await?;
            // A part whose registrations were all deleted meanwhile is not the end.
            if ids.is_empty() || !part.is_empty() {
                return Ok(part);
            }
        }
    }

    /// Reads the ids of many parts: sorting the list is most of the work, and is not repeated for
    /// each part.
    async fn read_ahead(&mut self, db: &impl ConnectionTrait) -> Result<()> {
        let list = list_after(db, self.competition.id, &self.filter, self.last.as_ref())?;
        let keys: Vec<Key> = keys_only(list).limit(self.at_a_time).into_model().all(db).await?;
        if let Some(last) = keys.last() {
            self.last = Some(last.position(self.filter.sort));
        }
        self.ahead.extend(keys.into_iter().map(|key| key.id));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use domain::RosterQuery;

    use super::*;
    use crate::{
        registration::{register, roster},
        testing::World,
    };

    /// The seven entries that the query lists on one page, and those that its export has in parts
    /// of at most three.
    async fn listed_and_exported(
        world: &World,
        ada: &Actor,
        id: CompetitionId,
        query: RosterQuery,
    ) -> (Vec<RosterEntry>, Vec<RosterEntry>) {
        let filter = query.check().unwrap();
        let listed = roster(&world.ctx, ada, id, &filter).await.unwrap().items;
        let mut export = export_roster(&world.ctx, ada, id, filter).await.unwrap();
        export.at_a_time = 3;
        let mut exported = Vec::new();
        for expected in [3, 3, 1, 0] {
            let part = export.next_part().await.unwrap();
            assert_eq!(part.len(), expected, "by {:?}", query.sort);
            exported.extend(part);
        }
        (listed, exported)
    }

    #[tokio::test]
    async fn an_export_that_is_sorted_several_times_has_no_gaps_or_duplicates() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let sprint = world.competition(&ada).seats(7).create().await;
        for participant in world.participants(7).await {
            register(&world.ctx, &participant, sprint, None).await.unwrap().outcome.unwrap();
        }
        for sort in ["registered", "-registered", "name", "-name", "status", "-status"] {
            let query = RosterQuery { sort: Some(sort.to_owned()), ..RosterQuery::default() };
            let (listed, exported) = listed_and_exported(&world, &ada, sprint, query).await;
            assert_eq!(exported, listed, "by {sort}");
        }
    }

    #[tokio::test]
    async fn an_export_of_a_waiting_list_has_its_order_over_several_parts() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let sprint = world.competition(&ada).seats(1).waitlist(9).create().await;
        for participant in world.participants(8).await {
            register(&world.ctx, &participant, sprint, None).await.unwrap().outcome.unwrap();
        }
        for sort in ["waitlist", "-waitlist"] {
            let query = RosterQuery {
                status: Some("WAITLISTED".to_owned()),
                sort: Some(sort.to_owned()),
                ..RosterQuery::default()
            };
            let (listed, exported) = listed_and_exported(&world, &ada, sprint, query).await;
            // An export has no positions.
            let ids = |entries: &[RosterEntry]| -> Vec<_> {
                entries.iter().map(|entry| entry.registration.id).collect()
            };
            assert_eq!(ids(&exported), ids(&listed), "by {sort}");
        }
    }
}
