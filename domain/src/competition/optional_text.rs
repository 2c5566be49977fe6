//! Texts that a competition can be without.

use crate::{Faults, Raw, account::optional_text};

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
        self.0.check(field, optional_text(raw, label, parse)).map(Some)
    }
}
