//! The trace context of spans (W3C `traceparent`), for work that another task or process continues.

use std::sync::atomic::{AtomicBool, Ordering};

use opentelemetry::{
    Context, SpanId, TraceFlags, TraceId,
    trace::{SpanContext, TraceContextExt, TraceState},
};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Whether traces are exported.
static IS_ON: AtomicBool = AtomicBool::new(false);

/// Turns the functions of this module on. Call it once the subscriber exports spans.
pub fn enable() {
    IS_ON.store(true, Ordering::Relaxed);
}

/// Whether traces are exported.
pub fn is_enabled() -> bool {
    IS_ON.load(Ordering::Relaxed)
}

/// The `traceparent` of a span: `00-<trace id>-<span id>-<flags>`. `None` while traces are off, and
/// for a span that is not exported.
pub fn of(span: &Span) -> Option<String> {
    if !is_enabled() {
        return None;
    }
    let context = span.context();
    let span = context.span();
    let context = span.span_context();
    context.is_valid().then(|| {
        let flags = context.trace_flags().to_u8();
        format!("00-{}-{}-{flags:02x}", context.trace_id(), context.span_id())
    })
}

/// The trace id of a span, for log lines.
pub fn trace_id(span: &Span) -> Option<String> {
    of(span).and_then(|traceparent| traceparent.get(3..35).map(str::to_owned))
}

/// Makes a span that has not been entered yet a child of the span that `traceparent` names. Ignores
/// a `traceparent` that is malformed.
pub fn set_parent(span: &Span, traceparent: &str) {
    if is_enabled()
        && let Some(parent) = parse(traceparent)
    {
        // Fails for a span that is filtered out, which has no parent either.
        let _ = span.set_parent(Context::new().with_remote_span_context(parent));
    }
}

/// Links a span to the span that `traceparent` names.
pub fn add_link(span: &Span, traceparent: &str) {
    if is_enabled()
        && let Some(linked) = parse(traceparent)
    {
        span.add_link(linked);
    }
}

/// Reads version 00 (W3C Trace Context, section 3.2). Later versions begin with the same fields.
fn parse(traceparent: &str) -> Option<SpanContext> {
    let mut parts = traceparent.split('-');
    let (version, trace, span, flags) =
        (hex(parts.next()?, 2)?, parts.next()?, parts.next()?, hex(parts.next()?, 2)?);
    if version == "ff" || (version == "00" && parts.next().is_some()) {
        return None;
    }
    let context = SpanContext::new(
        TraceId::from_hex(hex(trace, 32)?).ok()?,
        SpanId::from_hex(hex(span, 16)?).ok()?,
        TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED,
        true,
        TraceState::default(),
    );
    context.is_valid().then_some(context)
}

/// `text` if it has `length` digits in lower case.
fn hex(text: &str, length: usize) -> Option<&str> {
    let is_digit = |c: u8| matches!(c, b'0'..=b'9' | b'a'..=b'f');
    (text.len() == length && text.bytes().all(is_digit)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_traceparent_is_read_as_the_specification_says() {
        let context = parse(VALID).unwrap();
        assert_eq!(context.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(context.span_id().to_string(), "00f067aa0ba902b7");
        assert!(context.is_sampled() && context.is_remote());
        assert!(!parse(&VALID.replace("-01", "-00")).unwrap().is_sampled());
        assert!(parse(&format!("01{}-more", &VALID[2..])).is_some(), "a later version");
    }

    #[test]
    fn a_malformed_traceparent_is_ignored() {
        for bad in [
            "",
            "00",
            &VALID.to_uppercase(),
            &format!("{VALID}-more"),
            &format!("ff{}", &VALID[2..]),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e47é-00f067aa0ba902b7-01",
        ] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }
}
