//! Who can register: with access codes and with invitations.

mod codes;
mod invitations;

use domain::{CompetitionId, ErrorCode, NewRegistration};
use serde_json::{Value, json};
use service::{Actor, Context, registration};

use crate::support::code;

/// Registers with a body. A refusal or a failure becomes its code.
async fn register_with(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
    input: Value,
) -> Result<NewRegistration, ErrorCode> {
    let input = serde_json::from_value(input).unwrap();
    match registration::register_with(ctx, actor, id, input, None).await {
        Ok(decision) => decision.outcome.map_err(|refusal| refusal.code),
        Err(error) => Err(code(error)),
    }
}

/// Registers with an access code.
async fn register_by_code(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
    code: &str,
) -> Result<NewRegistration, ErrorCode> {
    register_with(ctx, actor, id, json!({ "accessCode": code })).await
}
