//! The stored reason why a job did not succeed.

/// The longest reason that is stored, in characters.
const MAX_CHARS: usize = 2_000;

/// A reason that fits the column. PostgreSQL stores no NUL.
pub(super) fn shortened(reason: &str) -> String {
    reason.chars().filter(|c| *c != '\0').take(MAX_CHARS).collect()
}
