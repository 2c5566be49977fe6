//! The rate at which all processes together send mail: providers take so many mails in a minute,
//! and refuse what is sent faster.
//!
//! The time of the next mail is in one row of the database. A mail takes its turn by moving that
//! time on, if no other has done so since it was read, and waits until then. A mail whose turn is
//! too far away is postponed instead, which is no attempt. A mail that one person waits for looks
//! further ahead than one to many people: while such mails wait, the others let them pass.
//!
//! Source: the virtual scheduling form of the generic cell rate algorithm (ITU-T I.371), without a
//! burst.

use std::{num::NonZeroU32, time::Duration};

use chrono::TimeDelta;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, Set,
    prelude::DateTimeUtc,
    sea_query::{Expr, OnConflict},
};
use tokio::time::sleep;

use crate::{
    Context, Result,
    entity::mail_limit::{ActiveModel, Column, Entity},
    jobs::Class,
};

/// The key of the row, whose `since` is the time of the next mail.
const KEY: &str = "rate";
/// How far ahead a mail to many people takes a turn. A worker waits for it.
const PATIENCE_IN_BULK: TimeDelta = TimeDelta::seconds(10);
/// How far ahead a mail that one person waits for takes a turn.
const PATIENCE: TimeDelta = TimeDelta::seconds(60);
/// The longest wait of a mail for its turn.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How many mails are sent in a minute at most, by all processes together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailRate(NonZeroU32);

impl MailRate {
    /// The highest rate, a mail each millisecond.
    pub const MAX: u32 = 60_000;

    /// So many mails a minute. `None` for 0 and above [`Self::MAX`].
    pub fn new(mails_a_minute: u32) -> Option<Self> {
        NonZeroU32::new(mails_a_minute).filter(|rate| rate.get() <= Self::MAX).map(Self)
    }

    /// Between two mails, rounded up to a millisecond.
    fn interval(self) -> TimeDelta {
        TimeDelta::milliseconds(60_000_u32.div_ceil(self.0.get()).into())
    }
}

/// Waits for the turn of a mail. `Ok(false)` if that is too far away for mails of this class.
///
/// # Errors
/// When the database fails.
pub(super) async fn wait_for_turn(ctx: &Context, rate: MailRate, class: Class) -> Result<bool> {
    let patience = if class == Class::BulkMail { PATIENCE_IN_BULK } else { PATIENCE };
    loop {
        let now = ctx.now().utc();
        match take_turn(ctx, rate, now, now + patience).await? {
            Turn::At(at) => {
                sleep((at - now).to_std().unwrap_or_default()).await;
                return Ok(true);
            }
            Turn::TooLate => return Ok(false),
            Turn::Contended => {}
        }
    }
}

/// The outcome of one try to take a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    At(DateTimeUtc),
    TooLate,
    /// Another mail has taken it meanwhile.
    Contended,
}

async fn take_turn(
    ctx: &Context,
    rate: MailRate,
    now: DateTimeUtc,
    latest: DateTimeUtc,
) -> Result<Turn> {
    let found = Entity::find_by_id(KEY).one(ctx.db.connection()).await?;
    let Some(found) = found else {
        let first = ActiveModel {
            key: Set(KEY.to_owned()),
            sent: Set(0),
            since: Set(now),
            mail_id: Set(None),
        };
        Entity::insert(first)
            .on_conflict(OnConflict::column(Column::Key).do_nothing().to_owned())
            .exec_without_returning(&*ctx.db.autocommit().await)
            .await?;
        return Ok(Turn::Contended);
    };
    let at = found.since.max(now);
    if at > latest {
        return Ok(Turn::TooLate);
    }
    let taken = Entity::update_many()
        .col_expr(Column::Since, Expr::value(at + rate.interval()))
        .filter(Column::Key.eq(KEY))
        .filter(Column::Since.eq(found.since))
        .exec(&*ctx.db.autocommit().await)
        .await?;
    Ok(if taken.rows_affected == 1 { Turn::At(at) } else { Turn::Contended })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    const BULK: Class = Class::BulkMail;

    async fn turn(world: &World, rate: MailRate, patience: TimeDelta) -> Turn {
        let now = world.ctx.now().utc();
        loop {
            match take_turn(&world.ctx, rate, now, now + patience).await.unwrap() {
                Turn::Contended => {}
                turn => return turn,
            }
        }
    }

    #[test]
    fn a_rate_is_at_least_one_mail_a_minute_and_at_most_one_a_millisecond() {
        assert_eq!(MailRate::new(0), None);
        assert_eq!(MailRate::new(MailRate::MAX + 1), None);
        let interval = |rate| MailRate::new(rate).unwrap().interval().num_milliseconds();
        assert_eq!([1, 7, 60, MailRate::MAX].map(interval), [60_000, 8_572, 1_000, 1]);
    }

    #[tokio::test]
    async fn turns_are_an_interval_apart_and_a_pause_gives_no_burst() {
        let world = World::new().await;
        let rate = MailRate::new(60).unwrap();
        let start = world.ctx.now().utc();
        for second in 0..3 {
            let at = start + TimeDelta::seconds(second);
            assert_eq!(turn(&world, rate, PATIENCE).await, Turn::At(at));
        }
        world.clock.advance(TimeDelta::minutes(10));
        let later = world.ctx.now().utc();
        assert_eq!(turn(&world, rate, PATIENCE).await, Turn::At(later));
        let next = later + TimeDelta::seconds(1);
        assert_eq!(turn(&world, rate, PATIENCE).await, Turn::At(next));
    }

    #[tokio::test]
    async fn a_mail_to_one_person_takes_a_turn_that_is_too_far_away_for_a_mail_to_many() {
        let world = World::new().await;
        let rate = MailRate::new(6).unwrap();
        let start = world.ctx.now().utc();
        for ten_seconds in 0..2 {
            let at = start + TimeDelta::seconds(10 * ten_seconds);
            assert_eq!(turn(&world, rate, PATIENCE_IN_BULK).await, Turn::At(at));
        }
        assert_eq!(turn(&world, rate, PATIENCE_IN_BULK).await, Turn::TooLate);
        assert!(!wait_for_turn(&world.ctx, rate, BULK).await.unwrap());
        let at = start + TimeDelta::seconds(20);
        assert_eq!(turn(&world, rate, PATIENCE).await, Turn::At(at));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn mails_of_two_processes_at_once_take_different_turns() {
        let world = World::new().await;
        let other = world.second_process().await;
        let rate = MailRate::new(MailRate::MAX).unwrap();
        let now = world.ctx.now().utc();
        let mut tasks = tokio::task::JoinSet::new();
        for ctx in [world.ctx.clone(), other].into_iter().cycle().take(20) {
            tasks.spawn(async move {
                loop {
                    let latest = now + PATIENCE;
                    if let Turn::At(at) = take_turn(&ctx, rate, now, latest).await.unwrap() {
                        return at;
                    }
                }
            });
        }
        let mut turns = tasks.join_all().await;
        turns.sort_unstable();
        let expected: Vec<_> = (0..20).map(|number| now + rate.interval() * number).collect();
        assert_eq!(turns, expected);
    }
}
