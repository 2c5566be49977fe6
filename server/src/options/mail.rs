//! Options of mail.

use clap::Args;
use service::{MailRate, Mailer, error_chain};

use super::Optional;

/// Options of mail.
#[derive(Clone, Debug, Args)]
pub struct MailOptions {
    /// Mail server: smtps://USER:PASSWORD@HOST, smtp://HOST:PORT?tls=required or, unencrypted,
    /// smtp://HOST; without it messages stay in the mailboxes on the site
    #[arg(long, env = "SMTP_URL", hide_env_values = true, value_parser = smtp_url,
          default_value = "", hide_default_value = true, global = true)]
    pub smtp_url: Optional,

    /// File with the certificates (PEM) of the private authority that has signed the certificate of
    /// the mail server
    #[arg(long, env = "SMTP_CA_FILE", value_parser = smtp_ca,
          default_value = "", hide_default_value = true, global = true)]
    pub smtp_ca_file: Optional,

    /// Sender of mail: `Mini Compete <no-reply@example.com>`; SMTP_URL needs it
    #[arg(long, env = "MAIL_FROM", value_parser = mail_from, global = true)]
    pub mail_from: Option<String>,

    /// Mails a minute that all processes together send at most; without it there is no limit. Set
    /// it to what the provider of the mail server permits
    #[arg(long, env = "MAIL_RATE", value_parser = clap::value_parser!(u32)
          .range(1..=i64::from(MailRate::MAX)), global = true)]
    pub mail_rate: Option<u32>,
}

impl MailOptions {
    /// The client of the mail server, if there is one.
    ///
    /// # Errors
    /// When there is a mail server but no sender, no `site_url` to link to, or certificates for a
    /// connection without TLS.
    pub(crate) fn mailer(
        &self,
        site_url: Option<&str>,
    ) -> Result<Option<Mailer>, Box<dyn std::error::Error>> {
        match (&self.smtp_url.0, &self.mail_from, site_url) {
            (None, ..) => Ok(None),
            (Some(url), Some(from), Some(_)) => {
                let mailer = Mailer::trusting(url, from, self.smtp_ca_file.0.as_deref())?;
                Ok(Some(mailer.limited_to(self.mail_rate.and_then(MailRate::new))))
            }
            (Some(_), None, _) => {
                Err("SMTP_URL needs MAIL_FROM: the address that mail comes from".into())
            }
            (Some(_), _, None) => {
                Err("SMTP_URL needs SITE_URL: mails hold links to the site".into())
            }
        }
    }
}

fn smtp_url(text: &str) -> Result<Optional, String> {
    Optional::parse(text, |url| {
        Mailer::new(url, "nobody@example.com").map_err(|error| error_chain(&error))?;
        Ok(url.to_owned())
    })
}

/// Reads the file, so that the option holds its text.
fn smtp_ca(path: &str) -> Result<Optional, String> {
    Optional::parse(path, |path| {
        let pem = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        Mailer::trusting("smtps://localhost", "nobody@example.com", Some(&pem))
            .map_err(|error| error_chain(&error))?;
        Ok(pem)
    })
}

fn mail_from(text: &str) -> Result<String, String> {
    let nowhere = "smtp://localhost";
    Mailer::new(nowhere, text).map_err(|error| error_chain(&error))?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_server_is_named_by_a_url_and_a_sender_by_an_address() {
        for good in
            ["smtp://localhost", "smtps://me:secret@a.example", "smtp://a.example:587?tls=required"]
        {
            assert!(smtp_url(good).is_ok(), "{good}");
        }
        for bad in ["a.example", "http://a.example", "smtp://a.example?tls=maybe", "smtp://"] {
            assert!(smtp_url(bad).is_err(), "{bad}");
        }
        assert!(mail_from("no-reply@a.example").is_ok());
        assert!(mail_from("Mini Compete <no-reply@a.example>").is_ok());
        assert!(mail_from("Mini Compete").is_err());
        assert!(mail_from("Bücher <info@bücher.example>").is_ok());
        assert!(mail_from("жанна@example.com").is_err());
    }

    #[test]
    fn a_private_authority_is_a_file_of_certificates() {
        let tests = concat!(env!("CARGO_MANIFEST_DIR"), "/../service/tests/it/certificates");
        assert!(smtp_ca(&format!("{tests}/authority.pem")).unwrap().0.is_some());
        assert!(smtp_ca("").unwrap().0.is_none());
        let wrong = smtp_ca(&format!("{tests}/server.key")).unwrap_err();
        assert!(wrong.contains("certificates in PEM"), "{wrong}");
        assert!(smtp_ca("/nowhere.pem").unwrap_err().contains("No such file"));
    }
}
