//! Messages of organizers to the participants of their competitions.

mod drafts;
mod sending;
mod updates;

use chrono::TimeDelta;
use domain::{
    CompetitionId, ErrorCode, OrganizerMessage, OrganizerMessageId, OrganizerMessageInput,
    SendMessageInput, Timestamp,
};
use serde_json::{Value, json};
use service::{Actor, organizer_messages, testing::World};

use crate::support::code;

/// The text of every message.
const TEXT: &str = "Please bring **your own** laptop.";
/// The subject of its mail.
const MAILED: &str = "Code Sprint: Bring a laptop";

/// Ada's competition, and what she writes to its participants.
struct Sprint {
    world: World,
    ada: Actor,
    id: CompetitionId,
}

impl Sprint {
    /// With 1,000 seats.
    async fn new() -> Self {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let id = world.competition(&ada).seats(1_000).create().await;
        Self { world, ada, id }
    }

    /// A draft to the registrations with these statuses.
    async fn draft(&self, statuses: &[&str]) -> OrganizerMessage {
        self.draft_with(json!({ "statuses": statuses })).await
    }

    /// A draft with these fields besides its subject and its text.
    async fn draft_with(&self, fields: Value) -> OrganizerMessage {
        let created =
            organizer_messages::create(&self.world.ctx, &self.ada, self.id, input(fields)).await;
        created.unwrap()
    }

    /// Sends a message at once.
    async fn send(&self, message: &OrganizerMessage) -> Result<OrganizerMessage, ErrorCode> {
        self.send_at(message, None).await
    }

    /// Sends a message at a time.
    async fn send_at(
        &self,
        message: &OrganizerMessage,
        at: Option<Timestamp>,
    ) -> Result<OrganizerMessage, ErrorCode> {
        let body = json!({ "version": message.version, "at": at });
        let input: SendMessageInput = serde_json::from_value(body).unwrap();
        let ctx = &self.world.ctx;
        organizer_messages::send(ctx, &self.ada, self.id, message.id, input).await.map_err(code)
    }

    /// Stops a message.
    async fn stop(&self, id: OrganizerMessageId) -> Result<OrganizerMessage, ErrorCode> {
        organizer_messages::stop(&self.world.ctx, &self.ada, self.id, id).await.map_err(code)
    }

    /// A message as it is now.
    async fn message(&self, id: OrganizerMessageId) -> OrganizerMessage {
        organizer_messages::get(&self.world.ctx, &self.ada, self.id, id).await.unwrap()
    }

    /// The time after a while.
    fn in_(&self, delay: TimeDelta) -> Timestamp {
        (self.world.ctx.now().utc() + delay).into()
    }
}

/// What is written, with these fields besides its subject and its text.
fn input(fields: Value) -> OrganizerMessageInput {
    let mut body = json!({ "subject": "Bring a laptop", "text": TEXT, "statuses": ["CONFIRMED"] });
    let (Value::Object(body), Value::Object(fields)) = (&mut body, fields) else {
        panic!("objects")
    };
    body.extend(fields);
    serde_json::from_value(Value::Object(body.clone())).unwrap()
}
