//! The `mini-compete` command.

use std::process::ExitCode;

use mimalloc::MiMalloc;
use server::{cli::Cli, commands, observability, process};

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
    // Before the file sets them: variables that are set win.
    let env_file: Vec<_> = process::variables_of_env_file()
        .into_iter()
        .filter(|name| std::env::var_os(name).is_none())
        .collect();
    process::load_env_file()?;
    let (cli, options) = Cli::read(&env_file);
    service::install_crypto_provider();
    let traces = observability::start(cli.observability.log_format(cli.installation.app_env))?;
    let result = commands::run(cli, options).await;
    if let Some(traces) = traces {
        traces.flush().await;
    }
    result
}
