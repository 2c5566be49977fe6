//! The people and the competition of examples of mails.

use chrono::DateTime;
use domain::RegistrationId;
use uuid::Uuid;

use super::{
    links::Links,
    reader::Reader,
    templates::{RenderedMail, UserText},
    when_and_where::WhenAndWhere,
};

/// The public address of the site in examples.
pub(crate) const SITE: &str = "https://site.example/";
pub(crate) const NAME: UserText<'static> = UserText("Grace Hopper");
pub(crate) const TITLE: UserText<'static> = UserText("Code Sprint");
pub(crate) const READER: Reader<'static> = Reader { name: NAME, time_zone: Some("Asia/Tokyo") };
pub(crate) const REGISTRATION: RegistrationId = RegistrationId(Uuid::from_u128(7));

/// A mail, by the name of its template, and of the case where a template has several:
/// `confirmation.promoted`.
#[derive(Clone, Debug)]
pub(crate) struct Example {
    pub(crate) name: &'static str,
    pub(crate) mail: RenderedMail,
    /// What an organizer has written in its text.
    pub(crate) markdown: Option<&'static str>,
}

impl Example {
    pub(crate) fn of_mail(name: &'static str, mail: RenderedMail) -> Self {
        Self { name, mail, markdown: None }
    }

    pub(crate) fn of(name: &'static str, template: &impl askama::Template) -> Self {
        Self::of_mail(name, RenderedMail::of(template))
    }
}

/// A competition in a hall and online.
pub(crate) fn place() -> WhenAndWhere {
    WhenAndWhere {
        start_date: DateTime::from_timestamp(1_795_953_600, 0),
        ends_at: DateTime::from_timestamp(1_795_968_000, 0),
        time_zone: "Europe/Berlin".into(),
        venue_name: Some("Town Hall".into()),
        venue_address: Some("Rathausplatz 1, 10115 Berlin".into()),
        online_url: Some("https://meet.example/42".into()),
    }
}

pub(crate) fn links() -> Links {
    let page = format!("{SITE}competitions/7");
    Links { cancel: format!("{page}/cancel-registration"), page }
}
