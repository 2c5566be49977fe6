//! What search engines read: the pages that they leave out, and the competitions that they find.

use std::{fmt::Write, sync::Arc};

use app::SiteUrl;
use axum::{
    Extension, Router,
    body::Bytes,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{CompetitionId, Timestamp};
use service::competitions;
use tokio::sync::Mutex;

use crate::{AppState, problem::Problem};

/// The pages of users, and what is for programs. Not the calendar feeds: Google Calendar reads none
/// that is listed here. Their responses say that search engines leave them out.
const HIDDEN: [&str; 8] =
    ["/api/", "/fn/", "/account", "/admin", "/dashboard", "/mailbox", "/unsubscribe", "/webhooks"];
/// The pages that do not show a single competition.
const PAGES: [&str; 2] = ["/", "/competitions"];
/// How long the sitemap is kept, by caches too.
const KEPT_FOR: TimeDelta = TimeDelta::minutes(1);
const A_MINUTE: HeaderValue = HeaderValue::from_static("public, max-age=60");
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const XML: HeaderValue = HeaderValue::from_static("application/xml");

pub(crate) fn router(site: SiteUrl) -> Router<AppState> {
    Router::new()
        .route("/robots.txt", routing::get(robots))
        .route("/sitemap.xml", routing::get(sitemap))
        .layer(Extension(site))
        .layer(Extension(KeptSitemap::default()))
}

async fn robots(Extension(SiteUrl(site)): Extension<SiteUrl>) -> Response {
    let mut text = "User-agent: *\n".to_owned();
    for path in HIDDEN {
        let _ = writeln!(text, "Disallow: {path}");
    }
    let _ = writeln!(text, "\nSitemap: {site}/sitemap.xml");
    response(TEXT, AN_HOUR, text)
}

/// The sitemap, as <https://www.sitemaps.org/protocol.html> describes it. Neither the addresses nor
/// the times need escaping.
async fn sitemap(
    State(state): State<AppState>,
    Extension(SiteUrl(site)): Extension<SiteUrl>,
    Extension(kept): Extension<KeptSitemap>,
) -> Result<Response, Problem> {
    // Concurrent requests wait for one query.
    let mut kept = kept.0.lock().await;
    let now = state.ctx.now().utc();
    let xml = match &*kept {
        Some(rendered) if rendered.is_fresh(now) => rendered.xml.clone(),
        _ => {
            let xml = Bytes::from(render(&site, competitions::sitemap(&state.ctx).await?));
            kept.insert(Rendered { at: now, xml }).xml.clone()
        }
    };
    Ok(response(XML, A_MINUTE, xml))
}

/// The sitemap as it was last rendered: everyone may ask for it, and it is long.
#[derive(Clone, Debug, Default)]
struct KeptSitemap(Arc<Mutex<Option<Rendered>>>);

#[derive(Debug)]
struct Rendered {
    at: DateTime<Utc>,
    xml: Bytes,
}

impl Rendered {
    fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        // A negative age means that the clock was set back.
        (TimeDelta::zero()..KEPT_FOR).contains(&(now - self.at))
    }
}

fn render(site: &str, listed: Vec<(CompetitionId, Timestamp)>) -> String {
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                   <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
        .to_owned();
    for path in PAGES {
        let _ = writeln!(xml, "<url><loc>{site}{path}</loc></url>");
    }
    for (id, changed) in listed {
        let _ = writeln!(
            xml,
            "<url><loc>{site}/competitions/{id}</loc><lastmod>{changed}</lastmod></url>"
        );
    }
    xml.push_str("</urlset>\n");
    xml
}

fn response(kind: HeaderValue, kept: HeaderValue, content: impl IntoResponse) -> Response {
    let mut response = content.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response.headers_mut().insert(header::CACHE_CONTROL, kept);
    response
}
