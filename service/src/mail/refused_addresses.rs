//! Addresses of accounts that take no mail.

use domain::UserId;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr};

use crate::{Context, entity::user};

/// Records whether its mail server has refused the address of a user, unless the user has another
/// address: a notice to the old one says nothing about the new. A failure of the database is only
/// logged: the job would send the mail again. The next mail records it then.
pub(crate) async fn record(ctx: &Context, id: UserId, address: &str, is_refused: bool) {
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
