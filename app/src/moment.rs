//! A time, formatted on the server.

use domain::Timestamp;
use serde::{Deserialize, Serialize};

/// A time, formatted on the server: the rules of all time zones are too large for browsers to load.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// The time.
    pub at: Timestamp,
    /// `Sun 29 Nov 2026, 08:10 CET`: the time in the zone of the event, or in that of the viewer
    /// when there is no event.
    pub text: String,
    /// The offset of that zone from UTC, in minutes.
    pub offset: i32,
    /// The time in the zone of the viewer.
    pub viewer_text: ViewerText,
}

/// A [`Moment`] in the zone of the viewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ViewerText {
    /// The viewer has chosen no time zone; only the browser knows it.
    AskBrowser,
    /// The same as [`Moment::text`].
    Same,
    /// Another text.
    Differs(String),
}

impl Moment {
    /// The day of the week in three letters: `Sun`.
    pub(crate) fn weekday(&self) -> String {
        self.word(0)
    }

    /// The day of the month: `29`.
    pub(crate) fn day(&self) -> String {
        self.word(1)
    }

    /// The month in three letters: `Nov`.
    pub(crate) fn month(&self) -> String {
        self.word(2)
    }

    fn word(&self, index: usize) -> String {
        self.text.split(' ').nth(index).unwrap_or_default().to_owned()
    }
}
