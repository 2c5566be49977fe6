//! Answers of a registration in mails.

/// The most characters of an answer.
const MAX_LENGTH: usize = 200;

/// The beginning of an answer that is too long for a mail.
pub(crate) fn shortened(mut answer: String) -> String {
    if let Some((end, _)) = answer.char_indices().nth(MAX_LENGTH) {
        answer.truncate(end);
        answer.push('…');
    }
    answer
}
