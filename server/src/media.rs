//! `/media`: the files of pictures, and the patterns that stand for covers. Everyone with its
//! address may see a picture; none ever changes, so that caches keep them.

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
    routing,
};
use domain::{AssetId, CompetitionId, CoverWidth, ErrorCode};
use service::assets;

use crate::{AppState, problem::Problem};

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Clients of the API on other sites show the pictures, too.
const ANY_SITE: HeaderValue = HeaderValue::from_static("cross-origin");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");
const JPEG: HeaderValue = HeaderValue::from_static("image/jpeg");
const SVG: HeaderValue = HeaderValue::from_static("image/svg+xml");

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/media/{asset}/{file}", routing::get(picture))
        .route("/media/patterns/{file}", routing::get(pattern))
}

async fn picture(
    State(state): State<AppState>,
    Path((asset, file)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let width = |width: &CoverWidth| file == format!("{}.jpg", width.pixels());
    let width = CoverWidth::ALL.into_iter().find(width).ok_or_else(not_found)?;
    let asset: AssetId = asset.parse().map_err(|_| not_found())?;
    let content = assets::read(&state.ctx, asset, width).await?.ok_or_else(not_found)?;
    Ok(for_ever(JPEG, Bytes::from_owner(content)))
}

async fn pattern(Path(file): Path<String>) -> Result<Response, Problem> {
    let id = file.strip_suffix(".svg").ok_or_else(not_found)?;
    let competition: CompetitionId = id.parse().map_err(|_| not_found())?;
    Ok(for_ever(SVG, assets::pattern(competition)))
}

fn for_ever(kind: HeaderValue, content: impl IntoResponse) -> Response {
    let mut response = content.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response.headers_mut().insert(header::CACHE_CONTROL, FOR_EVER);
    response.headers_mut().insert(CROSS_ORIGIN_RESOURCE_POLICY, ANY_SITE);
    response
}

fn not_found() -> Problem {
    Problem::new(ErrorCode::RouteNotFound, "There is no picture at this address")
}
