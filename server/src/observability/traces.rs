//! The export of traces by OTLP over HTTP.
//!
//! The standard variables of OpenTelemetry configure it: `OTEL_EXPORTER_OTLP_ENDPOINT` turns it on.
//! Spans are exported by a thread of their own from a bounded queue, which drops what a collector
//! does not take.

use std::{
    env,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{SdkTracer, SdkTracerProvider, SpanData, SpanExporter as Export},
};

/// Turns traces on.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
/// The name of the service, unless `OTEL_SERVICE_NAME` is set.
const SERVICE: &str = "mini-compete";
/// How long the export of the last spans may take when the process ends.
const FLUSH_LIMIT: Duration = Duration::from_secs(5);

/// The export of traces. Call [`flush`](Self::flush) before the process ends.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Starts the export, if it is configured.
    ///
    /// # Errors
    /// A sentence, when a variable is invalid.
    pub(super) fn start() -> Result<Option<Self>, String> {
        let is_set = |name: &str| env::var(name).is_ok_and(|value| !value.trim().is_empty());
        let is_disabled = env::var("OTEL_SDK_DISABLED").is_ok_and(|value| value == "true");
        if is_disabled || !ENDPOINTS.into_iter().any(is_set) {
            return Ok(None);
        }
        let invalid = |error: ExporterBuildError| format!("OTEL_EXPORTER_OTLP_ENDPOINT: {error}");
        let exporter = SpanExporter::builder().with_http().build().map_err(invalid)?;
        let mut resource = Resource::builder()
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
        if !is_set("OTEL_SERVICE_NAME") {
            resource = resource.with_service_name(SERVICE);
        }
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(Warning { exporter, has_failed: AtomicBool::new(false) })
            .with_resource(resource.build())
            .build();
        service::trace_context::enable();
        Ok(Some(Self(provider)))
    }

    pub(super) fn tracer(&self) -> SdkTracer {
        self.0.tracer(SERVICE)
    }

    /// Exports the last spans, for at most five seconds.
    pub async fn flush(self) {
        let flush = move || self.0.shutdown_with_timeout(FLUSH_LIMIT);
        match tokio::task::spawn_blocking(flush).await {
            Ok(Ok(())) | Err(_) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the last traces could not be exported"),
        }
    }
}

/// An exporter that logs when the collector stops taking spans, and when it takes them again.
#[derive(Debug)]
struct Warning {
    exporter: SpanExporter,
    has_failed: AtomicBool,
}

impl Export for Warning {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let result = self.exporter.export(batch).await;
        let had_failed = self.has_failed.swap(result.is_err(), Ordering::Relaxed);
        match &result {
            Err(error) if !had_failed => {
                tracing::warn!(%error, "traces cannot be exported, spans are dropped");
            }
            Ok(()) if had_failed => tracing::info!("traces are exported again"),
            _ => {}
        }
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
