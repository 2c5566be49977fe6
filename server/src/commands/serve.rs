//! `mini-compete serve`.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use service::{Context, Mode, demo};
use tokio::{net::TcpListener, time};
use worker::{InstallationOptions, WorkerOptions, process};

use super::Result;
use crate::{
    AppState, SharedReads, Tokens, data_folder, listen, options::ServerOptions, router, site,
};

/// How long requests may go on after the signal to stop.
const GRACE: Duration = Duration::from_secs(25);

pub(super) async fn run(
    installation: InstallationOptions,
    mut options: ServerOptions,
    worker: Option<WorkerOptions>,
    seed_demo: bool,
) -> Result {
    // Everything that can be wrong is found before the first thing is changed.
    let site_root = site::find(options.site_root.as_deref())?;
    let secret = secret(&installation, &options)?;
    let listener = TcpListener::bind(SocketAddr::new(options.host, options.port)).await;
    let listener = listener
        .map_err(|error| format!("cannot listen on {}:{}: {error}", options.host, options.port))?;
    let address = listener.local_addr()?;
    let stop = process::stop_signal()?;

    let site_url =
        installation.site_url.clone().unwrap_or_else(|| format!("http://{}", shown(address)));
    options.site_url = Some(site_url.clone());

    let ctx = installation.open_at(&site_url).await?;
    if seed_demo {
        seed(&ctx).await?;
    }
    let worker = worker.map(|worker| tokio::spawn(worker::run(ctx.clone(), worker, stop.clone())));
    let state = AppState {
        reads: SharedReads::new(ctx.clone()),
        ctx,
        tokens: Arc::new(Tokens::new(&secret)),
        stop: stop.clone(),
        leptos: site::options(&site_root, address),
    };
    tracing::info!(server.address = %address, "serving {site_url}");

    let mut limits = options.limits;
    if !state.ctx.has_rate_limits() {
        limits.connections_per_address = usize::MAX;
    }
    let router = router(state, &options);
    let proxies = options.trusted_proxies;
    let serve = listen::serve(listener, router, limits, proxies, stop.clone());
    let out_of_time = async {
        stop.cancelled().await;
        time::sleep(GRACE).await;
    };
    tokio::select! {
        () = serve => {}
        () = out_of_time => tracing::warn!("some requests did not end in time"),
    }
    if let Some(worker) = worker {
        worker.await?;
    }
    Ok(())
}

/// What signs the tokens: as configured, or kept in the data folder.
fn secret(installation: &InstallationOptions, options: &ServerOptions) -> Result<String> {
    match &options.jwt_secret {
        Some(secret) => Ok(secret.clone()),
        None if installation.mode() == Mode::Production => Err(
            "JWT_SECRET is required in production: at least 32 characters, the same for every process"
                .into(),
        ),
        None => {
            let folder = data_folder::of(&installation.database_url);
            data_folder::secret(&folder)
                .map_err(|error| format!("the secret in {}: {error}", folder.display()).into())
        }
    }
}

async fn seed(ctx: &Context) -> Result {
    let seeded = demo::seed(ctx).await?;
    if seeded != demo::Seeded::default() {
        tracing::info!(users = seeded.users, competitions = seeded.competitions, "demo data made");
    }
    Ok(())
}

/// An address that can be typed into a browser.
fn shown(address: SocketAddr) -> String {
    if address.ip().is_loopback() || address.ip().is_unspecified() {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    }
}
