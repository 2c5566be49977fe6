//! Texts that a competition can be without.

use crate::{Faults, Raw};

/// Checks texts, and collects their faults.
pub(super) struct OptionalTexts<'a>(pub(super) &'a mut Faults);

impl OptionalTexts<'_> {
    /// `None` when the text is wrong, `Some(None)` when it is absent. Null or a blank text is
    /// `Some(Some(None))`: it removes.
    pub(super) fn check<T>(
        &mut self,
        field: &str,
        label: &str,
        raw: Option<Raw<String>>,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<Option<Option<T>>> {
        let Some(raw) = raw else { return Some(None) };
        let checked = match raw {
            Raw::Missing => Ok(None),
            Raw::WrongType => Err(format!("{label} must be text")),
            // A form sends an empty text for what was left out.
            Raw::Given(text) if text.trim().is_empty() => Ok(None),
            Raw::Given(text) => parse(&text).map(Some),
        };
        self.0.check(field, checked).map(Some)
    }
}
