//! A point in time, ready to be shown.

use domain::Timestamp;
use serde::{Deserialize, Serialize};

/// A point in time, ready to be shown: which time it is elsewhere only the server can say, for the rules of all zones
/// are too much for a browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// `Sun 29 Nov 2026, 08:10 CET`: what clocks show then where it happens; those of the viewer, for what happens
    /// nowhere.
    pub text: String,
    /// How far those clocks are ahead of UTC then, in minutes.
    pub offset: i32,
    /// What the viewer's clocks show then.
    pub viewer_text: ViewerText,
}

/// What the clocks of a viewer show at a [`Moment`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ViewerText {
    /// The viewer has chosen no time zone: only their browser knows.
    AskBrowser,
    /// The same.
    Same,
    /// Something else, as in [`Moment::text`].
    Differs(String),
}

impl Moment {
    /// The day of the month there: `29`.
    pub(crate) fn day(&self) -> String {
        self.word(1)
    }

    /// The month there, in three letters: `Nov`.
    pub(crate) fn month(&self) -> String {
        self.word(2)
    }

    fn word(&self, index: usize) -> String {
        self.text.split(' ').nth(index).unwrap_or_default().to_owned()
    }
}
