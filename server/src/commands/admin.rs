//! `mini-compete admin`.

use std::io::{self, IsTerminal};

use domain::{Email, Password, PersonName};
use serde_json::json;
use service::{accounts, password_reset};

use super::{
    Result,
    output::{print, print_json},
};
use crate::options::InstallationOptions;

/// Creates an administrator.
pub(super) async fn create(installation: &InstallationOptions, name: &str, email: &str) -> Result {
    let name = PersonName::parse(name)?;
    let email = Email::parse(email)?;
    let password = Password::parse(read_password()?)?;
    let ctx = installation.open().await?;
    let admin = accounts::create_admin(&ctx, name, email, password).await?;
    print(&format!("{} is an administrator now.", admin.user.email))
}

/// Makes an existing account an administrator.
pub(super) async fn promote(installation: &InstallationOptions, email: &str) -> Result {
    let admin = accounts::promote(&installation.open().await?, &Email::parse(email)?).await?;
    print(&format!("{} is an administrator now.", admin.user.email))
}

/// Prints a link that sets a new password.
pub(super) async fn reset_link(
    installation: &InstallationOptions,
    email: &str,
    json: bool,
) -> Result {
    let ctx = installation.open().await?;
    let link = password_reset::link(&ctx, &Email::parse(email)?).await?;
    if json {
        let valid_minutes = password_reset::LIFETIME.num_minutes();
        return print_json(&json!({ "link": link, "validMinutes": valid_minutes }));
    }
    print(&format!(
        "{link}\nIt works once within an hour. Anyone who has it can log in as {email}."
    ))
}

/// Prompts on a terminal; otherwise reads the first line of standard input.
fn read_password() -> io::Result<String> {
    if io::stdin().is_terminal() {
        return rpassword::prompt_password("Password (8 characters to 72 bytes): ");
    }
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
