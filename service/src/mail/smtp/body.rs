//! The body of a mail in its parts (RFC 2046).

use lettre::message::{Attachment, MultiPart, MultiPartKind, SinglePart, header::ContentType};

use super::Letter;
use crate::{calendar_file::CalendarMethod, mail::enclosures::EventPart};

/// The name of an enclosed calendar file.
const FILE: &str = "event.ics";

/// The text, the HTML, and an event if there is one: as one of the alternatives, which mail
/// programs with a calendar show, and as a file, which others open.
///
/// The boundaries depend only on the id, so that a mail that is sent again has the same. lettre
/// encodes each part with lines of at most 76 characters.
pub(super) fn parts(letter: &Letter<'_>, html: &str) -> MultiPart {
    let boundary = letter.id.simple().to_string();
    let alternatives = MultiPart::builder()
        .kind(MultiPartKind::Alternative)
        .boundary(&boundary)
        .singlepart(SinglePart::plain(letter.text.to_owned()))
        .singlepart(SinglePart::html(html.to_owned()));
    let Some(EventPart { method, text, .. }) = &letter.enclosures.event else {
        return alternatives;
    };
    let alternatives = alternatives
        .singlepart(SinglePart::builder().header(content_type(*method)).body(text.to_owned()));
    MultiPart::builder()
        .kind(MultiPartKind::Mixed)
        .boundary(format!("mixed-{boundary}"))
        .multipart(alternatives)
        .singlepart(Attachment::new(FILE.to_owned()).body(text.to_owned(), content_type(*method)))
}

/// The parameter has to be the `METHOD` of the file (RFC 6047, section 2.4).
fn content_type(method: CalendarMethod) -> ContentType {
    let value = format!("text/calendar; charset=utf-8; method={}", method.name());
    ContentType::parse(&value).expect("a content type of fixed words")
}
