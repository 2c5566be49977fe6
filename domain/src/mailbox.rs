//! Messages to users.

use serde::{Deserialize, Serialize};

use crate::{
    Faults, MailId, Page, Paging, PublicError, Timestamp, UserId,
    competition::{filled, search},
};

/// Messages on a page.
const ON_A_PAGE: u64 = 20;

/// A message in a user's mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// Which message.
    pub id: MailId,
    /// Whose mailbox it lies in.
    pub user_id: UserId,
    /// The address it went to.
    #[cfg_attr(feature = "openapi", schema(example = "ada@example.com"))]
    pub to: String,
    /// One line.
    #[cfg_attr(feature = "openapi", schema(example = "Registration Confirmed: Code Sprint"))]
    pub subject: String,
    /// Plain text.
    #[cfg_attr(feature = "openapi", schema(example = "Your seat is reserved."))]
    pub body: String,
    /// When it was put there.
    pub sent_at: Timestamp,
    /// When it was first opened, if it was.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub read_at: Option<Timestamp>,
}

/// The query string of a mailbox, unchecked. Fields that are empty are as good as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailQuery {
    /// Words of the subject or text, in any order and case.
    pub search: Option<String>,
    /// Counted from 1.
    pub page: Option<String>,
}

/// Which part of a mailbox to show, checked.
#[derive(Clone, Debug)]
pub struct MailFilter {
    /// Lower case, if anything is searched for.
    pub search: Option<String>,
    /// The page.
    pub paging: Paging,
}

impl MailQuery {
    /// Applies every rule.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(&self) -> Result<MailFilter, PublicError> {
        let mut faults = Faults::default();
        let search = faults.check("search", search(filled(&self.search)));
        let paging = Paging::parse(&mut faults, self.page.as_deref(), None, ON_A_PAGE);
        let whole = search.zip(paging);
        faults.finish(whole.map(|(search, paging)| MailFilter { search, paging }))
    }
}

/// What the page of a mailbox shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailPage {
    /// The messages that match, newest first.
    pub found: Page<Mail>,
    /// How many are unread, in the whole mailbox.
    pub unread: u64,
    /// Whether there is any message at all.
    pub any: bool,
}
