//! `mini-compete doctor`.

use std::{fs, os::unix::fs::PermissionsExt, process::Output};

use serde_json::Value;
use service::{
    backup::Facts,
    testing::{EmptyDatabase, World},
};

use crate::command::{output_text, run};

/// The report about an installation with these variables.
fn report(variables: &[(&str, &str)]) -> (Output, Value) {
    let output = run(&["doctor", "--json"], variables, "");
    let report = serde_json::from_slice(&output.stdout);
    let report = report.unwrap_or_else(|error| panic!("{error}: {}", output_text(&output)));
    (output, report)
}

fn severity(report: &Value, check: &str) -> String {
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["check"] == check);
    let found = found.unwrap_or_else(|| panic!("{check} is missing from {report}"));
    found["severity"].as_str().unwrap().to_owned()
}

/// A folder with the files of a site.
fn site() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("pkg")).unwrap();
    for name in ["a.js", "a.wasm", "a.css"] {
        fs::write(folder.path().join("pkg").join(name), "").unwrap();
    }
    folder
}

#[tokio::test]
async fn a_sound_installation_has_no_errors() {
    let (world, site) = (World::new().await, site());
    let redis = world.redis_variables();
    let mut variables =
        vec![("DATABASE_URL", world.database_url()), ("SITE_ROOT", site.path().to_str().unwrap())];
    variables.extend(redis.iter().map(|(name, value)| (*name, &**value)));
    let (output, report) = report(&variables);
    assert!(output.status.success(), "{report}");
    assert_eq!(
        (&report["errors"], severity(&report, "database.reachable")),
        (&0.into(), "ok".into())
    );
    assert_eq!(severity(&report, "database.migrations"), "ok");
    assert_eq!(severity(&report, "files.site"), "ok");
    if world.ctx.redis().is_some() {
        assert_eq!(severity(&report, "redis.permissions"), "ok");
        assert_eq!(severity(&report, "redis.eviction"), "ok");
        assert_eq!(severity(&report, "redis.persistence"), "warning");
        assert_eq!(severity(&report, "clock.redis"), "ok");
    }
    if world.database_url().starts_with("postgres") {
        for check in ["isolation", "privileges", "writable", "encoding", "connections"] {
            assert_eq!(severity(&report, &format!("database.{check}")), "ok", "{check}");
        }
        assert_eq!(severity(&report, "clock.database"), "ok");
        assert_eq!(severity(&report, "database.fsync"), "warning", "the server of the tests");
    }
    let said = output_text(&run(&["doctor"], &variables, ""));
    assert!(said.contains("ok       database.migrations: all"), "{said}");
}

#[tokio::test]
async fn an_empty_database_stays_empty() {
    let (empty, site) = (EmptyDatabase::create().await, site());
    let site = site.path().to_str().unwrap();
    let (output, report) = report(&[("DATABASE_URL", empty.url()), ("SITE_ROOT", site)]);
    assert!(output.status.success(), "{report}");
    assert_eq!(severity(&report, "database.migrations"), "warning");
    if let Ok(facts) = Facts::read(empty.url()).await {
        assert_eq!(facts.tables, 0);
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_an_error_and_one_of_an_older_a_warning() {
    let world = World::new().await;
    let migrations = async |sql: &str| {
        world.execute(sql).await.unwrap();
        severity(&report(&[("DATABASE_URL", world.database_url())]).1, "database.migrations")
    };
    let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m2099_dogs', 0)";
    assert_eq!(migrations(newer).await, "error");
    assert_eq!(
        migrations("DELETE FROM seaql_migrations WHERE version > 'm2026112'").await,
        "warning"
    );
}

#[test]
fn services_that_do_not_answer_are_errors_and_the_exit_code_says_so() {
    let variables = [
        ("DATABASE_URL", "postgres://nobody:secret-word@127.0.0.1:1/none"),
        ("REDIS_URL", "redis://:secret-word@127.0.0.1:1"),
        ("SMTP_URL", "smtp://me:secret-word@127.0.0.1:1"),
        ("MAIL_FROM", "club@example.com"),
        ("SITE_URL", "https://club.example"),
        ("SITE_ROOT", "/nowhere"),
    ];
    let (output, report) = report(&variables);
    assert_eq!(output.status.code(), Some(1));
    for check in ["database.reachable", "redis.reachable", "mail.reachable", "files.site"] {
        assert_eq!(severity(&report, check), "error", "{check}");
    }
    for output in [&output, &run(&["doctor"], &variables, "")] {
        let said = output_text(output);
        assert!(!said.contains("secret-word"), "{said}");
    }
    let options = report["options"].as_array().unwrap();
    let of = |name: &str| options.iter().find(|option| option["name"] == name).unwrap();
    assert_eq!(of("SITE_URL")["source"], "environment");
    assert_eq!(of("SMTP_URL")["value"], "(hidden)");
    assert_eq!((&of("PORT")["source"], &of("PORT")["value"]), (&"default".into(), &"3000".into()));
}

#[test]
fn a_production_that_is_not_ready_for_users_is_told_what_is_missing() {
    let variables = [("APP_ENV", "production"), ("RATE_LIMITS", "off"), ("BCRYPT_COST", "4")];
    let (_, report) = report(&variables);
    for (check, expected) in [
        ("configuration.secret", "error"),
        ("configuration.rate_limits", "error"),
        ("configuration.bcrypt_cost", "error"),
        ("configuration.site", "warning"),
        ("configuration.proxies", "warning"),
        ("mail.configuration", "warning"),
        ("database.reachable", "warning"),
    ] {
        assert_eq!(severity(&report, check), expected, "{check}");
    }
    let folder = tempfile::tempdir().unwrap();
    assert!(!folder.path().join("data").exists(), "nothing was created");
}

#[tokio::test]
async fn a_database_file_that_others_may_read_is_a_warning() {
    let world = World::new().await;
    let Some(file) = service::sqlite_file(world.database_url()) else { return };
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let (_, report) = report(&[("DATABASE_URL", world.database_url())]);
    assert_eq!(severity(&report, "files.permissions"), "warning");
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o644, "nothing was changed");
}
