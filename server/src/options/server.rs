//! Options of the web server.

use std::{net::IpAddr, path::PathBuf};

use clap::Args;

use super::{Origins, TrafficOptions, origin::parse_origins};
use crate::{
    StreamLimits,
    auth::TokenLifetime,
    security::{HttpLimits, TrustedProxies},
};

/// The shortest secret, in characters: as long as the hash (RFC 7518, section 3.2).
const MIN_SECRET: usize = 32;

/// Options of `mini-compete serve`.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Web server")]
pub struct ServerOptions {
    /// Address to listen on; 0.0.0.0 for every interface
    #[arg(long, env = "HOST", default_value = "127.0.0.1")]
    pub host: IpAddr,

    /// Port to listen on; 0 for any free port
    #[arg(long, env = "PORT", default_value_t = 3000)]
    pub port: u16,

    /// The public URL of the site, copied from
    /// [`InstallationOptions::site_url`](super::InstallationOptions::site_url).
    #[arg(skip)]
    pub site_url: Option<String>,

    /// Origins of other sites whose pages may call the API, separated by commas
    #[arg(long, env = "CORS_ORIGINS", value_parser = parse_origins, default_value = "")]
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
    fn a_short_secret_is_rejected() {
        assert!(secret("too short").is_err());
        assert!(secret(&"x".repeat(32)).is_ok());
    }
}
