//! A collector of OpenTelemetry traces on this machine.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{Router, body::Bytes, extract::State, routing};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use tokio::{net::TcpListener, task::JoinHandle, time};

const TIMEOUT: Duration = Duration::from_secs(60);

type Spans = Arc<Mutex<Vec<TracedSpan>>>;

/// A span, with its ids in hexadecimal.
#[derive(Clone, Debug)]
pub(crate) struct TracedSpan {
    pub(crate) trace: String,
    pub(crate) id: String,
    pub(crate) parent: String,
    pub(crate) name: String,
    /// The ids of the spans that it is linked to.
    pub(crate) links: Vec<String>,
    /// All attributes, as `name=value`.
    pub(crate) attributes: Vec<String>,
}

/// A collector. It ends when it is dropped.
pub(crate) struct Collector {
    address: SocketAddr,
    spans: Spans,
    task: JoinHandle<()>,
}

impl Collector {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let spans = Spans::default();
        let router = Router::new()
            .route("/v1/traces", routing::post(receive))
            .with_state(Arc::clone(&spans));
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("the collector serves");
        });
        Self { address, spans, task }
    }

    /// The variables of a process that exports traces here, soon.
    pub(crate) fn variables(&self) -> [(&'static str, String); 2] {
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{}", self.address)),
            ("OTEL_BSP_SCHEDULE_DELAY", "100".to_owned()),
        ]
    }

    /// The spans that it has received.
    pub(crate) fn spans(&self) -> Vec<TracedSpan> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for a span with this name.
    pub(crate) async fn span(&self, name: &str) -> TracedSpan {
        let arrived = async {
            loop {
                if let Some(found) = self.spans().into_iter().find(|span| span.name == name) {
                    return found;
                }
                time::sleep(Duration::from_millis(20)).await;
            }
        };
        time::timeout(TIMEOUT, arrived)
            .await
            .unwrap_or_else(|_| panic!("no span {name:?} among {:#?}", self.spans()))
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn receive(State(spans): State<Spans>, body: Bytes) -> Bytes {
    let export = ExportTraceServiceRequest::decode(body).expect("an export in protobuf");
    let scopes = export.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    let received = scopes.flat_map(|scope| scope.spans).map(|span| TracedSpan {
        trace: hex(&span.trace_id),
        id: hex(&span.span_id),
        parent: hex(&span.parent_span_id),
        name: span.name,
        links: span.links.iter().map(|link| hex(&link.span_id)).collect(),
        attributes: span
            .attributes
            .into_iter()
            .map(|attribute| format!("{}={:?}", attribute.key, attribute.value))
            .collect(),
    });
    spans.lock().unwrap_or_else(PoisonError::into_inner).extend(received);
    // An empty response in protobuf: everything was accepted.
    Bytes::new()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
