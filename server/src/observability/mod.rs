//! What operators see of a process: logs, metrics, traces, and the id of each request in them.

mod exporter;
mod http_metrics;
mod log_format;
mod logging;
mod process_metrics;
mod redacted;
mod request;
mod traces;

pub use exporter::Recorder;
pub(crate) use http_metrics::HTTP;
pub use log_format::LogFormat;
pub use logging::start;
pub(crate) use request::{Observed, RecordResponse, respond, span};
pub use traces::Traces;
