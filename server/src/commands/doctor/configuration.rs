//! Options that do not fit together, or do not fit production.

use service::{Mode, diagnostics::Finding};

use crate::{
    cli::OptionSource,
    open_files,
    options::{InstallationOptions, ServerOptions, Switch},
};

/// The lowest cost of a password hash in production.
const MIN_BCRYPT_COST: u32 = 10;

pub(super) fn look(
    installation: &InstallationOptions,
    server: &ServerOptions,
    options: &[OptionSource],
) -> Vec<Finding> {
    let mut findings = vec![open_files(server)];
    let unknown: Vec<_> = crate::process::variables_of_env_file()
        .into_iter()
        .filter(|name| name != "RUST_LOG" && options.iter().all(|option| option.name != *name))
        .collect();
    if !unknown.is_empty() {
        findings.push(Finding::warning(
            "configuration.unknown",
            format!("no option reads these variables of .env: {}", unknown.join(", ")),
            "Compare their spelling with .env.example.",
        ));
    }
    if installation.mode() == Mode::Production {
        findings.extend(production(installation, server));
    } else {
        findings.push(Finding::warning(
            "configuration.environment",
            "APP_ENV is development",
            "Set APP_ENV=production for real users: secrets are required then.",
        ));
    }
    findings
}

fn open_files(server: &ServerOptions) -> Finding {
    let check = "limits.open_files";
    let wanted = usize::try_from(server.traffic.connections).unwrap_or(usize::MAX);
    let Some(limit) = open_files::hard_limit() else {
        return Finding::ok(check, "there is no limit");
    };
    let possible = open_files::connections(wanted, Some(limit));
    if possible == wanted {
        Finding::ok(check, format!("{limit}, enough for CONNECTIONS={wanted}"))
    } else {
        Finding::warning(
            check,
            format!("{limit}, enough for {possible} connections; CONNECTIONS is {wanted}"),
            "Raise the hard limit of open files (ulimit -Hn; LimitNOFILE in a systemd unit).",
        )
    }
}

fn production(installation: &InstallationOptions, server: &ServerOptions) -> Vec<Finding> {
    let mut findings = vec![match server.jwt_secret {
        Some(_) => Finding::ok("configuration.secret", "JWT_SECRET is set"),
        None => Finding::error(
            "configuration.secret",
            "JWT_SECRET is not set",
            "Set it to the output of `openssl rand -hex 32`, the same for every server.",
        ),
    }];
    findings.push(match &installation.site_url {
        Some(url) if url.starts_with("https://") => Finding::ok("configuration.site", url),
        Some(url) => Finding::warning(
            "configuration.site",
            format!("SITE_URL is {url}"),
            "Serve the site over https: cookies are Secure then.",
        ),
        None => Finding::warning(
            "configuration.site",
            "SITE_URL is not set",
            "Set it to the public address of the site: links in mail begin with it.",
        ),
    });
    findings.push(if server.trusted_proxies.is_empty() {
        Finding::warning(
            "configuration.proxies",
            "TRUSTED_PROXIES is not set",
            "Set it to the address of the proxy that ends TLS: all clients count as one for the \
             rate limits otherwise.",
        )
    } else {
        Finding::ok("configuration.proxies", "TRUSTED_PROXIES is set")
    });
    if installation.rate_limits == Switch::Off {
        findings.push(Finding::error(
            "configuration.rate_limits",
            "RATE_LIMITS is off",
            "Set it to on: passwords can be guessed without end otherwise.",
        ));
    }
    if installation.bcrypt_cost < MIN_BCRYPT_COST {
        findings.push(Finding::error(
            "configuration.bcrypt_cost",
            format!("BCRYPT_COST is {}", installation.bcrypt_cost),
            format!("Set it to {MIN_BCRYPT_COST} or more, 12 by default."),
        ));
    }
    findings
}
