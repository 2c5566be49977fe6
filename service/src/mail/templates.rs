//! The words of mails: one file for each mail in `service/templates/mail/`, checked at compile
//! time. The first line of a file is `Subject: …`; an empty line and the body follow.
//!
//! The values of a template are a struct beside the use case that sends the mail, with an example.
//! The preview of each example, with its text and its HTML part, is in
//! `service/templates/mail/previews/`.

use std::fmt;

use askama::Template;
use domain::without_web_addresses;

/// What precedes the subject in a file.
const SUBJECT: &str = "Subject: ";

/// Subject and text of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RenderedMail {
    pub(crate) subject: String,
    pub(crate) body: String,
}

impl RenderedMail {
    /// Fills in a template.
    pub(crate) fn of(template: &impl Template) -> Self {
        let text = render(template);
        let (subject, body) = text.split_once('\n').unwrap_or((&text, ""));
        let subject = subject.strip_prefix(SUBJECT).unwrap_or(subject);
        Self { subject: subject.to_owned(), body: body.trim().to_owned() }
    }
}

/// Fills in a template that is a part of mails.
pub(crate) fn render(template: &impl Template) -> String {
    template.render().expect("writing to a string does not fail")
}

/// Text that a user wrote. A mail shows it without web addresses, which would let anyone advertise
/// in mails of this site.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UserText<'a>(pub(crate) &'a str);

impl fmt::Display for UserText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_web_addresses(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Template)]
    #[template(source = "Subject: News of {{ title }}\n\nHello {{ title }},\n\nBye\n", ext = "txt")]
    struct News<'a> {
        title: UserText<'a>,
    }

    #[test]
    fn the_first_line_of_a_template_is_the_subject() {
        let mail = RenderedMail::of(&News { title: UserText("<b>x</b> & \"y\"") });
        assert_eq!(mail.subject, "News of <b>x</b> & \"y\"");
        assert_eq!(mail.body, "Hello <b>x</b> & \"y\",\n\nBye");
    }

    #[test]
    fn web_addresses_of_users_are_removed() {
        let mail = RenderedMail::of(&News { title: UserText("chess at https://evil.example/") });
        assert_eq!(mail.subject, "News of chess at [link removed]");
    }
}
