//! From a token to its owner.

use std::collections::HashMap;

use domain::ErrorCode;
use sea_orm::{EntityTrait, QueryFilter};

use super::{TokenSecret, last_use::LastUse};
use crate::{
    Actor, Context, Result,
    credentials::CredentialsVersion,
    entity::{personal_token, user},
    infrastructure::{
        coalesced_read::read_each,
        combiner::{BatchLimits, Combiner},
        db::bulk,
    },
};

/// Coalesces concurrent reads of tokens. Nothing is cached: a token is revoked when its row is.
#[derive(Debug)]
pub(crate) struct PersonalTokens {
    reads: Combiner<(), String, Option<Found>>,
    pub(super) last_use: LastUse,
}

impl Default for PersonalTokens {
    fn default() -> Self {
        Self { reads: Combiner::new(BatchLimits::READS), last_use: LastUse::default() }
    }
}

/// A token and its owner.
#[derive(Clone, Debug)]
struct Found {
    token: personal_token::Model,
    owner: user::Model,
}

impl Found {
    /// Why the token is rejected, if it is.
    fn fault(&self, ctx: &Context) -> Option<ErrorCode> {
        if self.owner.credentials_version != self.token.credentials_version {
            Some(ErrorCode::TokenRevoked)
        } else if self.token.expires_at.is_some_and(|at| at <= ctx.now().utc()) {
            Some(ErrorCode::TokenExpired)
        } else {
            None
        }
    }
}

/// The owner of a token, within its scope; a visitor if the token is rejected.
///
/// # Errors
/// When the database fails.
pub async fn recognize(ctx: &Context, token: &str) -> Result<Actor> {
    let Some(secret) = TokenSecret::parse(token) else {
        return Ok(Actor::unrecognized(ErrorCode::TokenInvalid));
    };
    Ok(match find(ctx, &secret).await? {
        None => Actor::unrecognized(ErrorCode::TokenRevoked),
        Some(found) => match found.fault(ctx) {
            Some(code) => Actor::unrecognized(code),
            None => {
                let credentials = CredentialsVersion(found.owner.credentials_version);
                Actor::with_token(found.owner.into_user(), credentials, found.token.scope)
            }
        },
    })
}

async fn find(ctx: &Context, secret: &TokenSecret) -> Result<Option<Found>> {
    let (shared, ctx) = (ctx.clone(), ctx.clone());
    let load = move |hashes: Vec<String>| {
        let ctx = ctx.clone();
        async move { read_each(&ctx.db, &hashes, || load(&ctx, &hashes)).await }
    };
    shared.personal_tokens.reads.submit((), secret.hash(), load).await
}

async fn load(ctx: &Context, hashes: &[String]) -> Result<HashMap<String, Found>> {
    let db = ctx.db.connection();
    let wanted = bulk::any_of(db, personal_token::Column::Hash, hashes.iter().cloned());
    let rows = personal_token::Entity::find()
        .find_also_related(user::Entity)
        .filter(wanted)
        .all(db)
        .await?;
    let found = rows.into_iter().filter_map(|(token, owner)| {
        let found = Found { owner: owner?, token };
        Some((found.token.hash.clone(), found))
    });
    let found: HashMap<_, _> = found.collect();
    let used = found.values().filter(|found| found.fault(ctx).is_none());
    ctx.personal_tokens.last_use.record(ctx, used.map(|found| &found.token));
    Ok(found)
}
