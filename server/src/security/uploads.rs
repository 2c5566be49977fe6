//! Receives pictures: bodies that are larger than any other.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    body::{Body, HttpBody},
    extract::Request,
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};
use domain::{ErrorCode, MAX_UPLOAD, PublicError, Role, UserId};
use http_body_util::{BodyExt, Limited};
use service::Actor;
use tokio::time::timeout;

use super::{HttpLimits, read_body::read, rejection::Rejection};
use crate::error_format::original_path;

/// The path that a picture alone is sent to.
const API: &str = "/api/assets";
/// Those of forms, which have fields beside the picture.
const FORMS: [&str; 2] = ["/fn/save_cover", "/fn/upload_picture"];
/// Bytes of the fields, and of what is between the parts of a form.
const REST_OF_FORM: usize = 64 * 1024;
/// The most bytes of a picture that is refused which are read, so that its sender gets to read why.
/// A browser that is still sending shows the end of a connection instead.
const MAX_DRAINED: usize = 64 * 1024 * 1024;
/// Uploads that are received at a time: each has its picture in memory.
const AT_ONCE: usize = 8;
/// The same of one user.
const AT_ONCE_OF_USER: usize = 2;
/// How much longer than the body of any other request a picture may take: 8 MB at 0.5 Mbit/s.
pub(crate) const MORE_TIME: Duration = Duration::from_secs(130);

/// Whether a picture is sent with this request.
pub(crate) fn is_upload(request: &Request) -> bool {
    let path = original_path(request);
    !request.method().is_safe() && (path == API || is_form(path))
}

/// Whether this is the path of a form that pictures are sent with.
pub(super) fn is_form(path: &str) -> bool {
    FORMS.contains(&path)
}

/// Whether the parts of a form can be told apart.
pub(super) fn has_boundary(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| multer::parse_boundary(kind).is_ok())
}

/// Memory for the uploads of this process. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Uploads(Arc<Mutex<HashMap<UserId, usize>>>);

/// Memory for an upload, until it is dropped.
#[derive(Debug)]
pub(super) struct UploadPermit {
    uploads: Uploads,
    user: UserId,
}

impl Drop for UploadPermit {
    fn drop(&mut self) {
        let mut users = self.uploads.lock();
        if let Some(number) = users.get_mut(&self.user) {
            *number -= 1;
            if *number == 0 {
                users.remove(&self.user);
            }
        }
    }
}

impl Uploads {
    /// Memory for an upload of a user, until the permit is dropped.
    ///
    /// # Errors
    /// [`ErrorCode::Overloaded`] when too many are received, in all or from the user.
    pub(super) fn take(&self, user: UserId) -> Result<UploadPermit, PublicError> {
        let mut users = self.lock();
        let (all, own) = (users.values().sum::<usize>(), users.get(&user).copied());
        if all >= AT_ONCE || own.is_some_and(|own| own >= AT_ONCE_OF_USER) {
            return Err(PublicError::too_many_uploads());
        }
        *users.entry(user).or_default() += 1;
        Ok(UploadPermit { uploads: self.clone(), user })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The largest body of an upload, in bytes.
pub(super) fn largest(request: &Request) -> Option<usize> {
    let rest = if is_form(original_path(request)) { REST_OF_FORM } else { 0 };
    is_upload(request).then_some(MAX_UPLOAD + rest)
}

/// Receives a picture. Those of organizers only: the endpoint refuses others by itself.
pub(super) async fn receive(
    request: Request,
    most: usize,
    limits: HttpLimits,
    uploads: &Uploads,
    next: Next,
) -> Response {
    let rejection = Rejection::of(&request);
    let actor = request.extensions().get::<Actor>();
    let organizer = actor.and_then(|actor| actor.require_writer(Role::Organizer).ok());
    let is_too_large = request.body().size_hint().lower() > most as u64;
    let permit = match organizer {
        None => Err(None),
        Some(_) if is_too_large => Err(Some(PublicError::picture_too_large())),
        Some(organizer) => uploads.take(organizer.id).map_err(Some),
    };
    let (parts, body) = request.into_parts();
    let permit = match permit {
        Ok(permit) => permit,
        Err(refusal) => {
            // A failure to read what is thrown away is none.
            let _ = timeout(limits.body_time, drain(body)).await;
            return match refusal {
                Some(error) => rejection.because(error),
                None => next.run(Request::from_parts(parts, Body::empty())).await,
            };
        }
    };
    let longer = HttpLimits { body_time: limits.body_time + MORE_TIME, ..limits };
    match read(body, most, longer).await {
        Ok(body) => {
            let response = next.run(Request::from_parts(parts, Body::from(body))).await;
            drop(permit);
            response
        }
        Err(error) if error.code == ErrorCode::PayloadTooLarge => {
            rejection.because(PublicError::picture_too_large())
        }
        Err(error) => rejection.because(error),
    }
}

/// Reads a body and forgets it.
async fn drain(body: Body) {
    let mut body = std::pin::pin!(Limited::new(body, MAX_DRAINED));
    while let Some(Ok(_)) = body.frame().await {}
}
