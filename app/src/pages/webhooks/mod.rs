//! The webhooks of an organizer.

pub(crate) mod address;
mod choice;
mod create;
mod delete;
mod edit;
mod fields;
mod form;
mod list;
mod log;
mod page;
#[cfg(feature = "ssr")]
mod response;
mod rotate;
mod row;
mod secret;
mod send;
mod state;

pub use choice::Choice;
pub use delete::DeleteWebhookPage;
pub use edit::EditWebhookPage;
pub use fields::TypedWebhook;
pub use form::{WebhookForm, WebhookFormScreen};
pub use list::{WebhooksPage, WebhooksScreen};
pub use log::{DeliveryLog, DeliveryRow};
pub use page::{WebhookPage, WebhookScreen};
pub use rotate::RotateSecretPage;
pub use row::WebhookRow;
pub use state::WebhookState;
