//! The mail server.

use domain::{Email, Timestamp};

use super::Finding;
use crate::{
    Mailer, error_chain,
    infrastructure::ids::new_id,
    mail::{enclosures::Enclosures, html_part::html_part, smtp::Letter},
};

/// Connects to the mail server and logs in there.
pub async fn mail(mailer: &Mailer) -> Finding {
    match mailer.check().await {
        Ok(()) => Finding::ok("mail.reachable", "the server answers and accepts the login"),
        Err(reason) => Finding::error(
            "mail.reachable",
            reason,
            "Check SMTP_URL and SMTP_CA_FILE, and that this machine may connect to the server.",
        ),
    }
}

/// Sends a message to an address.
pub async fn send_test_mail(mailer: &Mailer, to: &Email, site: &str, at: Timestamp) -> Finding {
    let text = format!("This is the test message of `mini-compete doctor`, sent for {site}.\n");
    let letter = Letter {
        id: new_id(),
        to: to.as_str(),
        subject: "Test message of Mini Compete",
        text: &text,
        markdown: None,
        at,
        enclosures: &Enclosures::default(),
    };
    match mailer.send(&letter, &html_part(site, letter.subject, &text, None)).await {
        Ok(()) => Finding::ok("mail.test", format!("the server has accepted a message to {to}")),
        Err(error) => Finding::error(
            "mail.test",
            error_chain(&error),
            "Check that MAIL_FROM is an address from which the server accepts mail.",
        ),
    }
}
