//! What server functions and pages share on the server.

pub(crate) mod clock;
pub(crate) mod error_words;
mod failure;
pub(crate) mod flash;
pub(crate) mod form;
pub(crate) mod log;
pub(crate) mod mailed_link;
pub(crate) mod multipart;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod sections;
