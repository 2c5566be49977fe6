//! Finding competitions.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Faults, MAX_PAGE_SIZE, Paging, PublicError, Tag, UserId, searchable};

/// The longest text that can be searched for, in characters.
const MAX_SEARCH: usize = 200;
/// The most tags that can be looked for at once.
const MAX_TAGS: usize = 20;

/// Words to search for, as the description of the API has them.
#[cfg(feature = "openapi")]
#[derive(Debug)]
pub enum SearchText {}

schema!(
    SearchText,
    crate::schema::text("Words to search for, in any case", "sprint")
        .max_length(Some(MAX_SEARCH))
        .pattern(Some(r"^[^\u0000]*$"))
);

/// Tags to look for, as the description of the API has them.
#[cfg(feature = "openapi")]
#[derive(Debug)]
pub enum TagList {}

schema!(
    TagList,
    crate::schema::list("Tags between commas", "coding,ai", MAX_TAGS, Tag::MAX_LENGTH)
);

/// The query string of the list, unchecked. Fields that are empty are as good as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CompetitionQuery {
    /// Words of the title or description, in any case.
    pub search: Option<String>,
    /// `a,b`: competitions with any of these tags.
    pub tags: Option<String>,
    /// Competitions of this organizer.
    pub organizer_id: Option<String>,
    /// A [`CompetitionSort`].
    pub sort: Option<String>,
    /// Counted from 1.
    pub page: Option<String>,
    /// Items on a page.
    pub limit: Option<String>,
}

/// The order of a list of competitions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CompetitionSort {
    /// Created last, first.
    #[default]
    Newest,
    /// Closing soonest first.
    Deadline,
    /// Starting soonest first; those without a date last.
    Start,
    /// By title, A to Z.
    Title,
    /// Those that match the search best first, then the newest; without a search, the newest.
    Relevance,
}

impl CompetitionSort {
    /// Every order there is.
    pub const ALL: [Self; 5] =
        [Self::Relevance, Self::Newest, Self::Deadline, Self::Start, Self::Title];

    /// The name in the query string.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Deadline => "deadline",
            Self::Start => "start",
            Self::Title => "title",
            Self::Relevance => "relevance",
        }
    }

    /// The name that people see.
    pub fn label(self) -> &'static str {
        match self {
            Self::Newest => "Newest first",
            Self::Deadline => "Closing soonest",
            Self::Start => "Starting soonest",
            Self::Title => "Title, A to Z",
            Self::Relevance => "Best match",
        }
    }
}

schema!(
    CompetitionSort,
    crate::schema::one_of("The order of a list of competitions", Self::ALL.map(Self::as_str))
);

impl FromStr for CompetitionSort {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|sort| sort.as_str() == text)
            .ok_or_else(|| "Sort must be newest, deadline, start, title or relevance".into())
    }
}

/// Which competitions to list, checked. Only those still open are ever listed.
#[derive(Clone, Debug)]
pub struct CompetitionFilter {
    /// Lower case, if anything is searched for.
    pub search: Option<String>,
    /// Keys of tags; empty for all.
    pub tags: Vec<String>,
    /// Of this organizer only.
    pub organizer_id: Option<UserId>,
    /// The order.
    pub sort: CompetitionSort,
    /// The page.
    pub paging: Paging,
}

impl CompetitionQuery {
    /// The tags to search for, as typed.
    pub fn tag_list(&self) -> Vec<String> {
        let tags = self.tags.as_deref().unwrap_or_default().split(',').map(str::trim);
        tags.filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
    }

    /// Whether anything is searched for.
    pub fn has_search(&self) -> bool {
        filled(&self.search).is_some()
    }

    /// The order of pages if none is chosen: the best matches of a search first. (The API lists
    /// the newest first, as old clients expect.)
    pub fn default_order_of_pages(&self) -> CompetitionSort {
        if self.has_search() { CompetitionSort::Relevance } else { CompetitionSort::Newest }
    }

    /// The order that is chosen, or that of pages.
    pub fn order_of_pages(&self) -> String {
        let default = || self.default_order_of_pages().as_str();
        filled(&self.sort).unwrap_or_else(default).to_owned()
    }

    /// Applies every rule.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(&self) -> Result<CompetitionFilter, PublicError> {
        let mut faults = Faults::default();
        let sort =
            faults.check("sort", filled(&self.sort).map_or(Ok(Default::default()), str::parse));
        let organizer_id = faults.check("organizerId", organizer_id(filled(&self.organizer_id)));
        let search = faults.check("search", search(filled(&self.search)));
        let (page, limit) = (self.page.as_deref(), self.limit.as_deref());
        let paging = Paging::parse(&mut faults, page, limit, MAX_PAGE_SIZE);
        let tags = faults.check("tags", tag_keys(&self.tag_list()));
        let whole = sort.zip(organizer_id).zip(search).zip(tags).zip(paging).map(
            |((((sort, organizer_id), search), tags), paging)| CompetitionFilter {
                search,
                tags,
                organizer_id,
                sort,
                paging,
            },
        );
        faults.finish(whole)
    }
}

/// The text of a field that is there and not blank.
pub(crate) fn filled(field: &Option<String>) -> Option<&str> {
    field.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// What to look for, in lower case. PostgreSQL cannot hold a NUL, so none can be found; and
/// databases bound the length of a pattern.
pub(crate) fn search(text: Option<&str>) -> Result<Option<String>, String> {
    match text {
        Some(text) if text.contains('\0') => {
            Err("Search must not contain control characters".into())
        }
        Some(text) if text.chars().count() > MAX_SEARCH => {
            Err(format!("Search must have at most {MAX_SEARCH} characters"))
        }
        Some(text) => Ok(Some(searchable(text)).filter(|words| !words.is_empty())),
        None => Ok(None),
    }
}

/// The tags to look for, as they are compared.
fn tag_keys(tags: &[String]) -> Result<Vec<String>, String> {
    if tags.len() > MAX_TAGS {
        return Err(format!("Tags must be at most {MAX_TAGS}"));
    }
    tags.iter().map(|tag| Tag::parse(tag).map(|tag| tag.key())).collect()
}

fn organizer_id(text: Option<&str>) -> Result<Option<UserId>, String> {
    text.map(str::parse).transpose().map_err(|_| "organizerId must be a UUID".into())
}
