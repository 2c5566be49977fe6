//! Messages to users.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    CompetitionId, ErrorCode, Faults, MailId, Page, Paging, PublicError, Timestamp, UserId,
    competition::{filled, search},
};

/// Messages on a page.
const ON_A_PAGE: u64 = 20;
/// Messages that are changed at once, at most: more than a page has.
pub const MAX_SELECTED: usize = 100;
/// For how many days a deleted message can be restored.
pub const KEPT_DELETED_DAYS: i64 = 30;

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

/// The query string of a list of messages, unchecked. Fields that are empty are as good as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailQuery {
    /// Words of the subject or text, in any order and case.
    pub search: Option<String>,
    /// Counted from 1.
    pub page: Option<String>,
}

/// The query string of the mailbox, unchecked. Fields that are empty are as good as absent. A
/// search is in the whole mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MailboxQuery {
    /// Words of the subject or text, in any order and case.
    pub search: Option<String>,
    /// Counted from 1.
    pub page: Option<String>,
    /// The id of a competition: the messages about it.
    pub competition: Option<String>,
    /// `true` for the deleted messages.
    pub deleted: Option<String>,
}

/// Which part of a mailbox to show, checked.
#[derive(Clone, Debug)]
pub struct MailFilter {
    /// Lower case, if anything is searched for.
    pub search: Option<String>,
    /// The page.
    pub paging: Paging,
    /// Without a search: which messages.
    pub part: MailPart,
}

/// Which messages of a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailPart {
    /// All that were not deleted.
    All,
    /// Those of them that are about one competition.
    Competition(CompetitionId),
    /// Those that were deleted.
    Deleted,
}

impl MailQuery {
    /// Applies every rule.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(&self) -> Result<MailFilter, PublicError> {
        let Self { search, page } = self.clone();
        MailboxQuery { search, page, ..Default::default() }.check()
    }
}

impl MailboxQuery {
    /// Applies every rule.
    ///
    /// # Errors
    /// All faults at once; a competition that is no id is [`PublicError::competition_not_found`].
    pub fn check(&self) -> Result<MailFilter, PublicError> {
        let mut faults = Faults::default();
        let search = faults.check("search", search(filled(&self.search)));
        let paging = Paging::parse(&mut faults, self.page.as_deref(), None, ON_A_PAGE);
        let (search, paging) = faults.finish(search.zip(paging))?;
        let part = match (filled(&self.competition), filled(&self.deleted)) {
            (Some(id), _) => {
                MailPart::Competition(id.parse().map_err(|_| PublicError::competition_not_found())?)
            }
            (None, Some(_)) => MailPart::Deleted,
            (None, None) => MailPart::All,
        };
        Ok(MailFilter { search, paging, part })
    }
}

/// The newest message of a thread, and how many there are in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailThread {
    /// The newest message.
    pub newest: Mail,
    /// The competition that it is about, if it is about one.
    pub competition: Option<CompetitionId>,
    /// How many messages there are.
    pub messages: u64,
    /// How many of them are unread.
    pub unread: u64,
}

/// What the page of a mailbox shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailPage {
    /// The threads, that with the newest message first.
    pub found: Page<MailThread>,
    /// How many messages are unread, in the whole mailbox.
    pub unread: u64,
    /// Whether there is any message that was not deleted.
    pub any: bool,
    /// Whether there is any that was deleted.
    pub any_deleted: bool,
    /// The title of the competition that the messages are about.
    pub competition: Option<String>,
}

/// The messages that a user has chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSelection {
    /// Their ids.
    pub messages: Vec<MailId>,
    /// Whether each stands for its thread: all messages about its competition, up to this one.
    pub whole_threads: bool,
}

/// What a user does with messages that they have chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailChange {
    /// Marks them as read.
    Read,
    /// Marks them as unread.
    Unread,
    /// Deletes them; they can be restored for [`KEPT_DELETED_DAYS`] days.
    Delete,
    /// Restores them.
    Restore,
}

/// How many messages were changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MailChanged {
    /// Those that were changed.
    pub changed: u64,
    /// Those about the account that were not deleted, because they are unread.
    pub protected: u64,
}

impl MailSelection {
    /// Applies every rule to ids as a form sends them.
    ///
    /// # Errors
    /// [`ErrorCode::ValidationFailed`] for no message, for one that is no id, and for more
    /// than [`MAX_SELECTED`].
    pub fn parse(ids: &[String], whole_threads: bool) -> Result<Self, PublicError> {
        let refuse = |message: &str| {
            Err(PublicError::on_field(ErrorCode::ValidationFailed, "messages", message))
        };
        if ids.is_empty() {
            return refuse("Choose at least one message");
        }
        if ids.len() > MAX_SELECTED {
            return refuse(&format!("Choose at most {MAX_SELECTED} messages"));
        }
        match ids.iter().map(|id| id.parse()).collect() {
            Ok(messages) => Ok(Self { messages, whole_threads }),
            Err(_) => refuse("Load the page again: it holds a message that does not exist"),
        }
    }
}

impl FromStr for MailChange {
    type Err = PublicError;

    fn from_str(text: &str) -> Result<Self, PublicError> {
        match text {
            "read" => Ok(Self::Read),
            "unread" => Ok(Self::Unread),
            "delete" => Ok(Self::Delete),
            "restore" => Ok(Self::Restore),
            // A browser that does not say which button was pressed changes nothing.
            _ => {
                let message = "Choose what to do with the messages";
                let code = ErrorCode::ValidationFailed;
                Err(PublicError::on_field(code, "messages", message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_has_one_to_a_hundred_ids() {
        let id = "01939c2e-7b5a-7000-8000-000000000001".to_owned();
        assert!(MailSelection::parse(&[], false).is_err());
        assert!(MailSelection::parse(&["x".to_owned()], false).is_err());
        assert!(MailSelection::parse(&vec![id.clone(); MAX_SELECTED + 1], false).is_err());
        let all = MailSelection::parse(&vec![id; MAX_SELECTED], true).unwrap();
        assert_eq!((all.messages.len(), all.whole_threads), (MAX_SELECTED, true));
    }

    #[test]
    fn the_part_of_a_mailbox_is_in_its_query() {
        let part = |competition: &str, deleted: &str| {
            let query = MailboxQuery {
                competition: Some(competition.to_owned()),
                deleted: Some(deleted.to_owned()),
                ..Default::default()
            };
            query.check().map(|filter| filter.part).map_err(|error| error.code)
        };
        let id = "01939c2e-7b5a-7000-8000-000000000001";
        assert_eq!(part("", ""), Ok(MailPart::All));
        assert_eq!(part("", "true"), Ok(MailPart::Deleted));
        assert_eq!(part(id, ""), Ok(MailPart::Competition(id.parse().unwrap())));
        assert_eq!(part("x", ""), Err(ErrorCode::CompetitionNotFound));
    }
}
