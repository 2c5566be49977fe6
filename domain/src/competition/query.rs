//! Finding competitions.

use serde::{Deserialize, Serialize};

use super::{Attendance, CompetitionSort, CompetitionStatus, StartDays};
use crate::{Faults, MAX_PAGE_SIZE, Paging, PublicError, Tag, TimeZoneName, UserId, searchable};

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
    /// A [`CompetitionStatus`].
    pub status: Option<String>,
    /// An [`Attendance`].
    pub attendance: Option<String>,
    /// A day, `2026-12-31`: competitions that start on it or later.
    pub starts_from: Option<String>,
    /// A day: competitions that start on it or earlier.
    pub starts_until: Option<String>,
    /// A [`CompetitionSort`].
    pub sort: Option<String>,
    /// Counted from 1.
    pub page: Option<String>,
    /// Items on a page.
    pub limit: Option<String>,
}

/// Which competitions to list, checked. Only public ones that are not cancelled are ever listed.
#[derive(Clone, Debug)]
pub struct CompetitionFilter {
    /// Lower case, if anything is searched for.
    pub search: Option<String>,
    /// Keys of tags; empty for all.
    pub tags: Vec<String>,
    /// Of this organizer only.
    pub organizer_id: Option<UserId>,
    /// Where they are in their life.
    pub status: CompetitionStatus,
    /// How one takes part; `None` for any way.
    pub attendance: Option<Attendance>,
    /// The days on which they start.
    pub starts: StartDays,
    /// The zone of these days.
    pub time_zone: TimeZoneName,
    /// The order.
    pub sort: CompetitionSort,
    /// The page.
    pub paging: Paging,
}

impl CompetitionFilter {
    /// Whether the matches are counted up to [`crate::MAX_COUNTED`] only: those of a search or of
    /// a place, which no index counts, and past ones, whose number grows without bound.
    pub fn is_estimated(&self) -> bool {
        let is_past = self.status != CompetitionStatus::Open;
        self.search.is_some() || self.attendance.is_some() || is_past
    }
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

    /// The status that is asked for; the first one if it is none.
    pub fn status(&self) -> CompetitionStatus {
        filled(&self.status).and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    /// Whether anything but the status, the order and the page is asked for.
    pub fn is_filtered(&self) -> bool {
        let filters = [
            &self.search,
            &self.tags,
            &self.organizer_id,
            &self.attendance,
            &self.starts_from,
            &self.starts_until,
        ];
        filters.into_iter().any(|field| filled(field).is_some())
    }

    /// The order of pages if none is chosen: the best matches of a search first. (The API lists
    /// the newest first, as old clients expect.)
    pub fn default_order_of_pages(&self) -> CompetitionSort {
        match self.status() {
            _ if self.has_search() => CompetitionSort::Relevance,
            CompetitionStatus::Open => CompetitionSort::Newest,
            CompetitionStatus::Closed | CompetitionStatus::Over => CompetitionSort::Start,
        }
    }

    /// The order that is chosen, or that of pages.
    pub fn order_of_pages(&self) -> String {
        let default = || self.default_order_of_pages().as_str();
        filled(&self.sort).unwrap_or_else(default).to_owned()
    }

    /// Applies every rule. The days are in UTC.
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
        let status =
            faults.check("status", filled(&self.status).map_or(Ok(Default::default()), str::parse));
        let attendance = filled(&self.attendance).map(str::parse).transpose();
        let attendance = faults.check("attendance", attendance);
        let days = (filled(&self.starts_from), filled(&self.starts_until));
        let starts = StartDays::parse(&mut faults, days.0, days.1);
        let whole = sort.zip(organizer_id).zip(search).zip(tags).zip(paging);
        let whole = whole.zip(status).zip(attendance).zip(starts).map(
            |(((((((sort, organizer_id), search), tags), paging), status), attendance), starts)| {
                CompetitionFilter {
                    search,
                    tags,
                    organizer_id,
                    status,
                    attendance,
                    starts,
                    time_zone: TimeZoneName::default(),
                    sort,
                    paging,
                }
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
