//! The tables as SeaORM entities, and their rows as views of `domain`, which are what leaves this
//! crate.

pub(crate) mod access_code;
pub(crate) mod answer;
pub(crate) mod asset;
pub(crate) mod calendar_feed;
pub(crate) mod competition;
pub(crate) mod competition_change;
pub(crate) mod competition_picture;
pub(crate) mod competition_search;
pub(crate) mod competition_sections;
pub(crate) mod competition_tag;
pub(crate) mod cron_tick;
pub(crate) mod email_verification;
pub(crate) mod failed_job;
pub(crate) mod idempotency_log;
pub(crate) mod invitation;
pub(crate) mod job;
pub(crate) mod job_audit;
pub(crate) mod login_attempt;
pub(crate) mod mail;
pub(crate) mod mail_limit;
pub(crate) mod mail_preference;
pub(crate) mod organizer_message;
pub(crate) mod organizer_notice;
pub(crate) mod organizer_notice_choice;
pub(crate) mod password_reset;
pub(crate) mod personal_token;
pub(crate) mod question;
pub(crate) mod refresh_token;
pub(crate) mod registration;
pub(crate) mod registration_event;
pub(crate) mod search_term;
pub(crate) mod session;
pub(crate) mod user;
pub(crate) mod webhook;
pub(crate) mod webhook_delivery;

/// A column that a constraint keeps from being negative.
pub(crate) fn count(column: i32) -> u32 {
    u32::try_from(column).unwrap_or_default()
}
