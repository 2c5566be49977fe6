//! The words of mails: one file for each mail in `service/templates/mail/`, checked at compile
//! time. The first line of a file is `Subject: …`; an empty line and the body follow.
//!
//! The values of a template are a struct beside the use case that sends the mail. The preview of
//! each mail, with its text and its HTML part, is in `service/templates/mail/previews/`.

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

/// Compares a mail with its preview, `<template>.snap`, or `<template>.<case>.snap` where a
/// template needs several.
#[cfg(test)]
pub(crate) fn assert_preview(name: &str, mail: &RenderedMail) {
    let RenderedMail { subject, body } = mail;
    let html = super::html_part::html_part("https://site.example/", subject, body);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../templates/mail/previews");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let parts = format!("{SUBJECT}{subject}\n\n{body}\n\n--- text/html ---\n\n{html}");
    settings.bind(|| insta::assert_snapshot!(name, parts));
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

    #[test]
    fn every_template_has_a_preview() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/mail");
        let names = |folder| -> Vec<String> {
            let files = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
            let files = files.filter(|file| file.file_type().unwrap().is_file());
            files.map(|file| file.file_name().into_string().unwrap()).collect()
        };
        let previews = names(folder.join("previews"));
        let previews: Vec<_> = previews.iter().map(|name| name.split('.').next()).collect();
        // Every preview shows the layout.
        let templates = names(folder);
        let templates = templates.iter().filter(|name| *name != "layout.html");
        let templates: Vec<_> = templates.map(|name| name.split('.').next()).collect();
        for template in &templates {
            assert!(previews.contains(template), "the template {template:?} has no preview");
        }
        for preview in &previews {
            assert!(templates.contains(preview), "the preview {preview:?} has no template");
        }
    }
}
