//! Errors that clients see.

mod code;
mod faults;
mod field_error;
mod public_error;

pub use self::{
    code::ErrorCode, faults::Faults, field_error::FieldError, public_error::PublicError,
};

/// The beginning of a text that is longer than `max` bytes.
fn shorten(mut text: String, max: usize) -> String {
    if text.len() > max {
        text.truncate(text.floor_char_boundary(max - '…'.len_utf8()));
        text.push('…');
    }
    text
}
