//! The pool as lists use it: a few at a time.

use std::{ops::Deref, time::Duration};

use tokio::sync::SemaphorePermit;

use super::Connection;

/// How long a list waits for others: as long as any query waits for a connection.
pub(super) const MAX_WAIT: Duration = Duration::from_secs(10);

/// The pool with a permit for a list.
pub(crate) struct ListConnection<'a> {
    pub(super) connection: &'a Connection,
    pub(super) _permit: SemaphorePermit<'a>,
}

/// How many lists of a pool of `connections` may run at a time: a quarter of them.
pub(super) fn share_of(connections: u32) -> usize {
    (connections as usize / 4).max(1)
}

impl Deref for ListConnection<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

#[cfg(test)]
mod tests {
    use domain::{CompetitionQuery, MailQuery, Paging, RosterQuery};
    use sea_orm::{ConnectionTrait, DbBackend, Statement};
    use tokio::time::{self, timeout};

    use super::*;
    use crate::{
        Error, competitions, dashboard,
        mail::mailbox,
        registration::{self, register},
        testing::World,
    };

    #[tokio::test]
    async fn lists_wait_for_each_other_and_registrations_do_not_wait_for_lists() {
        let world = World::new().await;
        let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
        let id = world.competition(&ada).create().await;
        let ctx = &world.process_with(7).await;
        let only = ctx.db.for_lists().await.unwrap();

        let waits = Duration::from_millis(50);
        let (filter, page) = (CompetitionQuery::default().check().unwrap(), Paging::first(10));
        let list = competitions::list(ctx, &filter);
        assert!(timeout(waits, list).await.is_err(), "competitions do not wait");
        let list = competitions::mine(ctx, &ada, page);
        assert!(timeout(waits, list).await.is_err(), "an organizer's competitions do not wait");
        let filter = RosterQuery::default().check().unwrap();
        let list = registration::roster(ctx, &ada, id, &filter);
        assert!(timeout(waits, list).await.is_err(), "a roster does not wait");
        let list = registration::mine(ctx, &grace, page);
        assert!(timeout(waits, list).await.is_err(), "a participant's list does not wait");
        let filter = MailQuery::default().check().unwrap();
        let list = mailbox::browse(ctx, &grace, &filter);
        assert!(timeout(waits, list).await.is_err(), "a mailbox does not wait");
        let list = dashboard::organizer(ctx, &ada, page);
        assert!(timeout(waits, list).await.is_err(), "a dashboard does not wait");

        register(ctx, &grace, id, None).await.unwrap().outcome.unwrap();
        competitions::get(ctx, id).await.unwrap();
        drop(only);
        // With the only permit: none of them asks for a second one.
        competitions::browse(ctx, &CompetitionQuery::default().check().unwrap()).await.unwrap();
        registration::browse_roster(ctx, &ada, id, &RosterQuery::default().check().unwrap())
            .await
            .unwrap();
        dashboard::participant(ctx, &grace).await.unwrap();
        let found = dashboard::organizer(ctx, &ada, page).await.unwrap();
        assert_eq!(found.competitions.items.len(), 1);
    }

    /// How a connection plans statements; `None` on SQLite.
    async fn plans(connection: &Connection) -> Option<String> {
        if matches!(connection, Connection::Sqlite(_)) {
            return None;
        }
        let sql = "SELECT current_setting('plan_cache_mode') AS plans";
        let row = connection.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await;
        Some(row.unwrap().unwrap().try_get("", "plans").unwrap())
    }

    #[tokio::test]
    async fn lists_are_planned_for_their_parameters_on_connections_of_the_same_pool() {
        let world = World::new().await;
        let Some(_) = plans(world.ctx.db.connection()).await else { return };
        for max in [1, 2, 5] {
            let db = &world.process_with(max).await.db;
            for _ in 0..3 {
                let list = db.for_lists().await.unwrap();
                assert_eq!(plans(&list).await.unwrap(), "force_custom_plan");
                drop(list);
                assert_eq!(plans(db.connection()).await.unwrap(), "force_generic_plan");
            }
            assert_eq!(db.pool_size().used, 0);
            assert_eq!(db.pool_size().idle, max.min(2), "of {max}");
        }
    }

    #[tokio::test]
    async fn all_connections_together_are_no_more_than_the_pool_has() {
        let world = World::new().await;
        let Some(_) = plans(world.ctx.db.connection()).await else { return };
        let db = &world.process_with(4).await.db;
        let sleep = || async {
            let sleep = Statement::from_string(DbBackend::Postgres, "SELECT pg_sleep(0.05)");
            db.connection().query_one_raw(sleep).await.unwrap();
        };
        for _ in 0..3 {
            futures::join!(sleep(), sleep(), sleep(), sleep());
            let list = db.for_lists().await.unwrap();
            assert_eq!(plans(&list).await.unwrap(), "force_custom_plan");
            assert_eq!(db.pool_size().idle, 4);
        }
    }

    #[tokio::test]
    async fn a_list_that_waits_too_long_for_others_is_refused() {
        let world = World::new().await;
        let ctx = world.narrow_process().await;
        let _only = ctx.db.for_lists().await.unwrap();
        time::pause();
        let refused = ctx.db.for_lists().await;
        assert!(matches!(refused, Err(Error::TimedOut)));
    }
}
