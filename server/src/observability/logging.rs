//! Starts logging, to standard error.

use std::io::{self, IsTerminal, Stderr};

use tracing::Metadata;
use tracing_subscriber::{
    EnvFilter, Layer, Registry, filter::filter_fn, fmt::format::JsonFields, layer::SubscriberExt,
    util::SubscriberInitExt,
};

use super::{
    log_format::{JsonLines, LogFormat, TextFields},
    redacted::Redacted,
    traces::Traces,
};

/// The log filter without `RUST_LOG`. After a COMMIT that met a conflict, the driver's ROLLBACK has
/// no transaction to end, and PostgreSQL sends a notice: `sqlx::postgres::notice` logs errors only.
const DEFAULT_LOG: &str = "info,sqlx=warn,sqlx::postgres::notice=error,sea_orm_migration=warn,\
                           fontdb=error,usvg=error";

/// The crates whose spans are exported.
const PROGRAM: [&str; 3] = ["server", "service", "worker"];

/// Starts logging, to standard error, and the export of traces where it is configured.
///
/// # Errors
/// A sentence, when `RUST_LOG` or a variable of OpenTelemetry is invalid.
pub fn start(format: LogFormat) -> Result<Option<Traces>, String> {
    let filter = match std::env::var("RUST_LOG") {
        Ok(text) if !text.trim().is_empty() => text,
        _ => DEFAULT_LOG.to_owned(),
    };
    let filter =
        EnvFilter::builder().parse(&filter).map_err(|error| format!("RUST_LOG: {error}"))?;
    let traces = Traces::start()?;
    let spans = traces.as_ref().map(|traces| {
        tracing_opentelemetry::layer()
            .with_tracer(traces.tracer())
            .with_location(false)
            .with_target(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_level(false)
            .with_filter(filter_fn(is_exported))
    });
    tracing_subscriber::registry().with(lines(format).with_filter(filter)).with(spans).init();
    Ok(traces)
}

/// Spans of this program. Log lines are not exported: nothing would remove addresses from them.
fn is_exported(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && PROGRAM.iter().any(|part| metadata.target().starts_with(part))
}

/// The layer that writes log lines.
fn lines(format: LogFormat) -> Box<dyn Layer<Registry> + Send + Sync> {
    let layer = tracing_subscriber::fmt::layer().with_writer(writer);
    match format {
        LogFormat::Json => layer.fmt_fields(JsonFields::new()).event_format(JsonLines).boxed(),
        // Colours in a terminal, plain text in a log file.
        LogFormat::Text => {
            layer.fmt_fields(TextFields).with_ansi(io::stderr().is_terminal()).boxed()
        }
    }
}

fn writer() -> Redacted<Stderr> {
    Redacted(io::stderr())
}
