//! Failed jobs of the demo. Their mails and their webhook do not exist: a retry sends nothing. A
//! retried mail waits while no mail server is configured.

use domain::{JobId, MailId, WebhookId};
use serde_json::json;
use uuid::Uuid;

use crate::{
    Context, Result, entity::failed_job, infrastructure::db::bulk, jobs::BackgroundJob,
    mail::delivery::DeliverMail, webhooks::DeliverWebhooks,
};

/// The recipients that a mail server has refused.
const REFUSED: [&str; 5] = ["nora", "omar", "lena", "paul", "ivan"];
/// The id of the first; the others follow.
const FIRST_ID: u128 = 0x0193_9a00_0000_7000_8000_0000_0000_0001;

/// Adds the failed jobs of the demo that are missing.
pub(super) async fn seed(ctx: &Context) -> Result<()> {
    let mail = |name: &str| {
        let payload = json!(DeliverMail { mail_id: MailId(Uuid::nil()) });
        let error = format!("550 5.1.1 there is no mailbox {name}@example.org");
        (DeliverMail::NAME, payload, error)
    };
    let webhook = (
        DeliverWebhooks::NAME,
        json!(DeliverWebhooks { webhook_id: WebhookId(Uuid::nil()) }),
        "https://scores.example/hooks answered 500 Internal Server Error".to_owned(),
    );
    let jobs = std::iter::once(webhook).chain(REFUSED.map(mail));
    let now = ctx.now().utc();
    let rows = (FIRST_ID..).zip(jobs).map(|(id, (kind, payload, last_error))| failed_job::Model {
        id: JobId(Uuid::from_u128(id)),
        kind: kind.to_owned(),
        payload,
        priority: 20,
        attempts: 3,
        max_attempts: 3,
        epoch: 3,
        last_error,
        dedup_key: None,
        created_at: now,
        failed_at: now,
        request_id: None,
        traceparent: None,
    });
    let rows = rows.collect();
    bulk::insert_new(&*ctx.db.autocommit().await, rows, failed_job::Column::Id).await
}
