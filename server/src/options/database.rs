//! Options of the database.

use std::{fs, path::Path};

use clap::Args;
use service::is_authority;
use url::Url;

use super::Optional;

/// The parameters of a URL that say how TLS is used, as libpq and sqlx name them.
const MODE: [&str; 2] = ["sslmode", "ssl-mode"];
const AUTHORITY: [&str; 3] = ["sslrootcert", "ssl-root-cert", "ssl-ca"];

/// Options of the database.
#[derive(Clone, Debug, Args)]
pub struct DatabaseOptions {
    /// The database: sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_parser = database_url,
          default_value = "sqlite://data/mini-compete.db", global = true)]
    pub database_url: String,

    /// File with the certificates (PEM) of the private authority that has signed the certificate of
    /// PostgreSQL; the certificate and the name of the host are verified then
    #[arg(long, env = "DATABASE_CA_FILE", value_parser = database_ca,
          default_value = "", hide_default_value = true, global = true)]
    pub database_ca_file: Optional,

    /// Most connections to the database
    #[arg(long, env = "DATABASE_CONNECTIONS",
          value_parser = clap::value_parser!(u32).range(2..=1000),
          default_value_t = 20, global = true)]
    pub database_connections: u32,
}

impl DatabaseOptions {
    /// The URL, with the parameters that DATABASE_CA_FILE stands for. PostgreSQL's own programs
    /// read them, too.
    ///
    /// # Errors
    /// A sentence, when DATABASE_CA_FILE would have no effect, or a file that the URL names is no
    /// authority.
    pub fn url(&self) -> Result<String, String> {
        let text = &self.database_url;
        let Some(file) = &self.database_ca_file.0 else {
            if let Some(file) = parameter(text, &AUTHORITY) {
                authority(&file).map_err(|error| format!("DATABASE_URL: {file}: {error}"))?;
            }
            return Ok(text.clone());
        };
        if text.starts_with("sqlite:") {
            return Err("DATABASE_CA_FILE has no effect on SQLite: leave it out".to_owned());
        }
        if parameter(text, &AUTHORITY).is_some() {
            return Err("DATABASE_CA_FILE and the sslrootcert of DATABASE_URL are the same \
                        setting: leave one of them out"
                .to_owned());
        }
        let mode = parameter(text, &MODE);
        if !matches!(mode.as_deref(), None | Some("verify-full" | "verify-ca")) {
            return Err("DATABASE_CA_FILE has no effect with this sslmode of DATABASE_URL: use \
                        sslmode=verify-full, or leave sslmode out"
                .to_owned());
        }
        let mut url = Url::parse(text).map_err(|error| format!("DATABASE_URL: {error}"))?;
        if mode.is_none() {
            url.query_pairs_mut().append_pair("sslmode", "verify-full");
        }
        url.query_pairs_mut().append_pair("sslrootcert", file);
        Ok(url.into())
    }
}

/// The value of a parameter that has several names.
fn parameter(url: &str, names: &[&str]) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let found = url.query_pairs().find(|(name, _)| names.contains(&&**name));
    found.map(|(_, value)| value.into_owned())
}

fn database_url(text: &str) -> Result<String, String> {
    let known = ["sqlite:", "postgres://", "postgresql://"];
    if known.iter().any(|scheme| text.starts_with(scheme)) {
        Ok(text.to_owned())
    } else {
        Err("it must begin with sqlite:// or postgres://".to_owned())
    }
}

/// Checks the file. The path is kept, because the driver reads it with each connection.
fn database_ca(path: &str) -> Result<Optional, String> {
    Optional::parse(path, |path| {
        authority(path)?;
        let path = Path::new(path).canonicalize().map_err(|error| error.to_string())?;
        path.into_os_string().into_string().map_err(|_| "its path is not UTF-8".to_owned())
    })
}

fn authority(path: &str) -> Result<(), String> {
    let pem = fs::read_to_string(path).map_err(|error| error.to_string())?;
    if is_authority(&pem) {
        Ok(())
    } else {
        Err("it contains no certificates in PEM: -----BEGIN CERTIFICATE-----".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUTHORITY_FILE: &str =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../service/tests/it/certificates/authority.pem");

    fn options(url: &str, ca: &str) -> DatabaseOptions {
        DatabaseOptions {
            database_url: url.to_owned(),
            database_ca_file: database_ca(ca).unwrap(),
            database_connections: 2,
        }
    }

    #[test]
    fn a_private_authority_implies_that_everything_is_verified() {
        let url = options("postgres://ada@db.example/club", AUTHORITY_FILE).url().unwrap();
        assert!(url.starts_with("postgres://ada@db.example/club?sslmode=verify-full"), "{url}");
        assert!(parameter(&url, &AUTHORITY).unwrap().ends_with("authority.pem"), "{url}");
        let plain = "postgres://ada@db.example/club?sslmode=require";
        assert_eq!(options(plain, "").url().unwrap(), plain);
    }

    #[test]
    fn a_private_authority_without_effect_is_refused() {
        for url in [
            "sqlite://x.db",
            "postgres://db.example/club?sslmode=require",
            "postgres://db.example/club?sslrootcert=/other.pem",
        ] {
            let error = options(url, AUTHORITY_FILE).url().unwrap_err();
            assert!(error.contains("DATABASE_CA_FILE"), "{error}");
        }
    }

    #[test]
    fn a_file_that_is_no_authority_is_refused() {
        let key = AUTHORITY_FILE.replace("authority.pem", "server.key");
        assert!(database_ca(&key).unwrap_err().contains("PEM"));
        assert!(database_ca("/nowhere.pem").unwrap_err().contains("No such file"));
        let named = options("postgres://db.example/club?sslrootcert=/nowhere.pem", "");
        assert!(named.url().unwrap_err().contains("/nowhere.pem: No such file"));
    }
}
