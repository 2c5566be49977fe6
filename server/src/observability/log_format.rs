//! The two forms of a log line: JSON for collectors, text for people.

use std::{error::Error, fmt};

use clap::ValueEnum;
use serde_json::{Map, Value};
use service::error_chain;
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    field::{RecordFields, VisitOutput},
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields,
        format::{DefaultVisitor, JsonFields, Writer},
        time::{FormatTime, SystemTime},
    },
    registry::LookupSpan,
};

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// Fields with this prefix describe a span for its trace and are not logged.
const FOR_TRACES: &str = "otel.";

/// An event as a JSON object: `timestamp`, `level`, `target`, `message`, then the fields of the
/// event and of the spans around it, those of inner spans winning.
#[derive(Debug)]
pub(super) struct JsonLines;

impl<S> FormatEvent<S, JsonFields> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        ctx: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut timestamp = String::new();
        SystemTime.format_time(&mut Writer::new(&mut timestamp))?;
        let mut fields = Map::new();
        for span in ctx.event_scope().into_iter().flat_map(|scope| scope.from_root()) {
            let extensions = span.extensions();
            let Some(span) = extensions.get::<FormattedFields<JsonFields>>() else { continue };
            let span: Map<String, Value> = serde_json::from_str(span).unwrap_or_default();
            fields.extend(span.into_iter().filter(|(name, _)| !name.starts_with(FOR_TRACES)));
        }
        event.record(&mut JsonVisitor(&mut fields));
        let metadata = event.metadata();
        let first = [
            ("timestamp", Value::from(timestamp)),
            ("level", metadata.level().as_str().into()),
            ("target", metadata.target().into()),
            ("message", fields.remove("message").unwrap_or_else(|| "".into())),
        ];
        writer.write_char('{')?;
        for (position, (name, value)) in first.iter().enumerate() {
            let comma = if position == 0 { "" } else { "," };
            write!(writer, "{comma}\"{name}\":{value}")?;
            fields.remove(*name);
        }
        for (name, value) in fields {
            write!(writer, ",{}:{value}", Value::from(name))?;
        }
        writeln!(writer, "}}")
    }
}

/// Adds the fields of an event to a line.
struct JsonVisitor<'a>(&'a mut Map<String, Value>);

impl JsonVisitor<'_> {
    fn insert(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for JsonVisitor<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, value);
    }

    /// With its sources.
    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.insert(field, error_chain(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.insert(field, format!("{value:?}"));
    }
}

/// Fields as text, as the subscriber writes them, without those for traces.
#[derive(Debug)]
pub(super) struct TextFields;

impl<'writer> FormatFields<'writer> for TextFields {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'writer>, fields: R) -> fmt::Result {
        let mut visitor = TextVisitor(DefaultVisitor::new(writer, true));
        fields.record(&mut visitor);
        visitor.0.finish()
    }
}

struct TextVisitor<'a>(DefaultVisitor<'a>);

impl Visit for TextVisitor<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if !field.name().starts_with(FOR_TRACES) {
            self.0.record_str(field, value);
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.0.record_error(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if !field.name().starts_with(FOR_TRACES) {
            self.0.record_debug(field, value);
        }
    }
}
