//! How the error of a server function is made, sent and read.

use domain::{ErrorCode, PublicError};
use leptos::server_fn::{
    Bytes, Encodes,
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};

use crate::error::{Failure, UNREACHABLE};

impl FromServerFnError for Failure {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        // Unreadable input on the server is the client's fault; in the browser it is the server's.
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

    /// Runs once for every failed call, when its response is made. It sets the status, which would
    /// be 500 otherwise.
    fn ser(&self) -> Bytes {
        #[cfg(feature = "ssr")]
        crate::ssr::response::set_fetch_status(&self.0);
        JsonEncoding::encode(self).unwrap_or_default()
    }
}
