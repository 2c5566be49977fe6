//! The list of the sessions of a user.

use domain::{BrowserSession, BrowserSessionId, OpenSessions, UserId};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, prelude::DateTimeUtc,
};

use super::Session;
use crate::{
    Actor, Context, Result,
    accounts::CredentialsVersion,
    entity::{refresh_token, session},
};

/// A session without its contents, which may be large.
#[derive(Debug, FromQueryResult)]
struct Row {
    id: String,
    public_id: Option<BrowserSessionId>,
    browser: Option<String>,
    time_zone: Option<String>,
    logged_in_at: Option<DateTimeUtc>,
    last_used_at: Option<DateTimeUtc>,
}

/// Where the actor is logged in; `current` is the session of the request, if it has one. A session
/// of an earlier release appears once it is used.
///
/// # Errors
/// Unauthorized; [`domain::ErrorCode::Forbidden`] for a personal access token.
pub async fn list(ctx: &Context, actor: &Actor, current: Option<&Session>) -> Result<OpenSessions> {
    let user = actor.owner()?.id;
    let version = actor.credentials()?;
    let rows = session::Entity::find()
        .select_only()
        .columns([
            session::Column::Id,
            session::Column::PublicId,
            session::Column::Browser,
            session::Column::TimeZone,
            session::Column::LoggedInAt,
            session::Column::LastUsedAt,
        ])
        .filter(session::Column::UserId.eq(user))
        .filter(session::Column::CredentialsVersion.eq(version.0))
        .filter(session::Column::ExpiresAt.gt(ctx.now().utc()))
        .order_by_desc(session::Column::LastUsedAt)
        .order_by_desc(session::Column::PublicId)
        .into_model::<Row>()
        .all(ctx.db.connection())
        .await?;
    let own = current.and_then(Session::stored_id);
    let mut browsers: Vec<_> = rows
        .into_iter()
        .filter_map(|row| {
            Some(BrowserSession {
                id: row.public_id?,
                browser: row.browser,
                time_zone: row.time_zone,
                logged_in_at: row.logged_in_at?.into(),
                last_used_at: row.last_used_at?.into(),
                is_current: own.as_ref() == Some(&row.id),
            })
        })
        .collect();
    browsers.sort_by_key(|session| !session.is_current);
    Ok(OpenSessions { browsers, programs: programs(ctx, user, version).await? })
}

/// How many logins of programs can be renewed: each has one refresh token that is unused.
async fn programs(ctx: &Context, user: UserId, version: CredentialsVersion) -> Result<u64> {
    let open = refresh_token::Entity::find()
        .filter(refresh_token::Column::UserId.eq(user))
        .filter(refresh_token::Column::CredentialsVersion.eq(version.0))
        .filter(refresh_token::Column::UsedAt.is_null())
        .filter(refresh_token::Column::ExpiresAt.gt(ctx.now().utc()));
    Ok(open.count(ctx.db.connection()).await?)
}
