//! Lists that are read by cursor: `cursor=` begins at the first item, and `Link` has the cursor of
//! the next part.

use axum::{
    Json,
    extract::{FromRequestParts, OriginalUri, Query},
    http::{HeaderValue, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::{Faults, PageQuery, UserId};
use serde::Serialize;
use service::{Cursor, Position, Slice};

use super::paging::with_parameter;
use crate::{cursor_key::CursorKey, problem::Problem};

/// The parameters that do not choose the items of a list or their order.
const PLACE: [&str; 3] = ["cursor", "limit", "page"];

/// A list that can be read by cursor, and the `cursor` of the request, if it has one.
#[derive(Clone, Debug)]
pub(super) struct CursorList {
    uri: Uri,
    /// The cursor, and the items that are wanted at most.
    requested: Option<(String, u64)>,
}

impl<S: Send + Sync> FromRequestParts<S> for CursorList {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ok(OriginalUri(uri)) = OriginalUri::from_request_parts(parts, state).await;
        let requested = requested(&parameters(&uri))?;
        Ok(Self { uri, requested })
    }
}

/// The parameters of the query string, decoded. One that cannot be read is refused elsewhere.
fn parameters(uri: &Uri) -> Vec<(String, String)> {
    if uri.query().is_none() {
        return Vec::new();
    }
    Query::try_from_uri(uri).map(|Query(pairs)| pairs).unwrap_or_default()
}

fn requested(parameters: &[(String, String)]) -> Result<Option<(String, u64)>, Problem> {
    let named = |name: &'static str| {
        let values = parameters.iter().filter(move |(other, _)| other == name);
        values.map(|(_, value)| value.trim())
    };
    let mut cursors = named("cursor");
    let Some(cursor) = cursors.next() else { return Ok(None) };
    let mut faults = Faults::default();
    if cursors.next().is_some() {
        faults.add("cursor", "cursor must not be given more than once");
    }
    if named("page").any(|page| !page.is_empty()) {
        faults.add("cursor", "Send either page or cursor, not both");
    }
    let query = PageQuery { page: None, limit: named("limit").next().map(str::to_owned) };
    let limit = query.check()?.limit;
    Ok(Some(faults.finish(Some((cursor.to_owned(), limit)))?))
}

impl CursorList {
    /// The part that is requested; `None` in a request without `cursor`. A cursor of a private list
    /// is valid for its owner only.
    ///
    /// # Errors
    /// For a text that is no cursor of this list.
    pub(super) fn requested(
        &self,
        key: &CursorKey,
        owner: Option<UserId>,
    ) -> Result<Option<Cursor>, Problem> {
        let Some((cursor, limit)) = &self.requested else { return Ok(None) };
        let limit = *limit;
        if cursor.is_empty() {
            return Ok(Some(Cursor::first(limit)));
        }
        let after = key.decode(&self.name(owner), cursor).ok_or_else(Position::invalid)?;
        Ok(Some(Cursor { after: Some(after), limit }))
    }

    /// A part as a bare array, with `Link` (RFC 8288) to the next.
    pub(super) fn respond<T: Serialize>(
        &self,
        key: &CursorKey,
        owner: Option<UserId>,
        slice: &Slice<T>,
    ) -> Response {
        let mut response = Json(&slice.items).into_response();
        if let Some(next) = &slice.next {
            let cursor = key.encode(&self.name(owner), next);
            let next = with_parameter(&self.uri, "cursor", &cursor);
            let link = HeaderValue::try_from(format!("<{next}>; rel=\"next\""));
            response.headers_mut().extend(link.map(|link| (header::LINK, link)));
        }
        response
    }

    /// The list, with all that chooses its items and their order.
    fn name(&self, owner: Option<UserId>) -> String {
        let mut parameters = parameters(&self.uri);
        parameters.retain(|(name, value)| !PLACE.contains(&&**name) && !value.trim().is_empty());
        parameters.sort_unstable();
        let owner = owner.map(|owner| owner.to_string()).unwrap_or_default();
        serde_json::to_string(&(self.uri.path(), owner, parameters)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(uri: &str) -> CursorList {
        let uri: Uri = uri.parse().unwrap();
        let requested = requested(&parameters(&uri)).unwrap();
        CursorList { uri, requested }
    }

    #[test]
    fn a_list_has_one_name_in_every_part_and_order_of_its_parameters() {
        let name = list("/list?search=a%20b&sort=title").name(None);
        for same in [
            "/list?sort=title&search=a+b&cursor=x&limit=5",
            "/list?search=a%20b&cursor=&tags=&sort=title",
        ] {
            assert_eq!(list(same).name(None), name, "{same}");
        }
        for other in ["/list?sort=title", "/other?search=a%20b&sort=title", "/list"] {
            assert_ne!(list(other).name(None), name, "{other}");
        }
        let owner = UserId("01939c2e-7b5a-7000-8000-000000000001".parse().unwrap());
        assert_ne!(list("/list").name(None), list("/list").name(Some(owner)));
    }

    #[test]
    fn a_cursor_excludes_a_page_and_has_the_limit_of_a_page() {
        assert_eq!(list("/list?page=2").requested, None);
        assert_eq!(list("/list?cursor=").requested, Some((String::new(), 100)));
        assert_eq!(list("/list?cursor=x&limit=500").requested, Some(("x".to_owned(), 100)));
        for wrong in ["cursor=x&page=1", "cursor=x&cursor=y", "cursor=x&limit=0"] {
            let uri = format!("/list?{wrong}").parse().unwrap();
            assert!(requested(&parameters(&uri)).is_err(), "{wrong}");
        }
    }
}
