//! The `mini-compete` command.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use server::{cli::Cli, commands, process};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match start().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mini-compete: {}", service::error_chain(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn start() -> Result<(), Box<dyn std::error::Error>> {
    process::load_env_file()?;
    let cli = Cli::parse();
    process::start_logging()?;
    commands::run(cli).await
}
