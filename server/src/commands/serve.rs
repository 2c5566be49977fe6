//! `mini-compete serve`.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use service::{Context, Mode, demo};
use tokio::{net::TcpListener, time};
use tokio_util::sync::CancellationToken;

use super::{Result, metrics::Metrics};
use crate::{
    AppState, ResponseCache, StateParts, Tokens, data_folder, listen, open_files,
    options::{InstallationOptions, ObservabilityOptions, ServerOptions, WorkerOptions},
    process, router, site,
};

/// The time limit for requests after the signal to stop, including those accepted while the server
/// drains.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(25);
/// Seconds from that signal until new connections are refused, unless configured.
const DELAY_IN_PRODUCTION: u64 = 5;

pub(super) async fn run(
    installation: InstallationOptions,
    observability: &ObservabilityOptions,
    mut options: ServerOptions,
    worker: Option<WorkerOptions>,
    seed_demo: bool,
) -> Result {
    let open_files = open_files::raise_limit()
        .map_err(|error| format!("the limit of open files cannot be raised: {error}"))?;
    // Checks the configuration before anything is changed.
    let site_root = site::find(options.site_root.as_deref())?;
    let secret = secret(&installation, &options)?;
    let listener = TcpListener::bind(SocketAddr::new(options.host, options.port)).await;
    let listener = listener
        .map_err(|error| format!("cannot listen on {}:{}: {error}", options.host, options.port))?;
    let address = listener.local_addr()?;
    let mut metrics = Metrics::start(observability).await?;
    let draining = process::stop_signal()?;
    let stop = CancellationToken::new();

    let site_url =
        installation.site_url.clone().unwrap_or_else(|| format!("http://{}", browsable(address)));
    options.site_url = Some(site_url.clone());

    let ctx = installation.open_at(&site_url).await?;
    if let Some(metrics) = &mut metrics {
        metrics.serve(&ctx, &draining)?;
    }
    let media = ctx.media().clone();
    tokio::spawn(async move {
        if let Err(error) = media.check().await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "pictures cannot be stored");
        }
    });
    if seed_demo {
        seed(&ctx).await?;
    }
    let worker = worker
        .map(|worker| tokio::spawn(worker::run(ctx.clone(), worker.into(), draining.clone())));
    let state = AppState::from(StateParts {
        response_cache: ResponseCache::new(ctx.clone()),
        ctx,
        tokens: Arc::new(Tokens::new(&secret).valid_for(options.jwt_expiration)),
        draining: draining.clone(),
        stop: stop.clone(),
        leptos: site::options(&site_root, address),
    });
    let mut limits = options.traffic.limits(options.limits, state.ctx.has_rate_limits());
    let connections = open_files::connections(limits.connections, open_files);
    if connections < limits.connections {
        tracing::warn!(
            connections,
            connections.wanted = limits.connections,
            open_files,
            "fewer connections than CONNECTIONS are accepted: \
             raise the limit of open files (ulimit -Hn)",
        );
        limits.connections = connections;
    }
    tracing::info!(server.address = %address, "serving {site_url}");
    let delay = Duration::from_secs(options.traffic.shutdown_delay.unwrap_or_else(|| {
        match installation.mode() {
            Mode::Production => DELAY_IN_PRODUCTION,
            Mode::Development => 0,
        }
    }));
    tokio::spawn({
        let (draining, stop) = (draining.clone(), stop.clone());
        async move {
            draining.cancelled().await;
            // Load balancers keep sending requests until they have polled /health/ready.
            time::sleep(delay).await;
            stop.cancel();
        }
    });
    let scrape = metrics.map(|metrics| metrics.route(&state.ctx)).unwrap_or_default();
    let router = router(state, &options).merge(scrape);
    let proxies = options.trusted_proxies;
    let serve = listen::serve(listener, router, limits, proxies, stop);
    let timeout = async {
        draining.cancelled().await;
        time::sleep(SHUTDOWN_TIMEOUT).await;
    };
    tokio::select! {
        () = serve => {}
        () = timeout => tracing::warn!("some requests did not end in time"),
    }
    if let Some(worker) = worker {
        // A worker that has panicked has stopped the server, too.
        worker.await??;
    }
    Ok(())
}

/// The secret that signs tokens: the configured one, or that of the data folder.
fn secret(installation: &InstallationOptions, options: &ServerOptions) -> Result<String> {
    match &options.jwt_secret {
        Some(secret) => Ok(secret.clone()),
        None if installation.mode() == Mode::Production => {
            Err("JWT_SECRET is required in production: at least 32 characters, \
             the same for every process"
                .into())
        }
        None => {
            let folder = data_folder::of(&installation.database.database_url);
            data_folder::secret(&folder)
                .map_err(|error| format!("the secret in {}: {error}", folder.display()).into())
        }
    }
}

async fn seed(ctx: &Context) -> Result {
    let seeded = demo::seed(ctx).await?;
    if seeded != demo::Seeded::default() {
        tracing::info!(
            users = seeded.users,
            competitions = seeded.competitions,
            "demo data created"
        );
    }
    Ok(())
}

/// The address in a form that a browser can open.
fn browsable(address: SocketAddr) -> String {
    if address.ip().is_loopback() || address.ip().is_unspecified() {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    }
}
