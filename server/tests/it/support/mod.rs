//! What tests of the server need: an app in this process, responses, snapshots, and a real process.

mod app;
mod process;
#[path = "../../support/program.rs"]
mod program;
mod response;

pub(crate) use app::{App, Call, FRIEND};
pub(crate) use process::Process;
pub(crate) use response::{Response, snapshot};
