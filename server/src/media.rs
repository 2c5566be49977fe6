//! `/media`: the files of pictures, the patterns that stand for covers, and the pictures beside
//! links on other sites. Everyone with its address may see a picture. Files and patterns never
//! change, so that caches keep them.

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
    routing,
};
use domain::{AssetId, CompetitionId, ErrorCode, PictureWidth};
use service::{assets, social_picture};

use crate::{AppState, problem::Problem};

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Clients of the API on other sites show the pictures, too.
const ANY_SITE: HeaderValue = HeaderValue::from_static("cross-origin");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");
/// Seats change. Sites that show a link ask again when they like.
const A_WHILE: HeaderValue = HeaderValue::from_static("public, max-age=300");
const JPEG: HeaderValue = HeaderValue::from_static("image/jpeg");
const SVG: HeaderValue = HeaderValue::from_static("image/svg+xml");

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/media/{asset}/{file}", routing::get(picture))
        .route("/media/patterns/{file}", routing::get(pattern))
        .route("/media/social/{file}", routing::get(social))
}

async fn picture(
    State(state): State<AppState>,
    Path((asset, file)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let width = |width: &PictureWidth| file == format!("{}.jpg", width.pixels());
    let width = PictureWidth::ALL.into_iter().find(width).ok_or_else(not_found)?;
    let asset: AssetId = asset.parse().map_err(|_| not_found())?;
    let content = assets::read(&state.ctx, asset, width).await?.ok_or_else(not_found)?;
    Ok(for_ever(JPEG, Bytes::from_owner(content)))
}

async fn pattern(Path(file): Path<String>) -> Result<Response, Problem> {
    let id = file.strip_suffix(".svg").ok_or_else(not_found)?;
    let competition: CompetitionId = id.parse().map_err(|_| not_found())?;
    Ok(for_ever(SVG, assets::pattern(competition)))
}

/// The picture of a competition beside a link to it, as of now. One whose title no font can show
/// has that of the site.
async fn social(
    State(state): State<AppState>,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let id = file.strip_suffix(".jpg").ok_or_else(not_found)?;
    let competition: CompetitionId = id.parse().map_err(|_| not_found())?;
    Ok(match social_picture(&state.ctx, competition).await? {
        Some(jpeg) => with_headers(Some(JPEG), A_WHILE, Bytes::from_owner(jpeg)),
        None => with_headers(None, A_WHILE, Redirect::temporary("/social.png")),
    })
}

fn for_ever(kind: HeaderValue, content: impl IntoResponse) -> Response {
    with_headers(Some(kind), FOR_EVER, content)
}

fn with_headers(
    kind: Option<HeaderValue>,
    kept: HeaderValue,
    content: impl IntoResponse,
) -> Response {
    let mut response = content.into_response();
    if let Some(kind) = kind {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, kept);
    response.headers_mut().insert(CROSS_ORIGIN_RESOURCE_POLICY, ANY_SITE);
    response
}

fn not_found() -> Problem {
    Problem::new(ErrorCode::RouteNotFound, "There is no picture at this address")
}
