//! The list of all accounts, for operators at the command line.

use domain::{Email, RegistrationStatus, Role, Timestamp, UserId};
use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Condition,
};
use serde::Serialize;

use super::{administrators::not_found, find_by_email, search};
use crate::{
    Context, Result,
    entity::{competition, mail, personal_token, refresh_token, registration, user, webhook},
};

/// Longer words are cut off.
const MAX_SEARCH: usize = 200;

/// Which accounts to list.
#[derive(Clone, Debug, Default)]
pub struct AccountFilter {
    /// Only accounts with this role.
    pub role: Option<Role>,
    /// Only accounts whose name or address contains these words, in any case.
    pub search: Option<String>,
    /// Only disabled accounts, or only the others.
    pub disabled: Option<bool>,
    /// Only accounts that come after this one in the list.
    pub after: Option<UserId>,
}

/// An account in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountSummary {
    /// The id.
    pub id: UserId,
    /// The address.
    pub email: String,
    /// The name.
    pub name: String,
    /// The role that the user signed up with.
    pub role: Role,
    /// That role, and the one that they have added, if they have.
    pub roles: Vec<Role>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When it was disabled; `null` for one that is not.
    pub disabled_at: Option<Timestamp>,
}

/// A page of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountPage {
    /// The accounts, newest first.
    pub users: Vec<AccountSummary>,
    /// Continues the list, as [`AccountFilter::after`]; `null` at its end.
    pub next: Option<UserId>,
}

/// An account, and what belongs to it in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountDetails {
    /// The account.
    #[serde(flatten)]
    pub account: AccountSummary,
    /// When the user has verified that they read the mail of the address.
    pub email_verified_at: Option<Timestamp>,
    /// The time zone that the user has chosen.
    pub time_zone: Option<String>,
    /// Competitions of theirs, of any state.
    pub competitions: u64,
    /// Registrations of theirs that hold a seat.
    pub registrations: u64,
    /// Messages in their mailbox that they have not read.
    pub unread_mail: u64,
    /// Logins of API clients that can be renewed.
    pub refresh_tokens: u64,
    /// Personal access tokens of theirs that are valid.
    pub personal_tokens: u64,
    /// Webhooks of theirs, disabled ones included.
    pub webhooks: u64,
}

impl From<user::Model> for AccountSummary {
    fn from(row: user::Model) -> Self {
        Self {
            roles: row.roles(),
            id: row.id,
            email: row.email,
            name: row.name,
            role: row.role,
            created_at: row.created_at.into(),
            disabled_at: row.disabled_at.map(Into::into),
        }
    }
}

/// At most `limit` accounts, newest first. Deleted accounts are not among them.
///
/// # Errors
/// When the database fails.
pub async fn list(ctx: &Context, filter: &AccountFilter, limit: u64) -> Result<AccountPage> {
    let words = filter.search.as_deref().map(|words| {
        let words: String = words.chars().take(MAX_SEARCH).collect();
        search::matches(ctx.db.connection(), &words)
    });
    let disabled = filter.disabled.map(|disabled| match disabled {
        true => user::Column::DisabledAt.is_not_null(),
        false => user::Column::DisabledAt.is_null(),
    });
    let condition = Condition::all()
        .add(user::Column::Email.ne(""))
        .add_option(filter.role.map(user::has_role))
        .add_option(filter.after.map(|after| user::Column::Id.lt(after)))
        .add_option(words)
        .add_option(disabled);
    // Ids are made in the order of time.
    let rows = user::Entity::find()
        .filter(condition)
        .order_by_desc(user::Column::Id)
        .limit(limit.saturating_add(1));
    let mut rows = rows.all(ctx.db.connection()).await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| has_more).map(|row| row.id);
    Ok(AccountPage { users: rows.into_iter().map(Into::into).collect(), next })
}

/// One account.
///
/// # Errors
/// [`domain::ErrorCode::AccountNotFound`].
pub async fn details(ctx: &Context, email: &Email) -> Result<AccountDetails> {
    let db = ctx.db.connection();
    let row = find_by_email(db, email.as_str()).await?.ok_or_else(not_found)?;
    let id = row.id;
    let competitions = competition::Entity::find()
        .filter(competition::Column::OrganizerId.eq(id))
        .count(db)
        .await?;
    let registrations = registration::Entity::find()
        .filter(registration::Column::UserId.eq(id))
        .filter(registration::Column::Status.is_in(RegistrationStatus::with_seat()))
        .count(db)
        .await?;
    let unread_mail = mail::Entity::find()
        .filter(mail::Column::UserId.eq(id))
        .filter(mail::Column::ReadAt.is_null())
        .count(db)
        .await?;
    let refresh_tokens = refresh_token::Entity::find()
        .filter(refresh_token::Column::UserId.eq(id))
        .filter(refresh_token::Column::UsedAt.is_null())
        .filter(refresh_token::Column::ExpiresAt.gt(ctx.now().utc()))
        .count(db)
        .await?;
    let personal_tokens = personal_token::Entity::find()
        .filter(personal_token::Column::UserId.eq(id))
        .filter(personal_token::Column::CredentialsVersion.eq(row.credentials_version))
        .filter(
            Condition::any()
                .add(personal_token::Column::ExpiresAt.is_null())
                .add(personal_token::Column::ExpiresAt.gt(ctx.now().utc())),
        )
        .count(db)
        .await?;
    let webhooks = webhook::Entity::find().filter(webhook::Column::OrganizerId.eq(id)).count(db);
    let webhooks = webhooks.await?;
    let time_zone = row.time_zone.clone();
    let email_verified_at = row.email_verified_at.map(Into::into);
    let account = row.into();
    Ok(AccountDetails {
        account,
        email_verified_at,
        time_zone,
        competitions,
        registrations,
        unread_mail,
        refresh_tokens,
        personal_tokens,
        webhooks,
    })
}
