//! The words of a message.

use askama::Template;
use domain::RegistrationStatus;

use crate::{
    Context,
    entity::{competition, organizer_message, registration, user},
    mail::{
        example::{self, Example},
        links::Links,
        reader::Reader,
        templates::{RenderedMail, UserText},
    },
};

/// What all mails of one message have in common.
pub(super) struct MessageWords<'a> {
    message: &'a organizer_message::Model,
    title: UserText<'a>,
    organizer: UserText<'a>,
    links: Links,
}

/// The text is Markdown, and keeps its web addresses: its readers have registered with the
/// organizer, and can unsubscribe.
#[derive(Template)]
#[template(path = "mail/organizer_message.txt")]
struct Message<'a> {
    /// Whether it goes to its organizer, to try it.
    is_test: bool,
    subject: UserText<'a>,
    text: &'a str,
    reader: Reader<'a>,
    title: UserText<'a>,
    organizer: UserText<'a>,
    /// How its reader takes part; `None` in a test.
    status: Option<RegistrationStatus>,
    links: &'a Links,
    registration: Option<domain::RegistrationId>,
}

impl<'a> MessageWords<'a> {
    pub(super) fn new(
        ctx: &Context,
        message: &'a organizer_message::Model,
        competition: &'a competition::Model,
        organizer: &'a user::Model,
    ) -> Self {
        Self {
            message,
            title: UserText(&competition.title),
            organizer: UserText(&organizer.name),
            links: Links::of(ctx, competition.id),
        }
    }

    /// For the participant with a registration.
    pub(super) fn to(&self, user: &user::Model, row: &registration::Model) -> RenderedMail {
        RenderedMail::of(&Message {
            status: Some(row.status),
            registration: Some(row.id),
            ..self.template(user)
        })
    }

    /// For its organizer, to try it.
    pub(super) fn test(&self, organizer: &user::Model) -> RenderedMail {
        RenderedMail::of(&Message { is_test: true, ..self.template(organizer) })
    }

    fn template<'b>(&'b self, reader: &'b user::Model) -> Message<'b> {
        Message {
            is_test: false,
            subject: UserText(&self.message.subject),
            text: &self.message.text,
            reader: reader.into(),
            title: self.title,
            organizer: self.organizer,
            status: None,
            links: &self.links,
            registration: None,
        }
    }
}

/// The mails of this module, as their previews show them.
pub(crate) fn mail_examples() -> Vec<Example> {
    let text = "Please bring **your own** laptop:\n\n- charged\n- with a charger\n\nThe hall opens \
                at nine, see <https://code.example/hall>.";
    let links = example::links();
    let message = |status: Option<RegistrationStatus>| Message {
        is_test: status.is_none(),
        subject: UserText("Bring a laptop"),
        text,
        reader: example::READER,
        title: example::TITLE,
        organizer: UserText("Ada Lovelace"),
        status,
        links: &links,
        registration: status.map(|_| example::REGISTRATION),
    };
    let example =
        |name, status| Example { markdown: Some(text), ..Example::of(name, &message(status)) };
    vec![
        example("organizer_message", Some(RegistrationStatus::Confirmed)),
        example("organizer_message.waitlisted", Some(RegistrationStatus::Waitlisted)),
        example("organizer_message.test", None),
    ]
}
