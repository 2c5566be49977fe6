//! What a job is.

use domain::{CompetitionId, MailId, RegistrationId, Timestamp};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{class::BULK, state::State};
use crate::{Error, Result, db::bulk, entity::job, ids::new_id};

/// How often a job may fail before it goes to the dead letter queue.
const MAX_ATTEMPTS: i32 = 3;
/// How often a mail server may put a mail off. After ten times it is asked every seventeen minutes,
/// so that the four days of `delivery` are over before this is.
const MAX_DELIVERIES: i32 = 500;

/// Something to be done in the background, with all that is needed to do it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
pub enum Job {
    /// Mail the confirmation of a registration and turn it CONFIRMED.
    ConfirmRegistration {
        /// Which registration.
        registration_id: RegistrationId,
    },
    /// Tell everyone who held a seat that the competition was cancelled.
    TellOfCancellation {
        /// Which competition.
        competition_id: CompetitionId,
    },
    /// Remind everyone whose competition starts soon.
    SendReminders {},
    /// Delete what is kept for a while only.
    CleanUp {},
    /// Send a message of the mailbox by SMTP.
    DeliverMail {
        /// Which message.
        mail_id: MailId,
    },
    /// Send a link to set a new password, if there is anybody to send it to.
    SendResetLink {
        /// The address that was typed.
        email: String,
    },
}

impl Job {
    /// The name of every kind.
    pub(super) const KINDS: [&str; 6] = [
        "confirm_registration",
        "tell_of_cancellation",
        "send_reminders",
        "clean_up",
        "deliver_mail",
        "send_reset_link",
    ];

    /// The name in the `kind` column.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ConfirmRegistration { .. } => "confirm_registration",
            Self::TellOfCancellation { .. } => "tell_of_cancellation",
            Self::SendReminders {} => "send_reminders",
            Self::CleanUp {} => "clean_up",
            Self::DeliverMail { .. } => "deliver_mail",
            Self::SendResetLink { .. } => "send_reset_link",
        }
    }

    /// Lower goes first: somebody waits for a confirmation, nobody for a clean-up. With the kind it
    /// decides on the route.
    fn priority(&self) -> i16 {
        match self {
            Self::ConfirmRegistration { .. } | Self::SendResetLink { .. } => 0,
            Self::DeliverMail { .. } => 5,
            Self::TellOfCancellation { .. } | Self::SendReminders {} => 10,
            Self::CleanUp {} => 20,
        }
    }

    /// How often it may fail before it goes to the dead letter queue.
    pub(super) fn max_attempts(&self) -> i32 {
        match self {
            Self::ConfirmRegistration { .. }
            | Self::TellOfCancellation { .. }
            | Self::SendReminders {}
            | Self::CleanUp {} => MAX_ATTEMPTS,
            Self::DeliverMail { .. } | Self::SendResetLink { .. } => MAX_DELIVERIES,
        }
    }

    fn payload(&self) -> Result<Value> {
        let mut value = serde_json::to_value(self).map_err(no_json)?;
        Ok(value["payload"].take())
    }

    /// `Err` with the reason when this program knows no such job.
    pub(super) fn parse(kind: &str, payload: &Value) -> Result<Self, String> {
        let value = json!({ "kind": kind, "payload": payload });
        serde_json::from_value(value).map_err(|error| error.to_string())
    }
}

fn no_json(error: serde_json::Error) -> Error {
    Error::Corrupt(format!("a job that is no JSON: {error}"))
}

/// The rows of new jobs, to be run at once, each with its dedup key.
pub(crate) fn rows(
    now: Timestamp,
    jobs: impl IntoIterator<Item = (Job, Option<String>)>,
) -> Result<Vec<job::Model>> {
    jobs.into_iter()
        .map(|(job, dedup_key)| {
            Ok(job::Model {
                id: new_id(),
                kind: job.kind().to_owned(),
                payload: job.payload()?,
                state: State::Ready.as_str().to_owned(),
                priority: job.priority(),
                attempts: 0,
                lost_leases: 0,
                max_attempts: job.max_attempts(),
                postponements: 0,
                run_at: now.utc(),
                lease_until: None,
                epoch: 0,
                last_error: None,
                dedup_key,
                created_at: now.utc(),
                enqueued_at: None,
                finished_at: None,
            })
        })
        .collect()
}

/// The rows of new jobs that there are many of at once: nothing waits behind them.
pub(crate) fn rows_in_bulk(
    now: Timestamp,
    jobs: impl IntoIterator<Item = (Job, Option<String>)>,
) -> Result<Vec<job::Model>> {
    let mut rows = rows(now, jobs)?;
    for row in &mut rows {
        row.priority = BULK;
    }
    Ok(rows)
}

/// Adds a job, to be run at once. Two jobs with one key would be one job too many: the second is refused
/// by the database, and the transaction with it.
pub(crate) async fn add(
    tx: &impl ConnectionTrait,
    now: Timestamp,
    job: &Job,
    dedup_key: Option<String>,
) -> Result<()> {
    bulk::insert(tx, rows(now, [(job.clone(), dedup_key)])?).await
}

#[cfg(test)]
mod tests {
    use super::{super::class::route_of, *};

    #[test]
    fn every_job_reads_back_from_its_columns() {
        let registration_id = RegistrationId(uuid::Uuid::from_u128(7));
        let competition_id = CompetitionId(uuid::Uuid::from_u128(8));
        let mail_id = MailId(uuid::Uuid::from_u128(9));
        for job in [
            Job::ConfirmRegistration { registration_id },
            Job::TellOfCancellation { competition_id },
            Job::SendReminders {},
            Job::CleanUp {},
            Job::DeliverMail { mail_id },
            Job::SendResetLink { email: "ada@example.com".to_owned() },
        ] {
            assert!(Job::KINDS.contains(&job.kind()), "nobody counts {job:?}");
            assert!(route_of(job.kind(), job.priority()).is_some(), "nobody takes {job:?}");
            assert_eq!(Job::parse(job.kind(), &job.payload().unwrap()), Ok(job));
        }
        let bulk = [(Job::DeliverMail { mail_id }, None)];
        let bulk = &rows_in_bulk("2026-11-23T12:00:00Z".parse().unwrap(), bulk).unwrap()[0];
        assert_ne!(route_of(&bulk.kind, bulk.priority), route_of(&bulk.kind, 5));
        assert!(route_of(&bulk.kind, bulk.priority).is_some());
        assert!(Job::parse("retired", &json!({})).is_err());
    }
}
