//! Support for tests of the server: an app in this process, a real process, responses and
//! snapshots.

mod app;
mod browser;
mod bucket;
mod collector;
mod mail_sink;
mod process;
#[path = "../../support/program.rs"]
mod program;
mod receiver;
mod response;

pub(crate) use app::{App, CORS_ORIGIN, Call};
pub(crate) use browser::{page_text, post_form};
pub(crate) use bucket::Bucket;
pub(crate) use collector::Collector;
pub(crate) use mail_sink::MailSink;
pub(crate) use process::Process;
pub(crate) use receiver::Receiver;
pub(crate) use response::{Response, snapshot};
