//! Metrics, and what refers to them: dashboards, alerts and their documentation.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::time::{Duration, sleep, timeout};

use crate::support::{App, Process, Receiver};

const RULES: &str = "deploy/prometheus/rules.yml";
const DOCUMENT: &str = "docs/monitoring.md";
const DASHBOARDS: [&str; 2] =
    ["deploy/grafana/dashboards/requests.json", "deploy/grafana/dashboards/jobs.json"];
/// How the names of metrics of this program begin.
const PREFIXES: [&str; 2] = ["mini_compete_", "process_"];

fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file)
}

fn read(file: &str) -> String {
    fs::read_to_string(path(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The names of metrics in a text, without the suffixes of histograms.
fn metrics_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let named = words.filter(|word| PREFIXES.iter().any(|prefix| word.starts_with(prefix)));
    let base = |word: &str| {
        let suffix = ["_bucket", "_sum", "_count"].iter().find_map(|it| word.strip_suffix(it));
        suffix.unwrap_or(word).to_owned()
    };
    named.map(base).collect()
}

/// The metrics that a scrape has.
fn scraped(text: &str) -> BTreeSet<String> {
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    types.filter_map(|line| Some(line.split_once(' ')?.0.to_owned())).collect()
}

/// The expressions of a dashboard.
fn expressions(dashboard: &Value, found: &mut Vec<String>) {
    match dashboard {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str().filter(|_| ["expr", "query"].contains(&name.as_str())) {
                    Some(expression) => found.push(expression.to_owned()),
                    None => expressions(value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| expressions(value, found)),
        _ => {}
    }
}

/// The names of the alerts.
fn alerts() -> Vec<String> {
    let rules = read(RULES);
    let names = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    names.map(str::to_owned).collect()
}

/// The metrics of a server that has served some requests.
async fn scrape(app: &App) -> String {
    let (ada, ben) = (app.world.organizer("Ada").await, app.world.participant("Ben").await);
    app.world.clock.set_to_real_time();
    let id = app.world.competition(&ada).create().await;
    let server = Process::serve_in(&app.world, &[("METRICS_PORT", "0")], &[]);
    let client = Client::new();
    for _ in 0..2 {
        let request = client.post(server.url(&format!("/api/competitions/{id}/register")));
        request.bearer_auth(app.token(&ben)).send().await.unwrap();
    }
    // The second response is ready.
    for path in ["/nothing", "/api/competitions", "/api/competitions"] {
        client.get(server.url(path)).send().await.unwrap();
    }
    server.scrape().await
}

#[tokio::test]
async fn every_metric_of_dashboards_alerts_and_documentation_exists() {
    let app = App::new().await;
    let text = scrape(&app).await;
    let exist = scraped(&text);
    for line in [
        r#"mini_compete_registrations_total{outcome="accepted"} 1"#,
        r#"mini_compete_registrations_total{outcome="already_registered"} 1"#,
        r#"mini_compete_admission_batch_size_count 2"#,
    ] {
        assert!(text.lines().any(|it| it == line), "{line} in:\n{text}");
    }
    for served in [
        r#"method="POST",route="/api/competitions/{id}/register",status="2xx"} 1"#,
        r#"method="GET",route="/api/competitions",status="2xx"} 2"#,
    ] {
        assert!(text.contains(served), "{served} in:\n{text}");
    }

    let optional = |name: &String| name.contains("_redis_") && app.world.ctx.redis().is_none();
    let missing = |names: BTreeSet<String>| -> Vec<String> {
        names.into_iter().filter(|name| !exist.contains(name) && !optional(name)).collect()
    };
    assert_eq!(missing(metrics_in(&read(RULES))), [""; 0], "{RULES}");
    for dashboard in DASHBOARDS {
        let mut found = Vec::new();
        expressions(&serde_json::from_str(&read(dashboard)).unwrap(), &mut found);
        assert!(found.len() > 15, "{dashboard}");
        assert_eq!(missing(metrics_in(&found.join("\n"))), [""; 0], "{dashboard}");
    }
    let documented = metrics_in(&read(DOCUMENT));
    assert_eq!(missing(documented.clone()), [""; 0], "{DOCUMENT}");
    let undocumented: Vec<_> = exist.difference(&documented).collect();
    assert_eq!(undocumented, [""; 0], "{DOCUMENT}");
}

#[tokio::test]
async fn requests_deliveries_and_states_of_webhooks_are_counted() {
    let receiver = Receiver::answering(StatusCode::NO_CONTENT).await;
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    app.world.clock.set_to_real_time();
    // Nothing listens on port 1.
    for url in [&receiver.url, "http://127.0.0.1:1/"] {
        app.post("/api/webhooks").by(&ada).json(&json!({ "url": url })).send().await;
    }
    let server = Process::serve_in(&app.world, &[("METRICS_PORT", "0"), Receiver::VARIABLE], &[]);
    let client = Client::new();
    let body = json!({
        "title": "Code Sprint", "description": "24 hours", "tags": [], "capacity": 2,
        "regDeadline": "2099-01-01T00:00:00Z",
    });
    let create = client.post(server.url("/api/competitions")).bearer_auth(app.token(&ada));
    let created = create.json(&body).send().await.unwrap();
    assert_eq!(created.status(), StatusCode::CREATED);
    let expected = [
        r#"mini_compete_webhook_requests_total{outcome="delivered"} 1"#,
        r#"mini_compete_webhook_deliveries_total{outcome="delivered"} 1"#,
        r#"mini_compete_webhook_deliveries_total{outcome="failed"} 0"#,
        r#"mini_compete_webhook_deliveries_pending 1"#,
        r#"mini_compete_webhooks{state="enabled"} 1"#,
        r#"mini_compete_webhooks{state="failing"} 1"#,
        r#"mini_compete_webhooks{state="disabled"} 0"#,
    ];
    let counted = async {
        loop {
            let text = server.scrape().await;
            let missing = expected.iter().find(|line| !text.lines().any(|it| it == **line));
            let Some(missing) = missing else { return text };
            eprintln!("{missing} is missing");
            sleep(Duration::from_millis(500)).await;
        }
    };
    let text = timeout(Duration::from_secs(60), counted).await.expect("all counts");
    // It may have been attempted again.
    assert!(!text.contains(r#"mini_compete_webhook_requests_total{outcome="unreachable"} 0"#));
    assert!(!text.contains("mini_compete_webhook_request_duration_seconds_count 0"), "{text}");
}

#[tokio::test]
async fn every_metric_has_a_name_and_a_help_as_prometheus_recommends() {
    let text = scrape(&App::new().await).await;
    for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = line.split_once(' ').unwrap();
        assert!(text.contains(&format!("# HELP {name} ")), "{name} has no help");
        assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
        assert!(kind != "summary", "{line}");
    }
}

#[test]
fn every_alert_has_a_section_of_the_documentation() {
    let (document, rules) = (read(DOCUMENT), read(RULES));
    let alerts = alerts();
    assert!(alerts.len() > 10);
    for alert in &alerts {
        assert!(document.contains(&format!("\n### {alert}\n")), "{alert} in {DOCUMENT}");
        let link = format!("runbook_url: {DOCUMENT}#{}", alert.to_lowercase());
        assert!(rules.contains(&link), "{link}");
    }
    let sections = document.lines().filter_map(|line| line.strip_prefix("### MiniCompete"));
    assert_eq!(sections.count(), alerts.len(), "a section without an alert");
}

#[test]
fn promtool_accepts_the_rules() {
    let unpacked = path("target/tools/prometheus/usr/bin/promtool");
    let promtool = if unpacked.exists() { unpacked } else { "promtool".into() };
    let check = Command::new(promtool).args(["check", "rules"]).arg(path(RULES)).output();
    let output = check.expect("run ./setup.sh test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn metrics_are_off_unless_configured_and_need_the_token_on_the_port_of_the_site() {
    let app = App::new().await;
    let client = Client::new();
    let status = async |server: &Process, token: Option<&str>| {
        let call = client.get(server.url("/metrics"));
        let call = match token {
            Some(token) => call.bearer_auth(token),
            None => call,
        };
        call.send().await.unwrap().status()
    };
    let off = Process::serve(&app.world, &[]);
    assert_eq!(status(&off, None).await, StatusCode::NOT_FOUND);
    let token = "a token of sixteen characters";
    let on = Process::serve_in(&app.world, &[("METRICS_TOKEN", token)], &[]);
    assert_eq!(status(&on, None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&on, Some("a token of sixteen characterz")).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&on, Some(token)).await, StatusCode::OK);
}

#[tokio::test]
async fn a_worker_has_metrics_and_probes_on_a_port_of_its_own() {
    let app = App::new().await;
    let worker = Process::work_with(&app.world, ("METRICS_PORT", "0"));
    let text = worker.scrape().await;
    assert!(text.contains("mini_compete_job_attempts_total"), "{text}");
    assert!(text.contains("mini_compete_jobs{"), "{text}");
}
