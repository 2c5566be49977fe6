//! Changing several messages at once.

use domain::{MailChange, MailChanged, MailSelection, Timestamp};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, UpdateMany,
    prelude::DateTimeUtc, sea_query::Expr,
};

use crate::{Actor, Context, Result, entity::mail, mail::dedup_keys::ACCOUNT};

/// Applies a change to messages of the actor; ids of others change nothing. An unread message about
/// the account is not deleted: it may say that someone else has changed the account.
///
/// # Errors
/// Unauthorized; [`domain::ErrorCode::InsufficientScope`].
pub async fn change(
    ctx: &Context,
    actor: &Actor,
    selection: &MailSelection,
    change: MailChange,
) -> Result<MailChanged> {
    let user = actor.writer()?;
    let own = Condition::all().add(mail::Column::UserId.eq(user.id));
    let these = mail::Column::Id.is_in(selection.messages.iter().copied());
    let mut chosen = Condition::any().add(these.clone());
    if selection.whole_threads {
        let newest =
            mail::Entity::find().filter(own.clone()).filter(these).all(ctx.db.connection()).await?;
        for row in newest {
            let Some(competition) = row.competition_id else { continue };
            // Not what has arrived since the user saw the thread.
            let older = mail::Column::SentAt.lte(row.sent_at);
            chosen = chosen.add(mail::Column::CompetitionId.eq(competition).and(older));
        }
    }
    let chosen = own.add(chosen);
    let present = chosen.clone().add(mail::Column::DeletedAt.is_null());
    let now = ctx.now();
    let update = match change {
        MailChange::Read => {
            let unread = present.clone().add(mail::Column::ReadAt.is_null());
            read(now).filter(unread)
        }
        MailChange::Unread => mail::Entity::update_many()
            .col_expr(mail::Column::ReadAt, Expr::value(None::<DateTimeUtc>))
            .filter(present.clone().add(mail::Column::ReadAt.is_not_null())),
        MailChange::Delete => {
            let read_at = Expr::col(mail::Column::ReadAt).if_null(now.utc());
            mail::Entity::update_many()
                .col_expr(mail::Column::ReadAt, read_at)
                .col_expr(mail::Column::DeletedAt, Expr::value(now.utc()))
                .filter(present.clone().add(is_protected().not()))
        }
        MailChange::Restore => mail::Entity::update_many()
            .col_expr(mail::Column::DeletedAt, Expr::value(None::<DateTimeUtc>))
            .filter(chosen.add(mail::Column::DeletedAt.is_not_null())),
    };
    let changed = update.exec(&*ctx.db.autocommit().await).await?.rows_affected;
    let protected = match change {
        MailChange::Delete => {
            let left = mail::Entity::find().filter(present.add(is_protected()));
            left.count(ctx.db.connection()).await?
        }
        MailChange::Read | MailChange::Unread | MailChange::Restore => 0,
    };
    Ok(MailChanged { changed, protected })
}

fn read(now: Timestamp) -> UpdateMany<mail::Entity> {
    mail::Entity::update_many().col_expr(mail::Column::ReadAt, Expr::value(now.utc()))
}

/// A condition on messages: they are about the account and unread.
fn is_protected() -> Condition {
    Condition::all()
        .add(mail::Column::ReadAt.is_null())
        .add(mail::Column::DedupKey.starts_with(ACCOUNT))
}
