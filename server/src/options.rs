//! Options of the web server.

use std::{net::IpAddr, path::PathBuf};

use axum::http::HeaderValue;
use clap::Args;

use crate::{
    StreamLimits, TrafficOptions,
    auth::TokenLifetime,
    security::{HttpLimits, TrustedProxies},
};

/// The shortest secret, in characters: as long as the hash (RFC 7518, section 3.2).
const MIN_SECRET: usize = 32;

/// Options of `mini-compete serve`.
#[derive(Clone, Debug, Args)]
pub struct ServerOptions {
    /// Address to listen on; 0.0.0.0 for every interface
    #[arg(long, env = "HOST", default_value = "127.0.0.1")]
    pub host: IpAddr,

    /// Port to listen on; 0 for any free port
    #[arg(long, env = "PORT", default_value_t = 3000)]
    pub port: u16,

    /// The public URL of the site. It is an option of every command, because mails hold links.
    #[arg(skip)]
    pub site_url: Option<String>,

    /// Origins of other sites whose pages may call the API, separated by commas
    #[arg(long, env = "CORS_ORIGINS", value_parser = origins, default_value = "")]
    pub cors_origins: Origins,

    /// Proxies whose X-Forwarded-For is trusted: addresses or networks, separated by commas
    #[arg(long, env = "TRUSTED_PROXIES", default_value = "")]
    pub trusted_proxies: TrustedProxies,

    /// Secret that signs the API's tokens: at least 32 characters. Required in production, else
    /// generated and stored in the data folder
    #[arg(long, env = "JWT_SECRET", hide_env_values = true, value_parser = secret)]
    pub jwt_secret: Option<String>,

    /// Lifetime of the API's access tokens, such as 15m, 24h or 7d; at most 365d
    #[arg(long, env = "JWT_EXPIRATION", default_value = "24h")]
    pub jwt_expiration: TokenLifetime,

    /// Folder of the site's files [default: found beside this program]
    #[arg(long, env = "SITE_ROOT")]
    pub site_root: Option<PathBuf>,

    /// Limits of traffic.
    #[command(flatten)]
    pub traffic: TrafficOptions,

    /// Limits of event streams.
    #[command(flatten)]
    pub streams: StreamLimits,

    /// Limits without options, which only tests change.
    #[arg(skip)]
    pub limits: HttpLimits,
}

impl ServerOptions {
    /// Whether browsers reach the site through https.
    pub fn is_https(&self) -> bool {
        self.site_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }

    /// The public URL of the site, without a slash at the end.
    pub fn site_url(&self) -> String {
        self.site_url.clone().unwrap_or_else(|| format!("http://localhost:{}", self.port))
    }
}

/// Origins, in the form of the `Origin` header.
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
    fn an_origin_is_http_or_https_without_a_path() {
        assert_eq!(origins("").unwrap().0.len(), 0);
        assert_eq!(origins("https://a.example, http://localhost:5173").unwrap().0.len(), 2);
        for bad in ["*", "a.example", "ftp://a.example", "https://a.example/path", "https://"] {
            assert!(origins(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_short_secret_is_rejected() {
        assert!(secret("too short").is_err());
        assert!(secret(&"x".repeat(32)).is_ok());
    }
}
