//! `mini-compete doctor` about servers and clocks that are not as they should be.
//!
//! Guards: the checks of `service/src/diagnostics/`.

use serde_json::Value;

use crate::support::{MachineClock, Pooler, Redis, Site, Variables};

/// The findings of the command.
struct Report(Value);

impl Report {
    fn about(variables: &Variables) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let output = variables.command(&folder).args(["doctor", "--json"]).output();
        let output = output.expect("a program");
        let report = serde_json::from_slice(&output.stdout);
        Self(report.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr))))
    }

    /// The severity and what was found.
    fn finding(&self, check: &str) -> (&str, &str) {
        let findings = self.0["findings"].as_array().expect("findings");
        let found = findings.iter().find(|finding| finding["check"] == check);
        let found = found.unwrap_or_else(|| panic!("{check} is missing from {}", self.0));
        let text = |name: &str| found[name].as_str().expect("text");
        (text("severity"), text("found"))
    }

    fn severity(&self, check: &str) -> &str {
        self.finding(check).0
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_in_transaction_mode_is_an_error_and_in_session_mode_none() {
    let site = Site::open().await;
    for (mode, expected) in [("transaction", "error"), ("session", "ok")] {
        let pooler = Pooler::start(site.postgres.port(), mode).await;
        let url = site.postgres.url_through(pooler.port());
        let report = Report::about(&site.variables().with("DATABASE_URL", url));
        let (severity, found) = report.finding("database.reachable");
        assert_eq!(severity, expected, "{mode}: {found}");
        let is_named = found.contains("PgBouncer") && found.contains("pool_mode = session");
        assert_eq!(is_named, mode == "transaction", "{found}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_differ_are_a_warning_and_from_a_minute_on_an_error() {
    let site = Site::open().await;
    for (offset, expected) in [("+0", "ok"), ("+20", "warning"), ("-3600", "error")] {
        let clock = MachineClock::with_offset(offset);
        let report = Report::about(&clock.apply_to(&site.variables()));
        for check in ["clock.database", "clock.redis"] {
            assert_eq!(report.severity(check), expected, "{offset}: {:?}", report.finding(check));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_evicts_keys_or_does_not_persist_them_is_a_warning() {
    let redis = Redis::start().await;
    let variables = Variables::new("sqlite://none.db".to_owned(), redis.url());
    for (policy, append_only, expected) in [
        ("noeviction", "no", ("ok", "warning")),
        ("allkeys-lru", "yes", ("warning", "ok")),
        ("volatile-ttl", "yes", ("warning", "ok")),
        ("noeviction", "yes", ("ok", "ok")),
    ] {
        redis.configure("maxmemory-policy", policy).await;
        redis.configure("appendonly", append_only).await;
        let report = Report::about(&variables);
        let found = (report.severity("redis.eviction"), report.severity("redis.persistence"));
        assert_eq!(found, expected, "{policy}, {append_only}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_accepts_no_writes_is_an_error() {
    let site = Site::open().await;
    assert_eq!(Report::about(&site.variables()).severity("database.writable"), "ok");
    let standby = site.postgres.standby().await;
    site.postgres.demote().await;
    for url in [standby.url(), site.postgres.url()] {
        let report = Report::about(&site.variables().with("DATABASE_URL", url));
        assert_eq!(report.severity("database.writable"), "error", "{}", report.0);
        assert_eq!(report.severity("database.migrations"), "ok");
    }
}
