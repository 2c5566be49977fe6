//! How a server function fails.

use domain::{ErrorCode, PublicError};
use leptos::server_fn::{
    Bytes, Encodes,
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// What is said in the browser when there is no answer.
const UNREACHABLE: &str = "The server cannot be reached. Check your connection and try again.";

/// The error of every server function: what a client may know of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Failure(pub PublicError);

impl Failure {
    /// Whether there was no answer at all, which only a browser meets.
    pub(crate) fn is_unreachable(&self) -> bool {
        self.0.message == UNREACHABLE
    }
}

impl From<PublicError> for Failure {
    /// On the server the error gets the id of the request that met it.
    fn from(error: PublicError) -> Self {
        // On a page nobody knows of keys.
        #[cfg(feature = "ssr")]
        let error = match error.code {
            ErrorCode::OutcomeUnknown => PublicError::outcome_unknown(None),
            _ => error,
        };
        #[cfg(feature = "ssr")]
        let error =
            PublicError { request_id: error.request_id.or_else(crate::ssr::request::id), ..error };
        #[cfg(feature = "ssr")]
        let error = crate::ssr::error_words::for_pages(error);
        Self(error)
    }
}

impl FromServerFnError for Failure {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        // What cannot be read on the server is the client's fault; what cannot be read in the browser is ours.
        let is_server = cfg!(feature = "ssr");
        let (code, message) = match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_)
                if is_server =>
            {
                (
                    ErrorCode::MalformedBody,
                    "The form could not be read. Reload the page and try again.",
                )
            }
            ServerFnErrorErr::Request(_) => (ErrorCode::Overloaded, UNREACHABLE),
            _ => (ErrorCode::Internal, "Something went wrong. Try again."),
        };
        PublicError::new(code, message).into()
    }

    /// Called once for every failed call, when its answer is made: the place to set the answer's status,
    /// which would be 500 otherwise.
    fn ser(&self) -> Bytes {
        #[cfg(feature = "ssr")]
        crate::ssr::response::set_fetch_status(&self.0);
        JsonEncoding::encode(self).unwrap_or_default()
    }
}

#[cfg(feature = "ssr")]
impl From<service::Error> for Failure {
    /// The boundary: what a client may not know is logged here, with its sources, and nowhere else.
    fn from(error: service::Error) -> Self {
        if !matches!(error, service::Error::Public(_)) {
            crate::ssr::log::failed("app.service", &error);
        }
        PublicError::from(error).into()
    }
}
