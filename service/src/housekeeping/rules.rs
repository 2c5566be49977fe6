//! How long the rows of each table are kept, and why. A table that a migration adds needs a rule
//! here, and its line in `docs/retention.md`: tests name the table that has none, and print the
//! line that is missing.

use chrono::TimeDelta;
use domain::{KEPT_DELETED_DAYS, Timestamp};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, IntoSimpleExpr, QueryFilter, QuerySelect,
    QueryTrait, prelude::DateTimeUtc, sea_query::Expr,
};

use super::Period;
use crate::{
    competitions::{is_deleted_draft, is_searchable, was_ever_registered_for},
    entity::{
        access_code, answer, asset, calendar_feed, competition, competition_change,
        competition_picture, competition_search, competition_sections, competition_tag, cron_tick,
        email_verification, failed_job, idempotency_log, invitation,
        job::{self, State},
        job_audit, login_attempt, mail, mail_limit, mail_preference, organizer_message,
        organizer_notice, organizer_notice_choice, password_reset, personal_token, question,
        refresh_token, registration, registration_event, search_term, session, user, webhook,
        webhook_delivery,
    },
    mail::limits,
    throttle, webhooks,
};

/// Responses are replayed for 24 hours; the hour more leaves room for clocks that differ.
const IDEMPOTENCY_LOGS: TimeDelta = TimeDelta::hours(25);
/// Longer than the pause of any schedule, so that the last tick of each is known.
const CRON_TICKS: TimeDelta = TimeDelta::days(400);
/// A deadline may be moved until then.
const INVITATIONS: TimeDelta = TimeDelta::days(90);
/// Mails are found again within about a year.
const MAIL_PREFERENCES: TimeDelta = TimeDelta::days(400);
/// A calendar that was switched off for a year goes on.
const CALENDAR_FEEDS: TimeDelta = TimeDelta::days(400);
/// A request to delete a draft may be repeated until then.
const DELETED_DRAFTS: TimeDelta = TimeDelta::days(7);
/// Expired personal access tokens stay in the list of their owner.
const EXPIRED_PERSONAL_TOKENS: TimeDelta = TimeDelta::days(30);

/// How long rows are kept, where an operator may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Completed jobs, since their completion.
    pub completed_jobs: Period,
    /// Dead letters, since their last failure.
    pub dead_letters: Period,
    /// Records of what operators did to jobs.
    pub job_audits: Period,
    /// Messages that were read, since they were sent.
    pub read_mail: Period,
    /// Messages that were never read, since they were sent.
    pub unread_mail: Period,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            completed_jobs: Period::days(7),
            dead_letters: Period::days(180),
            job_audits: Period::days(400),
            read_mail: Period::days(365),
            unread_mail: Period::days(730),
        }
    }
}

/// How long certain rows of a table are kept.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The table.
    pub table: &'static str,
    /// Which of its rows: `all`, or a condition in words.
    pub rows: &'static str,
    /// How long, in words.
    pub kept: String,
    /// The environment variable that sets it, if there is one.
    pub option: Option<&'static str>,
    /// The reason.
    pub why: &'static str,
    /// The rows that are to be deleted now; `None` if all are kept for ever.
    pub(super) expired: Option<Condition>,
}

impl Rule {
    fn for_ever(table: impl EntityTrait, why: &'static str) -> Self {
        let (rows, kept, option) = ("all", "for ever".to_owned(), None);
        Self { table: table.table_name(), rows, kept, option, why, expired: None }
    }

    fn fixed(
        table: impl EntityTrait,
        kept: &str,
        why: &'static str,
        expired: impl IntoSimpleExpr,
    ) -> Self {
        Self {
            kept: kept.to_owned(),
            expired: Some(Condition::all().add(expired.into_simple_expr())),
            ..Self::for_ever(table, why)
        }
    }

    /// Rows are kept for the period that `option` sets, counted from the time in a column.
    fn chosen(
        table: impl EntityTrait,
        rows: &'static str,
        (option, period): (&'static str, Period),
        why: &'static str,
        expired: impl FnOnce(TimeDelta) -> Condition,
    ) -> Self {
        Self {
            rows,
            kept: period.to_string(),
            option: Some(option),
            expired: period.length().map(expired),
            ..Self::for_ever(table, why)
        }
    }
}

/// The rules of all tables. Sessions come first: every visitor makes one, so that there are the
/// most of them.
pub(super) fn rules(now: Timestamp, retention: &Retention) -> Vec<Rule> {
    let short_lived = short_lived(now);
    let chosen = chosen(now.utc(), retention);
    short_lived.into_iter().chain(chosen).chain(kept()).collect()
}

/// Rows that are of no use after a time which the program sets.
fn short_lived(now: Timestamp) -> [Rule; 16] {
    let time = now.utc();
    [
        Rule::fixed(
            session::Entity,
            "until they expire: 30 minutes without a user, else 14 days after the last use",
            "an expired session logs nobody in",
            session::Column::ExpiresAt.lt(time),
        ),
        Rule::fixed(
            password_reset::Entity,
            "until they expire, after an hour",
            "an expired link sets no password",
            password_reset::Column::ExpiresAt.lt(time),
        ),
        Rule::fixed(
            email_verification::Entity,
            "until they expire, an hour after their mail was sent",
            "an expired link or code verifies no address",
            email_verification::Column::ExpiresAt.lt(time),
        ),
        Rule::fixed(
            refresh_token::Entity,
            "until they expire, after 30 days",
            "an expired token is not renewed",
            refresh_token::Column::ExpiresAt.lt(time),
        ),
        Rule::fixed(
            personal_token::Entity,
            "30 days after they expire, if they do",
            "until then their owner sees why a script is rejected",
            personal_token::Column::ExpiresAt.lt(time - EXPIRED_PERSONAL_TOKENS),
        ),
        Rule::fixed(
            calendar_feed::Entity,
            "400 days since a calendar last read them, or since they were made",
            "an address that no calendar reads should not work for ever",
            calendar_feed::Column::LastReadAt.lt(time - CALENDAR_FEEDS).or(
                calendar_feed::Column::LastReadAt
                    .is_null()
                    .and(calendar_feed::Column::CreatedAt.lt(time - CALENDAR_FEEDS)),
            ),
        ),
        Rule::fixed(
            login_attempt::Entity,
            "15 minutes for failures, 30 days for an address that is known for an account",
            "later logins are not judged by it",
            throttle::is_expired(now),
        ),
        Rule::fixed(
            mail_limit::Entity,
            "an hour, or six for a confirmation that was mailed",
            "mail is limited by the hour",
            limits::forgotten(now),
        ),
        Rule::fixed(
            mail_preference::Entity,
            "400 days since a mail last linked to them, if everything is mailed",
            "links in mails to unsubscribe work as long",
            mail_preference::Column::MailboxOnly
                .eq("")
                .and(mail_preference::Column::UsedAt.lt(time - MAIL_PREFERENCES)),
        ),
        Rule::fixed(
            idempotency_log::Entity,
            "25 hours",
            "the API replays a response for 24 hours",
            idempotency_log::Column::CreatedAt.lt(time - IDEMPOTENCY_LOGS),
        ),
        Rule::fixed(
            competition_search::Entity,
            "a year after registration closes, or until the competition is cancelled or no longer \
             public",
            "only public competitions of the last year are searched",
            competition_search::Column::CompetitionId.in_subquery(
                competition::Entity::find()
                    .select_only()
                    .column(competition::Column::Id)
                    .filter(is_searchable(now).not())
                    .into_query(),
            ),
        ),
        Rule::fixed(
            invitation::Entity,
            "90 days after registration closes or the competition is cancelled",
            "nobody registers with it any more, and most addresses have no account",
            invitation::Column::CompetitionId.in_subquery(
                competition::Entity::find()
                    .select_only()
                    .column(competition::Column::Id)
                    .filter(
                        competition::Column::RegDeadline
                            .lt(time - INVITATIONS)
                            .or(competition::Column::CancelledAt.lt(time - INVITATIONS)),
                    )
                    .into_query(),
            ),
        ),
        Rule {
            rows: "drafts that were deleted, and never registered for",
            ..Rule::fixed(
                competition::Entity,
                "7 days",
                "their organizer has deleted them",
                Expr::from(
                    is_deleted_draft()
                        .add(competition::Column::CancelledAt.lt(time - DELETED_DRAFTS))
                        .add(was_ever_registered_for().not()),
                ),
            )
        },
        Rule {
            rows: "deleted",
            ..Rule::fixed(
                mail::Entity,
                "30 days since their reader deleted them",
                "until then a message that was deleted by mistake is restored",
                mail::Column::DeletedAt.lt(time - TimeDelta::days(KEPT_DELETED_DAYS)),
            )
        },
        Rule::fixed(
            webhook_delivery::Entity,
            "30 days",
            "shows an organizer what was sent lately",
            webhooks::is_old(now),
        ),
        Rule::fixed(
            cron_tick::Entity,
            "400 days",
            "the last tick of every schedule must be known",
            cron_tick::Column::ScheduledAt.lt(time - CRON_TICKS),
        ),
    ]
}

/// Rows that an operator may want to look at.
fn chosen(now: DateTimeUtc, retention: &Retention) -> [Rule; 6] {
    let before = |column: &dyn Fn(DateTimeUtc) -> sea_orm::sea_query::Expr, age: TimeDelta| {
        Condition::all().add(column(now - age))
    };
    [
        Rule::chosen(
            job::Entity,
            "completed",
            ("RETENTION_COMPLETED_JOBS", retention.completed_jobs),
            "shows what ran lately",
            |age| {
                before(&|time| job::Column::FinishedAt.lt(time), age)
                    .add(State::Completed.is_state())
            },
        ),
        Rule::chosen(
            failed_job::Entity,
            "all",
            ("RETENTION_DEAD_LETTERS", retention.dead_letters),
            "an operator retries or discards a dead letter before it is out of date",
            |age| before(&|time| failed_job::Column::FailedAt.lt(time), age),
        ),
        Rule::chosen(
            competition_change::Entity,
            "all",
            ("RETENTION_DEAD_LETTERS", retention.dead_letters),
            "a dead letter needs it to notify the participants",
            |age| before(&|time| competition_change::Column::MadeAt.lt(time), age),
        ),
        Rule::chosen(
            job_audit::Entity,
            "all",
            ("RETENTION_JOB_AUDITS", retention.job_audits),
            "shows which administrator retried or discarded a job",
            |age| before(&|time| job_audit::Column::At.lt(time), age),
        ),
        Rule::chosen(
            mail::Entity,
            "read",
            ("RETENTION_READ_MAIL", retention.read_mail),
            "a participant finds the confirmation of last season",
            |age| {
                before(&|time| mail::Column::SentAt.lt(time), age)
                    .add(mail::Column::ReadAt.is_not_null())
            },
        ),
        Rule::chosen(
            mail::Entity,
            "unread",
            ("RETENTION_UNREAD_MAIL", retention.unread_mail),
            "a participant who logs in once a season has not read them yet",
            |age| {
                before(&|time| mail::Column::SentAt.lt(time), age)
                    .add(mail::Column::ReadAt.is_null())
            },
        ),
    ]
}

/// Tables that only their users delete from.
fn kept() -> Vec<Rule> {
    let history = "users see their past competitions; deleting an account removes what no other \
                   user refers to";
    vec![
        Rule::for_ever(user::Entity, "users delete their own accounts"),
        Rule { rows: "others", ..Rule::for_ever(competition::Entity, history) },
        Rule::for_ever(competition_tag::Entity, "a part of the competition"),
        Rule::for_ever(competition_sections::Entity, "a part of the competition"),
        Rule::for_ever(competition_picture::Entity, "a part of the competition"),
        Rule::for_ever(access_code::Entity, "a part of the competition"),
        Rule::for_ever(question::Entity, "a part of the competition; answers refer to them"),
        Rule::for_ever(
            search_term::Entity,
            "single words of competitions, to find what a misspelt one is meant to be",
        ),
        Rule::for_ever(registration::Entity, history),
        Rule::for_ever(
            answer::Entity,
            "deleted with their registration, and with the account of the participant",
        ),
        Rule::for_ever(registration_event::Entity, "deleted with their registration"),
        Rule::for_ever(
            organizer_message::Entity,
            "a part of the competition; drafts are deleted with the account of their organizer",
        ),
        Rule::for_ever(organizer_notice::Entity, "what its organizer has been notified of"),
        Rule::for_ever(organizer_notice_choice::Entity, "a part of the account"),
        Rule::for_ever(webhook::Entity, "organizers delete their own, of which they have ten"),
        Rule {
            kept: "while a competition uses the picture, and a week; without an account, no longer"
                .to_owned(),
            ..Rule::for_ever(asset::Entity, "their files are deleted before them")
        },
        Rule {
            table: "jobs",
            rows: "waiting and active",
            kept: "until they are completed, or move to the dead letters".to_owned(),
            option: None,
            why: "a job is never lost",
            expired: None,
        },
        Rule {
            table: "seaql_migrations",
            rows: "all",
            kept: "for ever".to_owned(),
            option: None,
            why: "the version of the schema",
            expired: None,
        },
    ]
}
