//! Webhooks: addresses of organizers to which events are sent.

mod event_type;
mod input;
mod view;

pub use event_type::EventType;
pub use input::{NewWebhook, WebhookEdit, WebhookInput, WebhookPatch};
pub use view::{Delivery, DeliveryStatus, DisabledReason, Webhook, WebhookWithSecret};

/// The most webhooks of one organizer.
pub const MAX_WEBHOOKS: u64 = 10;
