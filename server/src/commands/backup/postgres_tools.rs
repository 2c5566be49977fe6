//! `pg_dump` and `pg_restore`, which PostgreSQL brings along.

use std::{
    io::{self, Read},
    process::{Command, Stdio},
};

use percent_encoding::percent_decode_str;
use url::Url;

use super::super::Result;

/// Parameters of a URL that libpq knows. The driver of this program knows more.
const KNOWN_TO_LIBPQ: [&str; 9] = [
    "host",
    "port",
    "user",
    "dbname",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "connect_timeout",
];

/// A tool with its connection: the URL without the password, and the password for the environment.
/// Arguments are visible to every user of the machine.
#[derive(Debug, PartialEq, Eq)]
struct Login {
    url: String,
    password: Option<String>,
}

impl Login {
    fn of(url: &str) -> Result<Self> {
        let mut url = Url::parse(url)?;
        let mut password = match url.password() {
            Some(password) => Some(percent_decode_str(password).decode_utf8()?.into_owned()),
            None => None,
        };
        if password.is_some() {
            url.set_password(None).map_err(|()| "DATABASE_URL cannot be read")?;
        }
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        url.set_query(None);
        for (name, value) in pairs {
            let name = match &*name {
                "ssl-mode" => "sslmode",
                "ssl-root-cert" | "ssl-ca" => "sslrootcert",
                "ssl-cert" => "sslcert",
                "ssl-key" => "sslkey",
                name => name,
            };
            if name == "password" {
                password = Some(value);
            } else if KNOWN_TO_LIBPQ.contains(&name) {
                url.query_pairs_mut().append_pair(name, &value);
            }
        }
        Ok(Self { url: url.into(), password })
    }

    fn command(&self, tool: &str) -> Command {
        let mut command = Command::new(tool);
        command.arg(format!("--dbname={}", self.url)).stdin(Stdio::null());
        if let Some(password) = &self.password {
            command.env("PGPASSWORD", password);
        }
        command
    }
}

/// Checks that a tool is installed and not older than the server, whose `server_version_num` is
/// `server`.
///
/// # Errors
/// A sentence that says what to install.
pub(super) fn check(tool: &str, server: &str) -> Result {
    let needed = server.parse::<u32>()? / 10_000;
    let output = Command::new(tool).arg("--version").output().map_err(|error| {
        format!(
            "{tool} does not start ({error}): install the PostgreSQL client programs of version \
             {needed} or newer (Debian: postgresql-client-{needed})"
        )
    })?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    match major_version(&said) {
        Some(found) if found >= needed => Ok(()),
        _ => Err(format!(
            "the server is PostgreSQL {needed}, and `{tool} --version` says `{}`: install the \
             client programs of version {needed} or newer",
            said.trim()
        )
        .into()),
    }
}

/// The number in `pg_dump (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`.
fn major_version(said: &str) -> Option<u32> {
    let (_, rest) = said.split_once("(PostgreSQL) ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Dumps the database, and gives `take` what it says.
///
/// # Errors
/// What the tool has said on standard error.
pub(super) fn dump(url: &str, take: impl FnOnce(&mut dyn Read) -> io::Result<()>) -> Result {
    let mut command = Login::of(url)?.command("pg_dump");
    command.args(["--format=custom", "--no-owner", "--no-privileges"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.map_err(|error| format!("pg_dump does not start: {error}"))?;
    let (output, errors) = (child.stdout.take(), child.stderr.take());
    let said = std::thread::spawn(move || read_all(errors));
    let mut ended = Ended { output, child: &mut child, said: Some(said) };
    take(&mut ended)?;
    Ok(())
}

/// The output of a tool. Its end is an error unless the tool has succeeded, so that a file is never
/// finished with half a dump.
struct Ended<'a> {
    output: Option<std::process::ChildStdout>,
    child: &'a mut std::process::Child,
    said: Option<std::thread::JoinHandle<String>>,
}

impl Read for Ended<'_> {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        let Some(output) = &mut self.output else { return Ok(0) };
        let length = output.read(block)?;
        if length > 0 || block.is_empty() {
            return Ok(length);
        }
        self.output = None;
        let status = self.child.wait()?;
        let said = self.said.take().and_then(|said| said.join().ok()).unwrap_or_default();
        if status.success() {
            Ok(0)
        } else {
            Err(io::Error::other(format!("pg_dump has failed: {}", said.trim())))
        }
    }
}

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_all(output: Option<impl Read>) -> String {
    let mut said = Vec::new();
    if let Some(mut output) = output {
        // What was read until an error is what there is to report.
        let _ = output.read_to_end(&mut said);
    }
    String::from_utf8_lossy(&said).into_owned()
}

/// Restores a dump into an empty database, in one transaction.
///
/// # Errors
/// What the tool has said on standard error; the database is still empty.
pub(super) fn restore(url: &str, data: &mut dyn Read, report: &mut dyn FnMut(u64)) -> Result {
    let mut command = Login::of(url)?.command("pg_restore");
    command.args(["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]);
    let child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.map_err(|error| format!("pg_restore does not start: {error}"))?;
    let (input, errors) = (child.stdin.take(), child.stderr.take());
    let said = std::thread::spawn(move || read_all(errors));
    let fed = match input {
        Some(mut input) => super::archive::copy_to(data, &mut input, report),
        None => Ok(()),
    };
    let status = child.wait()?;
    let said = said.join().unwrap_or_default();
    if !status.success() {
        return Err(format!("pg_restore has failed: {}", said.trim()).into());
    }
    Ok(fed?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_no_argument() {
        let login =
            Login::of("postgres://me:p%40ss@db.example:5433/club?sslmode=verify-full&x=1&ssl-ca=a")
                .unwrap();
        assert_eq!(login.password.as_deref(), Some("p@ss"));
        let expected = "postgres://me@db.example:5433/club?sslmode=verify-full&sslrootcert=a";
        assert_eq!(login.url, expected);
        let command = login.command("pg_dump");
        assert!(!format!("{:?}", command.get_args()).contains("p@ss"));
        let login = Login::of("postgres:///club?host=/run/postgresql&password=secret").unwrap();
        assert_eq!(login.password.as_deref(), Some("secret"));
        assert!(!login.url.contains("secret"), "{}", login.url);
    }

    #[test]
    fn a_tool_that_is_missing_or_older_than_the_server_is_refused() {
        let missing = check("pg_dump_of_nobody", "150004").unwrap_err().to_string();
        assert!(missing.contains("postgresql-client-15"), "{missing}");
        let said = "pg_dump (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)";
        assert_eq!(major_version(said), Some(15));
        assert_eq!(major_version("pg_dump"), None);
        // `true --version` names another program.
        assert!(check("true", "990000").is_err());
    }
}
