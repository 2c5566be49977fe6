//! Requests whose bodies are pictures, which are larger than any other.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::http::{HeaderMap, Request, header};
use domain::{ErrorCode, MAX_UPLOAD, PublicError, UserId};

use crate::error_format::original_path;

/// The paths that pictures are sent to.
const PATHS: [&str; 2] = ["/api/assets", FORM];
/// The one of a form, which has fields beside the picture.
const FORM: &str = "/fn/save_cover";
/// Bytes of the fields, and of what is between the parts of a form.
const REST_OF_FORM: usize = 64 * 1024;
/// The most bytes of a picture that is refused which are read, so that its sender gets to read why.
/// A browser that is still sending shows the end of a connection instead.
pub(super) const MAX_DRAINED: usize = 64 * 1024 * 1024;
/// Uploads that are received at a time: each has its picture in memory.
const AT_ONCE: usize = 8;
/// The same of one user.
const AT_ONCE_OF_USER: usize = 2;
/// How much longer than the body of any other request a picture may take: 8 MB at 0.5 Mbit/s.
pub(crate) const MORE_TIME: Duration = Duration::from_secs(130);

/// Whether a picture is sent to this path.
pub(crate) fn is_upload(path: &str) -> bool {
    PATHS.contains(&path)
}

/// Whether this is the path of the form that pictures are sent with.
pub(super) fn is_form(path: &str) -> bool {
    path == FORM
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
            let message = "Many pictures are being uploaded at the moment. Please try again.";
            return Err(PublicError::new(ErrorCode::Overloaded, message));
        }
        *users.entry(user).or_default() += 1;
        Ok(UploadPermit { uploads: self.clone(), user })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The refusal of an upload that is larger than [`MAX_UPLOAD`].
pub(super) fn too_large() -> PublicError {
    let message = "The picture must be at most 8 MB";
    PublicError::on_field(ErrorCode::PayloadTooLarge, "picture", message)
}

/// The largest body of an upload, in bytes.
pub(super) fn largest<B>(request: &Request<B>) -> Option<usize> {
    let path = original_path(request);
    let rest = if is_form(path) { REST_OF_FORM } else { 0 };
    is_upload(path).then_some(MAX_UPLOAD + rest)
}
