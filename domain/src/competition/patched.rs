//! Fields of an edit, which may be absent.

use crate::{Faults, Raw};

/// `Some(None)` when the field is absent, `None` when it is wrong.
pub(super) fn optional<R, T>(
    faults: &mut Faults,
    field: &str,
    raw: Raw<R>,
    parse: impl FnOnce(Raw<R>) -> Result<T, String>,
) -> Option<Option<T>> {
    match raw {
        Raw::Missing => Some(None),
        raw => faults.check(field, parse(raw)).map(Some),
    }
}

/// The same for a field that `null` removes.
pub(super) fn nullable<R, T>(
    faults: &mut Faults,
    field: &str,
    raw: Option<Raw<R>>,
    parse: impl FnOnce(&Raw<R>) -> Result<Option<T>, String>,
) -> Option<Option<Option<T>>> {
    match raw {
        None => Some(None),
        Some(raw) => faults.check(field, parse(&raw)).map(Some),
    }
}
