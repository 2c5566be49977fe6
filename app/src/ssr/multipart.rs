//! Forms with a file. `server::security` bounds their size.

use std::collections::HashMap;

use domain::{ErrorCode, PublicError};
use leptos::server_fn::codec::MultipartData;

/// The parts of a form with a file.
#[derive(Debug, Default)]
pub(crate) struct MultipartForm {
    texts: HashMap<String, String>,
    /// The content of the file; empty if none was chosen.
    pub(crate) file: Vec<u8>,
}

impl MultipartForm {
    /// Reads a form whose file has the name `file`.
    ///
    /// # Errors
    /// [`ErrorCode::MalformedBody`].
    pub(crate) async fn read(data: MultipartData, file: &str) -> Result<Self, PublicError> {
        let malformed = || {
            let message = "The form could not be read. Reload the page and try again.";
            PublicError::new(ErrorCode::MalformedBody, message)
        };
        let mut data = data.into_inner().ok_or_else(malformed)?;
        let mut form = Self::default();
        while let Some(part) = data.next_field().await.map_err(|_| malformed())? {
            let name = part.name().unwrap_or_default().to_owned();
            if name == file {
                form.file = part.bytes().await.map_err(|_| malformed())?.into();
            } else {
                form.texts.insert(name, part.text().await.map_err(|_| malformed())?);
            }
        }
        Ok(form)
    }

    /// The text of a field; empty if it was not sent.
    pub(crate) fn text(&mut self, name: &str) -> String {
        self.texts.remove(name).unwrap_or_default()
    }
}
