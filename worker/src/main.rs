//! Runs background jobs and nothing else, on machines that do not serve.

use std::process::ExitCode;

use clap::Parser;
use worker::{InstallationOptions, WorkerOptions, process};

/// Runs background jobs until it is stopped: confirmations, reminders, mail, clean-up
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(flatten)]
    installation: InstallationOptions,
    #[command(flatten)]
    worker: WorkerOptions,
}

#[tokio::main]
async fn main() -> ExitCode {
    match start().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mini-compete-worker: {}", process::sentence(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn start() -> Result<(), Box<dyn std::error::Error>> {
    process::load_env_file()?;
    let cli = Cli::parse();
    process::start_logging()?;
    let stop = process::stop_signal()?;
    let ctx = cli.installation.open().await?;
    worker::run(ctx, cli.worker, stop).await?;
    Ok(())
}
