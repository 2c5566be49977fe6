//! The use cases of Mini Compete, over SeaORM.
//!
//! Everything that changes or reads the database is here, and with it every transaction and every
//! permission check. The REST API, the pages and the worker call these functions and add no rule of
//! their own. Entities are private: callers get views of `domain`.
//!
//! `infrastructure` has the database, Redis, locks and clocks, and knows no use case. Every other
//! module is a use case or the vocabulary of several.

mod actor;
mod admission;
mod answers;
mod background_jobs;
mod calendar_file;
mod cause;
mod client_address;
mod commit_watch;
mod context;
mod credentials;
mod entity;
mod error;
mod infrastructure;
mod mail_previews;
mod noticed_registrations;
mod slice;
mod social_picture;
mod summary;
mod throttle;

pub mod accounts;
pub mod assets;
pub mod backup;
pub mod calendar;
pub mod calendar_feed;
pub mod cancellation_notice;
pub mod change_notice;
pub mod competitions;
pub mod confirmation;
pub mod cron;
pub mod dashboard;
pub mod demo;
pub mod diagnostics;
pub mod events;
pub mod fill;
pub mod health;
pub mod housekeeping;
pub mod idempotency;
pub mod invitations;
pub mod jobs;
pub mod mail;
pub mod mail_preferences;
pub mod markdown;
mod metrics;
pub mod monitoring;
pub mod organizer_messages;
pub mod organizer_notices;
pub mod password_reset;
pub mod personal_data;
pub mod personal_tokens;
pub mod refresh_tokens;
pub mod registration;
pub mod registration_notice;
pub mod reminder;
pub mod review_notice;
pub mod sessions;
#[cfg(feature = "test-support")]
pub mod testing;
pub mod webhooks;
pub mod zones;

pub use actor::Actor;
pub use admission::Decision;
pub use cause::{Cause, RequestId};
pub use client_address::ClientAddress;
pub use commit_watch::CommitWatch;
pub use context::{Context, JobSignal, Mode, Settings};
pub use error::{Error, Result, Undelivered};
pub use infrastructure::{
    clock::{Clock, DatabaseClock, SystemClock},
    combiner::{BatchLimits, Combiner},
    db::{Connection, Db, Postgres, PostgresTransaction, Transaction, sqlite_folder},
    error_chain::error_chain,
    media_store::MediaStore,
    private_files::{create_private_folder, make_private, sqlite_file},
    redis::Redis,
    tls::{install_crypto_provider, is_authority},
    trace_context,
};
pub use mail::{
    MailRate,
    smtp::{MailSettingsError, Mailer},
};
pub use mail_previews::{MailPreview, mail_previews};
pub use slice::{Cursor, Position, Slice};
pub use social_picture::social_picture;
pub use throttle::{LoginLimits, MAX_GUESSES};
