//! Numbered pages of long lists.

use serde::{Deserialize, Serialize};

use crate::{Faults, PublicError};

/// The most items one page holds.
pub const MAX_PAGE_SIZE: u64 = 100;
/// The matches of a search, and the past competitions, that are counted: a total of so many means
/// that there are 1,000 or more.
pub const MAX_COUNTED: u64 = 1_001;

/// Which page of a list, and how long pages are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// Counted from 1.
    pub page: u64,
    /// Items on a page, 1 to [`MAX_PAGE_SIZE`].
    pub limit: u64,
}

impl Paging {
    /// The first page of the given length.
    pub fn first(limit: u64) -> Self {
        Self { page: 1, limit }
    }

    /// Reads the `page` of a query string, for a list whose pages have one length.
    ///
    /// # Errors
    /// When it is no whole number of at least 1.
    pub fn of_page(page: Option<&str>, limit: u64) -> Result<Self, PublicError> {
        let mut faults = Faults::default();
        let paging = Self::parse(&mut faults, page, None, limit);
        faults.finish(paging)
    }

    /// Reads `page` and `limit` of a query string. A `limit` above [`MAX_PAGE_SIZE`] means that
    /// many.
    pub(crate) fn parse(
        faults: &mut Faults,
        page: Option<&str>,
        limit: Option<&str>,
        default_limit: u64,
    ) -> Option<Self> {
        let page = faults.check("page", positive("Page", page, 1));
        let limit = faults.check("limit", positive("Limit", limit, default_limit));
        let (page, limit) = page.zip(limit)?;
        Some(Self { page, limit: limit.min(MAX_PAGE_SIZE) })
    }

    /// The items of this page, counted from 0.
    pub fn range(self) -> std::ops::Range<u64> {
        self.offset()..self.offset().saturating_add(self.limit)
    }

    /// How many items come before this page.
    pub fn offset(self) -> u64 {
        (self.page - 1) * self.limit
    }
}

/// The query string of a list that has pages and nothing else to choose.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct PageQuery {
    /// Counted from 1.
    pub page: Option<String>,
    /// Items on a page, at most [`MAX_PAGE_SIZE`].
    pub limit: Option<String>,
}

impl PageQuery {
    /// The page of the query; by default the first [`MAX_PAGE_SIZE`] items.
    ///
    /// # Errors
    /// When one of them is no whole number of at least 1.
    pub fn check(&self) -> Result<Paging, PublicError> {
        let mut faults = Faults::default();
        let (page, limit) = (self.page.as_deref(), self.limit.as_deref());
        let paging = Paging::parse(&mut faults, page, limit, MAX_PAGE_SIZE);
        faults.finish(paging)
    }
}

/// The highest number of a page: above any list's length, and far below where an offset would
/// overflow.
pub const MAX_PAGE_NUMBER: u64 = 1_000_000_000;

fn positive(label: &str, text: Option<&str>, default: u64) -> Result<u64, String> {
    match text.map(str::trim) {
        None | Some("") => Ok(default),
        Some(text) => text
            .parse()
            .ok()
            .filter(|number| (1..=MAX_PAGE_NUMBER).contains(number))
            .ok_or_else(|| format!("{label} must be a whole number of at least 1")),
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// Items on all pages together.
    pub total: u64,
    /// Counted from 1.
    pub page: u64,
    /// Items on a full page.
    pub limit: u64,
}

impl<T> Page<T> {
    /// How many pages there are; an empty list has one.
    pub fn pages(&self) -> u64 {
        self.total.div_ceil(self.limit).max(1)
    }
}
