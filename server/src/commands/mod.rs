//! The commands of `mini-compete`.

mod admin;
mod jobs;
mod serve;

use std::{error::Error, io::Write as _};

use service::demo;

use crate::{
    api,
    cli::{AdminCommand, Cli, Command, JobsCommand},
    options::InstallationOptions,
    process,
};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// Runs a command to its end.
///
/// # Errors
/// The error that ended the command.
pub async fn run(cli: Cli) -> Result {
    let installation = cli.installation;
    match cli.command {
        Command::Serve { server, worker, no_worker, seed_demo } => {
            let worker = (!no_worker).then_some(worker);
            serve::run(installation, *server, worker, seed_demo).await
        }
        Command::Worker { worker } => {
            let stop = process::stop_signal()?;
            worker::run(installation.open().await?, worker.into(), stop).await?;
            Ok(())
        }
        Command::Migrate => {
            installation.open().await?;
            print("The schema is up to date.")
        }
        Command::Seed => seed(&installation).await,
        Command::Admin(AdminCommand::Create { email, name }) => {
            admin::create(&installation, &name, &email).await
        }
        Command::Admin(AdminCommand::Promote { email }) => {
            admin::promote(&installation, &email).await
        }
        Command::Admin(AdminCommand::ResetLink { email }) => {
            admin::reset_link(&installation, &email).await
        }
        Command::Jobs(JobsCommand::List) => jobs::list(&installation).await,
        Command::Jobs(JobsCommand::Retry { id, .. }) => jobs::retry(&installation, id).await,
        Command::Openapi => {
            std::io::stdout().write_all(api::openapi().as_bytes())?;
            Ok(())
        }
    }
}

async fn seed(installation: &InstallationOptions) -> Result {
    let seeded = demo::seed(&installation.open().await?).await?;
    print(&format!(
        "Created {} accounts and {} competitions; existing ones were left as they are. \
         The password of every demo account is {}.",
        seeded.users,
        seeded.competitions,
        demo::PASSWORD,
    ))
}

/// Writes a line to standard output.
fn print(text: &str) -> Result {
    writeln!(std::io::stdout(), "{text}")?;
    Ok(())
}
