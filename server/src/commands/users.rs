//! `mini-compete users`.

use domain::{Email, Timestamp};
use service::accounts::{self, AccountFilter, AccountSummary};

use super::{
    Result,
    output::{print, print_json, table},
};
use crate::{cli::UserList, options::InstallationOptions};

/// Prints a page of the accounts.
pub(super) async fn list(installation: &InstallationOptions, list: UserList) -> Result {
    let ctx = installation.open().await?;
    let filter = AccountFilter {
        role: list.role.map(Into::into),
        search: list.search,
        disabled: (list.disabled || list.enabled).then_some(list.disabled),
        after: list.after,
    };
    let page = accounts::list(&ctx, &filter, list.limit).await?;
    if list.json {
        return print_json(&page);
    }
    let rows = page.users.into_iter().map(row);
    print(&table(["ID", "EMAIL", "NAME", "ROLE", "CREATED", "DISABLED"], rows))?;
    match page.next {
        Some(next) => print(&format!("\nThere are more: --after {next}")),
        None => Ok(()),
    }
}

fn row(account: AccountSummary) -> [String; 6] {
    [
        account.id.to_string(),
        account.email,
        account.name,
        account.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", "),
        account.created_at.to_string(),
        or_dash(account.disabled_at),
    ]
}

fn or_dash(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "-".to_owned(), |at| at.to_string())
}

/// Prints one account.
pub(super) async fn show(installation: &InstallationOptions, email: &str, json: bool) -> Result {
    let ctx = installation.open().await?;
    let details = accounts::details(&ctx, &Email::parse(email)?).await?;
    if json {
        return print_json(&details);
    }
    let [id, email, name, role, created, disabled] = row(details.account);
    let rows = [
        ("id", id),
        ("email", email),
        ("name", name),
        ("role", role),
        ("created", created),
        ("disabled", disabled),
        ("address verified", or_dash(details.email_verified_at)),
        ("time zone", details.time_zone.unwrap_or_else(|| "-".to_owned())),
        ("competitions", details.competitions.to_string()),
        ("registrations with a seat", details.registrations.to_string()),
        ("unread messages", details.unread_mail.to_string()),
        ("refresh tokens", details.refresh_tokens.to_string()),
        ("personal tokens", details.personal_tokens.to_string()),
        ("webhooks", details.webhooks.to_string()),
    ];
    let rows = rows.map(|(name, value)| [name.to_owned(), value]);
    print(&table(["FIELD", "VALUE"], rows))
}

/// Disables an account.
pub(super) async fn disable(installation: &InstallationOptions, email: &str) -> Result {
    let ctx = installation.open().await?;
    let user = accounts::disable(&ctx, &Email::parse(email)?).await?;
    print(&format!("{} is disabled. Its sessions and tokens have ended.", user.email))
}

/// Enables an account.
pub(super) async fn enable(installation: &InstallationOptions, email: &str) -> Result {
    let ctx = installation.open().await?;
    let user = accounts::enable(&ctx, &Email::parse(email)?).await?;
    print(&format!("{} can log in.", user.email))
}
