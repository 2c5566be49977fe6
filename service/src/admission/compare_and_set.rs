//! The compare-and-set of competitions: a change is written only to the version that it is based
//! on, and only if no more seats are taken than there are.
//!
//! `version` counts all changes of the row, for this comparison only. `revision` counts the edits
//! of the competition's fields: clients see it as the version, and base edits and `If-Match` on it.

use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, Statement, UpdateMany,
    sea_query::{ArrayType, Expr},
};

use crate::{entity::competition, infrastructure::db::bulk::array};

/// Whether more than the numbers of registrations differs.
pub(super) fn is_edited(before: &competition::Model, after: &competition::Model) -> bool {
    let competition::Model {
        registered, waitlisted, last_waitlist_number, awaiting_approval, ..
    } = *before;
    let with_old_numbers = competition::Model {
        registered,
        waitlisted,
        last_waitlist_number,
        awaiting_approval,
        ..after.clone()
    };
    with_old_numbers != *before
}

/// The compare-and-set of competitions that were not edited, in one statement for PostgreSQL.
#[derive(Debug, Default)]
pub(super) struct SetSeats {
    ids: Vec<uuid::Uuid>,
    versions: Vec<i32>,
    /// Seats that were taken, less those that were freed.
    taken: Vec<i32>,
    /// Registrations that have joined the waiting list, less those that have left it.
    waiting: Vec<i32>,
    /// Registrations that have joined it.
    joined: Vec<i32>,
    /// Registrations that have begun to wait for approval, less those that do not any more.
    awaiting: Vec<i32>,
}

const SET_SEATS: &str = "\
    UPDATE competitions AS stored \
    SET registered = stored.registered + new.taken, version = stored.version + 1, \
        waitlisted = stored.waitlisted + new.waiting, \
        last_waitlist_number = stored.last_waitlist_number + new.joined, \
        awaiting_approval = stored.awaiting_approval + new.awaiting \
    FROM unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::int[], $6::int[]) \
        AS new (id, version, taken, waiting, joined, awaiting) \
    WHERE stored.id = new.id AND stored.version = new.version \
        AND stored.registered + new.taken BETWEEN 0 AND stored.capacity";

impl SetSeats {
    pub(super) fn add(&mut self, before: &competition::Model, after: &competition::Model) {
        self.ids.push(before.id.0);
        self.versions.push(before.version);
        self.taken.push(after.registered - before.registered);
        self.waiting.push(after.waitlisted - before.waitlisted);
        self.joined.push(after.last_waitlist_number - before.last_waitlist_number);
        self.awaiting.push(after.awaiting_approval - before.awaiting_approval);
    }

    /// The rows that the statement changes if nobody has changed them since.
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// `None` if there is nothing to set.
    pub(super) fn statement(self) -> Option<Statement> {
        if self.ids.is_empty() {
            return None;
        }
        let values = [
            array(ArrayType::Uuid, self.ids),
            array(ArrayType::Int, self.versions),
            array(ArrayType::Int, self.taken),
            array(ArrayType::Int, self.waiting),
            array(ArrayType::Int, self.joined),
            array(ArrayType::Int, self.awaiting),
        ];
        Some(Statement::from_sql_and_values(DbBackend::Postgres, SET_SEATS, values))
    }
}

/// The compare-and-set of one competition.
pub(super) fn compare_and_set(
    before: &competition::Model,
    after: competition::Model,
) -> UpdateMany<competition::Entity> {
    use competition::Column as C;
    let is_edited = is_edited(before, &after);
    // Without `..`: a new column has to be written here, or listed with those that never change.
    let competition::Model {
        id,
        organizer_id: _,
        has_webhooks: _,
        created_at: _,
        version: _,
        registered,
        waitlisted,
        last_waitlist_number,
        awaiting_approval,
        revision,
        title,
        title_key,
        description,
        search_text,
        capacity,
        waitlist_capacity,
        promote_until,
        approval_required,
        reminder_offsets,
        access,
        questions_version,
        reg_deadline,
        start_date,
        ends_at,
        summary,
        venue_name,
        venue_address,
        online_url,
        website,
        contact_email,
        cover_id,
        cover_alt,
        cover_focus,
        visibility,
        was_published,
        time_zone,
        reg_opens_at,
        cancelled_at,
        start_changed_at,
        updated_at,
    } = after;
    let taken = registered - before.registered;
    let mut update = competition::Entity::update_many()
        .col_expr(C::Registered, Expr::col(C::Registered).add(taken))
        .col_expr(C::Waitlisted, waitlisted.into())
        .col_expr(C::LastWaitlistNumber, last_waitlist_number.into())
        .col_expr(C::AwaitingApproval, awaiting_approval.into())
        .col_expr(C::Version, Expr::col(C::Version).add(1));
    // Registrations alone do not send the texts.
    if is_edited {
        update = update
            .col_expr(C::Revision, revision.into())
            .col_expr(C::Title, title.into())
            .col_expr(C::TitleKey, title_key.into())
            .col_expr(C::Capacity, capacity.into())
            .col_expr(C::WaitlistCapacity, waitlist_capacity.into())
            .col_expr(C::PromoteUntil, promote_until.into())
            .col_expr(C::ApprovalRequired, approval_required.into())
            .col_expr(C::ReminderOffsets, reminder_offsets.into())
            .col_expr(C::Access, access.into())
            .col_expr(C::QuestionsVersion, questions_version.into())
            .col_expr(C::RegDeadline, reg_deadline.into())
            .col_expr(C::StartDate, start_date.into())
            .col_expr(C::EndsAt, ends_at.into())
            .col_expr(C::Summary, summary.into())
            .col_expr(C::VenueName, venue_name.into())
            .col_expr(C::VenueAddress, venue_address.into())
            .col_expr(C::OnlineUrl, online_url.into())
            .col_expr(C::Website, website.into())
            .col_expr(C::ContactEmail, contact_email.into())
            .col_expr(C::CoverId, cover_id.into())
            .col_expr(C::CoverAlt, cover_alt.into())
            .col_expr(C::CoverFocus, cover_focus.into())
            .col_expr(C::Visibility, visibility.into())
            .col_expr(C::WasPublished, was_published.into())
            .col_expr(C::TimeZone, time_zone.into())
            .col_expr(C::RegOpensAt, reg_opens_at.into())
            .col_expr(C::CancelledAt, cancelled_at.into())
            .col_expr(C::StartChangedAt, start_changed_at.into())
            .col_expr(C::UpdatedAt, updated_at.into());
        // They were read for an edit only, and are empty when a seat was added.
        if description != before.description {
            update = update.col_expr(C::Description, description.into());
        }
        if search_text != before.search_text {
            update = update.col_expr(C::SearchText, search_text.into());
        }
    }
    update
        .filter(C::Id.eq(id))
        .filter(C::Version.eq(before.version))
        .filter(Expr::col(C::Registered).add(taken).between(0, capacity))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sea_orm::ConnectionTrait;

    use super::*;
    use crate::testing::World;

    #[tokio::test]
    async fn the_compare_and_set_finds_competitions_of_a_small_table_by_their_index() {
        let world = World::new().await;
        let db = &world.ctx.db;
        if db.is_sqlite() {
            return;
        }
        let ada = world.organizer("Ada").await;
        for _ in 0..50 {
            world.competition(&ada).create().await;
        }
        world.execute("ANALYZE competitions").await.unwrap();
        let wait = Duration::from_secs(1);
        let tx = db.begin_serializable_with_lock("SELECT 1", wait).await.unwrap().tx;
        tx.execute_unprepared(&format!("PREPARE set_seats AS {SET_SEATS}")).await.unwrap();
        let explain = "EXPLAIN EXECUTE set_seats ('{}', '{}', '{}', '{}', '{}', '{}')";
        let explain = Statement::from_string(DbBackend::Postgres, explain);
        let plan = tx.query_all_raw(explain).await.unwrap();
        let plan: Vec<String> = plan.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        let plan = plan.join("\n");
        assert!(plan.contains("Index Cond: (id = new.id)"), "{plan}");
    }
}
