//! Addresses of accounts that take no mail.

use domain::UserId;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr};

use super::dedup_keys::EMAIL_CHANGED;
use crate::{
    Context,
    entity::{mail, user},
};

/// Records whether the mail server of its recipient has refused the address of a message.
pub(super) async fn record(ctx: &Context, mail: &mail::Model, is_refused: bool) {
    // It went to an address that the account has no more.
    if !mail.dedup_key.starts_with(EMAIL_CHANGED) {
        record_for(ctx, mail.user_id, &mail.recipient, is_refused).await;
    }
}

/// The same for an address of a user, unless it was changed since. A failure of the database is
/// only logged: the job would send the mail again. The next mail records it then.
pub(crate) async fn record_for(ctx: &Context, id: UserId, address: &str, is_refused: bool) {
    use user::Column::{Email, EmailRefusedAt, Id};
    // Nothing is written for an address whose state stays the same.
    let changes = match is_refused {
        true => EmailRefusedAt.is_null(),
        false => EmailRefusedAt.is_not_null(),
    };
    let recorded = user::Entity::update_many()
        .col_expr(EmailRefusedAt, Expr::value(is_refused.then(|| ctx.now().utc())))
        .filter(Id.eq(id).and(Email.eq(address)).and(changes))
        .exec(&*ctx.db.autocommit().await)
        .await;
    if let Err(error) = recorded {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, user.id = %id, "whether an address takes mail is not recorded");
    }
}
