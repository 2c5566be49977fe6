//! An example of every mail, for the people who write them.

use crate::{
    accounts, cancellation_notice, change_notice, confirmation, invitations,
    mail::{
        delivery,
        example::{Example, SITE},
        html_part::html_part,
    },
    organizer_messages, organizer_notices, password_reset, personal_tokens, registration,
    registration_notice, reminder, review_notice, webhooks,
};

/// A mail as its recipient sees it.
#[derive(Clone, Debug)]
pub struct MailPreview {
    /// The name of its template, and of the case where a template has several:
    /// `confirmation.promoted`.
    pub name: &'static str,
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// The previews of all mails, with example values.
pub fn mail_previews() -> Vec<MailPreview> {
    let examples = [
        confirmation::mail_examples(),
        registration_notice::mail_examples(),
        review_notice::mail_examples(),
        reminder::mail_examples(),
        change_notice::mail_examples(),
        cancellation_notice::mail_examples(),
        registration::mail_examples(),
        invitations::mail_examples(),
        organizer_messages::mail_examples(),
        organizer_notices::mail_examples(),
        password_reset::mail_examples(),
        accounts::mail_examples(),
        personal_tokens::mail_examples(),
        webhooks::mail_examples(),
        delivery::mail_examples(),
    ];
    let preview = |Example { name, mail, markdown }| MailPreview {
        name,
        html: html_part(SITE, &mail.subject, &mail.body, markdown),
        subject: mail.subject,
        text: mail.body,
    };
    examples.into_iter().flatten().map(preview).collect()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, path::Path};

    use super::*;

    #[test]
    fn every_mail_reads_as_its_preview() {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../templates/mail/previews");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        for MailPreview { name, subject, text, html } in mail_previews() {
            let parts = format!("Subject: {subject}\n\n{text}\n\n--- text/html ---\n\n{html}");
            settings.bind(|| insta::assert_snapshot!(name, parts));
        }
    }

    #[test]
    fn every_template_has_an_example_and_every_preview_is_of_one() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/mail");
        let names = |folder| -> BTreeSet<String> {
            let files = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
            let files = files.filter(|file| file.file_type().unwrap().is_file());
            files.map(|file| file.file_name().into_string().unwrap()).collect()
        };
        let examples: BTreeSet<_> = mail_previews().iter().map(|mail| mail.name).collect();
        let previews = names(folder.join("previews"));
        let previews: BTreeSet<_> =
            previews.iter().map(|name| name.strip_suffix(".snap").unwrap()).collect();
        assert_eq!(previews, examples);
        // Every preview shows the layout.
        let templates = names(folder);
        let templates = templates.iter().filter(|name| *name != "layout.html");
        let templates: BTreeSet<_> = templates.map(|name| name.split('.').next()).collect();
        assert_eq!(templates, examples.iter().map(|name| name.split('.').next()).collect());
    }
}
