//! Pages of a list: the body is a bare array, the total and the links are headers.

use axum::{
    Json,
    extract::OriginalUri,
    http::{HeaderMap, HeaderValue, Uri, header},
    response::{IntoResponse, Response},
};
use domain::Page;
use serde::Serialize;

use crate::headers::X_TOTAL_COUNT;

/// The items as a bare array, with `X-Total-Count` and `Link` (RFC 8288).
pub(super) fn respond<T: Serialize>(OriginalUri(uri): &OriginalUri, page: &Page<T>) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(X_TOTAL_COUNT, page.total.into());
    if let Ok(links) = HeaderValue::try_from(links(uri, page))
        && !links.is_empty()
    {
        headers.insert(header::LINK, links);
    }
    (headers, Json(&page.items)).into_response()
}

fn links<T>(uri: &Uri, page: &Page<T>) -> String {
    let last = page.pages();
    let others = [
        (page.page > 1, 1, "first"),
        (page.page > 1, (page.page - 1).min(last), "prev"),
        (page.page < last, page.page + 1, "next"),
        (page.page < last, last, "last"),
    ];
    let links = others.into_iter().filter(|(exists, ..)| *exists);
    let links = links.map(|(_, number, rel)| {
        format!("<{}>; rel=\"{rel}\"", with_parameter(uri, "page", &number.to_string()))
    });
    links.collect::<Vec<_>>().join(", ")
}

/// The same address with another value of a parameter, which must need no escapes.
pub(super) fn with_parameter(uri: &Uri, name: &str, value: &str) -> String {
    let query = uri.query().unwrap_or_default().split('&');
    let rest = query.filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(name));
    let query: Vec<_> = rest.map(str::to_owned).chain([format!("{name}={value}")]).collect();
    format!("{}?{}", uri.path(), query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_the_filter_and_name_the_neighbours() {
        let uri: Uri = "/api/competitions?search=a%20b&page=2&limit=10".parse().unwrap();
        let page = Page { items: vec![(); 10], total: 35, page: 2, limit: 10 };
        let link = |number| format!("</api/competitions?search=a%20b&limit=10&page={number}>");
        let expected = [(1, "first"), (1, "prev"), (3, "next"), (4, "last")]
            .map(|(number, rel)| format!("{}; rel=\"{rel}\"", link(number)))
            .join(", ");
        assert_eq!(links(&uri, &page), expected);
    }

    #[test]
    fn a_page_past_the_end_leads_back_to_the_last() {
        let uri: Uri = "/api/competitions?page=9".parse().unwrap();
        let page = Page::<()> { items: vec![], total: 35, page: 9, limit: 10 };
        assert!(links(&uri, &page).contains("page=4>; rel=\"prev\""));
    }
}
