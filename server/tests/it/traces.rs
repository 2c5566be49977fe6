//! Traces, from a request to the mail that it causes.

use reqwest::{Client, StatusCode};
use serde_json::json;
use tokio::time::{Duration, sleep, timeout};

use crate::support::{App, Collector, MailSink, Process, Receiver};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// References to variables.
fn borrowed<'a>(variables: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    variables.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

#[tokio::test]
async fn one_trace_leads_from_the_caller_over_the_batch_and_the_job_to_the_mail() {
    let (collector, sink) = (Collector::start().await, MailSink::start().await);
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    app.world.clock.set_to_real_time();
    let id = app.world.competition(&ada).create().await;
    let variables = [&collector.variables()[..], &sink.variables()].concat();
    let server =
        Process::serve_in(&app.world, &borrowed(&variables), &["--trusted-proxies", "127.0.0.1"]);
    let response = Client::new()
        .post(server.url(&format!("/api/competitions/{id}/register")))
        .bearer_auth(app.token(&ben))
        .header("traceparent", format!("00-{TRACE}-{CALLER}-01"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);

    let request = collector.span("POST /api/competitions/{id}/register").await;
    assert_eq!((request.trace.as_str(), request.parent.as_str()), (TRACE, CALLER));
    let batch = collector.span("admission_batch").await;
    assert_eq!(batch.links, [request.id.as_str()]);
    let confirm = collector.span("confirm_registrations").await;
    let deliver = collector.span("deliver_mail").await;
    let mail = collector.span("send_mail").await;
    for span in [&batch, &confirm, &deliver, &mail] {
        assert_eq!(span.trace, TRACE, "{span:?}");
    }
    assert_eq!(confirm.parent, request.id);
    assert_eq!(mail.parent, deliver.id);
    // No span has an address or a token.
    let email = &ben.user().unwrap().email;
    for span in collector.spans() {
        for attribute in &span.attributes {
            assert!(!attribute.contains(email) && !attribute.contains("eyJ"), "{span:?}");
        }
    }
}

#[tokio::test]
async fn a_trace_and_a_request_id_lead_to_the_request_of_a_webhook() {
    let collector = Collector::start().await;
    let receiver = Receiver::answering(StatusCode::NO_CONTENT).await;
    let app = App::new().await;
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    app.world.clock.set_to_real_time();
    let id = app.world.competition(&ada).create().await;
    let body = json!({ "url": receiver.url, "eventTypes": ["registration.created"] });
    let created = app.post("/api/webhooks").by(&ada).json(&body).send().await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    let traced = collector.variables();
    let mut variables = borrowed(&traced);
    variables.push(Receiver::VARIABLE);
    let server = Process::serve_in(&app.world, &variables, &["--trusted-proxies", "127.0.0.1"]);
    let call = Client::new().post(server.url(&format!("/api/competitions/{id}/register")));
    let call = call.bearer_auth(app.token(&ben)).header("x-request-id", "r-7");
    let call = call.header("traceparent", format!("00-{TRACE}-{CALLER}-01"));
    assert_eq!(call.send().await.unwrap().status(), StatusCode::CREATED);

    let request = collector.span("POST /api/competitions/{id}/register").await;
    let publish = collector.span("publish_events").await;
    let deliver = collector.span("deliver_webhooks").await;
    let sent = collector.span("send_webhook").await;
    assert_eq!(publish.parent, request.id);
    assert_eq!((deliver.trace.as_str(), sent.trace.as_str()), (TRACE, TRACE));
    assert_eq!(sent.parent, deliver.id);
    let ids = app.world.request_ids_of_jobs().await;
    for job in ["publish_events r-7", "deliver_webhooks r-7"] {
        assert!(ids.iter().any(|id| id == job), "{ids:?}");
    }
}

#[tokio::test]
async fn the_trace_of_a_client_that_is_no_trusted_proxy_is_not_continued() {
    let collector = Collector::start().await;
    let app = App::new().await;
    let server = Process::serve_in(&app.world, &borrowed(&collector.variables()), &[]);
    let call = Client::new().get(server.url("/api/competitions"));
    let call = call.header("traceparent", format!("00-{TRACE}-{CALLER}-01"));
    assert_eq!(call.send().await.unwrap().status(), StatusCode::OK);
    let request = collector.span("GET /api/competitions").await;
    assert_ne!(request.trace, TRACE);
    assert_eq!(request.parent, "");
}

#[tokio::test]
async fn each_request_for_a_shared_response_has_a_span() {
    let collector = Collector::start().await;
    let app = App::new().await;
    let server = Process::serve_in(&app.world, &borrowed(&collector.variables()), &[]);
    for _ in 0..5 {
        let call = Client::new().get(server.url("/api/competitions"));
        assert_eq!(call.send().await.unwrap().status(), StatusCode::OK);
    }
    let count = || {
        let spans = collector.spans();
        spans.iter().filter(|span| span.name == "GET /api/competitions").count()
    };
    let all_arrived = async {
        while count() < 5 {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(10), all_arrived).await.expect("five spans");
}

#[tokio::test]
async fn the_last_spans_are_exported_when_the_process_ends() {
    let collector = Collector::start().await;
    let app = App::new().await;
    let [(endpoint, url), _] = collector.variables();
    let late = [(endpoint, url.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "3600000")];
    let mut server = Process::serve_in(&app.world, &late, &[]);
    let call = Client::new().get(server.url("/health/live")).header("connection", "close");
    assert_eq!(call.send().await.unwrap().status(), StatusCode::OK);
    assert!(collector.spans().is_empty());
    server.terminate();
    assert!(server.end().await.success());
    collector.span("GET /health/live").await;
}

#[tokio::test]
async fn an_unreachable_collector_costs_a_warning() {
    let app = App::new().await;
    // Nothing listens on port 1.
    let variables =
        [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"), ("OTEL_BSP_SCHEDULE_DELAY", "50")];
    let mut server = Process::serve_in(&app.world, &variables, &[]);
    const WARNING: &str = "traces cannot be exported";
    let client = Client::new();
    while server.log_lines_with(WARNING) == 0 {
        let response = client.get(server.url("/health/live")).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        sleep(Duration::from_millis(50)).await;
    }
    server.terminate();
    assert!(server.end().await.success());
    assert_eq!(server.log_lines_with(WARNING), 1, "{:#?}", server.log_lines());
}
