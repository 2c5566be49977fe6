//! The progress of a long command, on standard error if it is a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How often the line is drawn.
const TICK: Duration = Duration::from_millis(100);

/// A line that shows how far a command is. It disappears when it is dropped, and shows nothing
/// where standard error is no terminal.
#[derive(Debug)]
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Counts without a known end: `1,234 rows deleted`.
    pub(super) fn counting(what: &'static str) -> Self {
        Self::with_template(ProgressBar::new_spinner(), "{spinner} {human_pos} {msg}", what)
    }

    /// Counts bytes without a known end: `1.20 MiB written`.
    pub(super) fn bytes(what: &'static str) -> Self {
        Self::with_template(ProgressBar::new_spinner(), "{spinner} {bytes} {msg}", what)
    }

    /// Counts to `total`.
    pub(super) fn up_to(total: u64, what: &'static str) -> Self {
        let template = "{wide_bar} {human_pos} of {human_len} {msg}";
        Self::with_template(ProgressBar::new(total), template, what)
    }

    fn with_template(bar: ProgressBar, template: &str, what: &'static str) -> Self {
        let style = ProgressStyle::with_template(template).expect("a template without mistakes");
        bar.set_style(style);
        bar.set_message(what);
        bar.enable_steady_tick(TICK);
        Self(bar)
    }

    /// Sets the count.
    pub(super) fn set(&self, count: u64) {
        self.0.set_position(count);
    }

    /// Removes the line.
    pub(super) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}
