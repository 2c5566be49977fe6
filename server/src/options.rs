//! Options of the web server.

use std::{net::IpAddr, path::PathBuf};

use axum::http::HeaderValue;
use clap::Args;

use crate::{
    StreamLimits, TrafficOptions,
    auth::TokenLifetime,
    security::{Limits, TrustedProxies},
};

/// The fewest characters of a secret that signs tokens (RFC 7518, section 3.2: as long as the hash).
const MIN_SECRET: usize = 32;

/// How to serve.
#[derive(Clone, Debug, Args)]
pub struct ServerOptions {
    /// Address to listen on; 0.0.0.0 for all of the machine's
    #[arg(long, env = "HOST", default_value = "127.0.0.1")]
    pub host: IpAddr,

    /// Port to listen on; 0 for any that is free
    #[arg(long, env = "PORT", default_value_t = 3000)]
    pub port: u16,

    /// How the world reaches the site; an option of the whole installation, for mails hold links.
    #[arg(skip)]
    pub site_url: Option<String>,

    /// Sites whose pages may call the API: origins, separated by commas
    #[arg(long, env = "CORS_ORIGINS", value_parser = origins, default_value = "")]
    pub cors_origins: Origins,

    /// Proxies whose X-Forwarded-For is believed: addresses or networks, separated by commas
    #[arg(long, env = "TRUSTED_PROXIES", default_value = "")]
    pub trusted_proxies: TrustedProxies,

    /// Signs the API's tokens: at least 32 characters. Required in production, else made and kept in the data folder
    #[arg(long, env = "JWT_SECRET", hide_env_values = true, value_parser = secret)]
    pub jwt_secret: Option<String>,

    /// How long the API's access tokens are valid: 15m, 24h or 7d; at most 365d
    #[arg(long, env = "JWT_EXPIRATION", default_value = "24h")]
    pub jwt_expiration: TokenLifetime,

    /// Folder of the site's files [default: found beside this program]
    #[arg(long, env = "SITE_ROOT")]
    pub site_root: Option<PathBuf>,

    /// How much traffic is taken.
    #[command(flatten)]
    pub traffic: TrafficOptions,

    /// How many event streams are kept open.
    #[command(flatten)]
    pub streams: StreamLimits,

    /// How much and how slowly a client may send; the same everywhere but in tests.
    #[arg(skip)]
    pub limits: Limits,
}

impl ServerOptions {
    /// Whether browsers reach the site through https.
    pub fn is_https(&self) -> bool {
        self.site_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }

    /// How the world reaches the site, without a slash at the end.
    pub fn site_url(&self) -> String {
        self.site_url.clone().unwrap_or_else(|| format!("http://localhost:{}", self.port))
    }
}

/// Origins, as the `Origin` header spells them.
#[derive(Clone, Debug, Default)]
pub struct Origins(pub Vec<HeaderValue>);

fn origins(text: &str) -> Result<Origins, String> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(header).collect::<Result<_, _>>().map(Origins)
}

fn header(text: &str) -> Result<HeaderValue, String> {
    let origin = worker::origin(text)?;
    HeaderValue::from_str(&origin).map_err(|error| error.to_string())
}

fn secret(text: &str) -> Result<String, String> {
    if text.chars().count() < MIN_SECRET {
        Err(format!("it must have at least {MIN_SECRET} characters"))
    } else {
        Ok(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_bare_and_of_the_web() {
        assert_eq!(origins("").unwrap().0.len(), 0);
        assert_eq!(origins("https://a.example, http://localhost:5173").unwrap().0.len(), 2);
        for bad in ["*", "a.example", "ftp://a.example", "https://a.example/path", "https://"] {
            assert!(origins(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn short_secrets_are_refused() {
        assert!(secret("too short").is_err());
        assert!(secret(&"x".repeat(32)).is_ok());
    }
}
