//! `/api/assets`: pictures that organizers upload.

use axum::{
    Json,
    extract::{FromRequest, OriginalUri, Request, State},
    http::header::CONTENT_TYPE,
    response::Response,
};
use domain::{Asset, ErrorCode, OwnPicture, PageQuery};
use http_body_util::BodyExt;
use service::assets;
use utoipa_axum::routes;

use super::{
    ApiRouter,
    extract::QueryString,
    paging,
    parameters::Pages,
    responses::{
        InvalidParameter, InvalidPicture, NoPicture, OrganizerOnly, PictureTooLarge, TooManyAssets,
    },
};
use crate::{AppState, auth::Organizer, problem::Problem};

/// The content types of pictures. The content says what a picture is; others are refused so that a
/// form or JSON is not taken for a damaged picture.
const PICTURES: [&str; 4] = ["image/jpeg", "image/png", "image/webp", "application/octet-stream"];

pub(super) fn router() -> ApiRouter {
    ApiRouter::new().read(routes!(list_pictures)).write(routes!(upload_picture))
}

/// List my pictures
///
/// Those that I have uploaded, with the time until which those are kept that no competition uses.
#[utoipa::path(
    get, path = "/assets", tag = "competitions", security(("bearer" = [])),
    params(Pages),
    responses(
        (status = 200, description = "One page; newest first", body = [OwnPicture],
            headers(("X-Total-Count"), ("Link"))),
        InvalidParameter, OrganizerOnly,
    ),
)]
async fn list_pictures(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    uri: OriginalUri,
    QueryString(query): QueryString<PageQuery>,
) -> Result<Response, Problem> {
    Ok(paging::respond(&uri, &assets::list(&state.ctx, &actor, query.check()?).await?))
}

/// Upload a picture
///
/// The body is the file itself: JPEG, PNG or WebP, at most 8 MB and 25 million pixels, at least 480
/// by 200. It is stored as JPEG in three widths, upright, on white, without metadata. Set it as the
/// `cover` of a competition within a week, or show it in a text by its `path`:
/// `![The map](/media/…/1600.jpg)`. A picture that no competition uses is deleted then. The same
/// file again is the same picture. At most 100 in 24 hours, and 1,000 in all.
#[utoipa::path(
    post, path = "/assets", tag = "competitions", security(("bearer" = [])),
    request_body(
        content = PictureFile, content_type = "application/octet-stream",
        description = "The picture; image/jpeg, image/png and image/webp are accepted as well",
    ),
    responses(
        (status = 200, description = "The picture", body = Asset),
        InvalidPicture, OrganizerOnly, TooManyAssets, PictureTooLarge, NoPicture,
    ),
)]
async fn upload_picture(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Picture(content): Picture,
) -> Result<Json<Asset>, Problem> {
    Ok(Json(assets::upload(&state.ctx, &actor, content).await?))
}

/// A file: JPEG, PNG or WebP.
#[derive(utoipa::ToSchema)]
#[schema(value_type = String, format = Binary, max_length = 8388608)]
#[expect(dead_code, reason = "it is described, and read as a `Picture`")]
struct PictureFile(Vec<u8>);

/// The bytes of a picture.
struct Picture(Vec<u8>);

impl<S: Send + Sync> FromRequest<S> for Picture {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !PICTURES.iter().any(|known| known.eq_ignore_ascii_case(kind)) {
            let message = "The body must be the picture itself, with Content-Type: image/jpeg, \
                           image/png or image/webp";
            return Err(Problem::new(ErrorCode::UnsupportedMediaType, message));
        }
        let body = request.into_body().collect().await;
        let unread = |_| Problem::new(ErrorCode::MalformedBody, "The body could not be read");
        Ok(Self(body.map_err(unread)?.to_bytes().into()))
    }
}
