//! The commands of `mini-compete`.

mod admin;
mod backup;
mod doctor;
mod healthcheck;
mod jobs;
mod metrics;
mod output;
mod progress;
mod purge;
mod seed;
mod serve;
mod users;

use std::{error::Error, io::Write as _};

use clap::CommandFactory as _;

use self::{metrics::Metrics, output::print};
use crate::{
    api,
    cli::{AdminCommand, Cli, Command, JobsCommand, OptionSource, UsersCommand},
    process,
};

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// Runs a command to its end. `options` say where its options come from.
///
/// # Errors
/// The error that ended the command.
pub async fn run(cli: Cli, options: Vec<OptionSource>) -> Result {
    let (installation, observability) = (cli.installation, cli.observability);
    match cli.command {
        Command::Serve { server, worker, no_worker, seed_demo } => {
            let worker = (!no_worker).then_some(worker);
            serve::run(installation, &observability, *server, worker, seed_demo).await
        }
        Command::Worker { worker } => {
            let metrics = Metrics::start(&observability).await?;
            let stop = process::stop_signal()?;
            let ctx = installation.open().await?;
            if let Some(mut metrics) = metrics {
                metrics.serve(&ctx, &stop)?;
            }
            worker::run(ctx, worker.into(), stop).await?;
            Ok(())
        }
        Command::Migrate => {
            installation.open().await?;
            print("The schema is up to date.")
        }
        Command::Seed(seed) => seed::run(&installation, seed).await,
        Command::Admin(AdminCommand::Create { email, name }) => {
            admin::create(&installation, &name, &email).await
        }
        Command::Admin(AdminCommand::Promote { email }) => {
            admin::promote(&installation, &email).await
        }
        Command::Admin(AdminCommand::ResetLink { email, json }) => {
            admin::reset_link(&installation, &email, json).await
        }
        Command::Users(UsersCommand::List(list)) => users::list(&installation, list).await,
        Command::Users(UsersCommand::Show { email, json }) => {
            users::show(&installation, &email, json).await
        }
        Command::Users(UsersCommand::Disable { email }) => {
            users::disable(&installation, &email).await
        }
        Command::Users(UsersCommand::Enable { email }) => {
            users::enable(&installation, &email).await
        }
        Command::Jobs(JobsCommand::List(list)) => jobs::list(&installation, list).await,
        Command::Jobs(JobsCommand::Retry(which)) => jobs::retry(&installation, which).await,
        Command::Jobs(JobsCommand::Discard { which, yes }) => {
            jobs::discard(&installation, which, yes).await
        }
        Command::Purge { dry_run, json } => purge::run(&installation, dry_run, json).await,
        Command::Backup { file, json } => backup::create(&installation, &file, json).await,
        Command::Restore { file, replace } => backup::restore(&installation, &file, replace).await,
        Command::Doctor(doctor) => doctor::run(&installation, *doctor, options).await,
        Command::Openapi => {
            std::io::stdout().write_all(api::openapi().as_bytes())?;
            Ok(())
        }
        Command::Healthcheck(which) => healthcheck::run(which).await,
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "mini-compete", &mut script);
            std::io::stdout().write_all(&script)?;
            Ok(())
        }
    }
}
