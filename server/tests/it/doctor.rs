//! `mini-compete doctor`.

use std::{fs, os::unix::fs::PermissionsExt, process::Output};

use serde_json::Value;
use service::{
    backup::Facts,
    testing::{EmptyDatabase, World},
};
use tokio::task::block_in_place;

use crate::{
    command::{output_text, run},
    support::MailSink,
};

/// The report about an installation with these variables.
fn report(variables: &[(&str, &str)]) -> (Output, Value) {
    report_with(&[], variables)
}

/// The same with further arguments.
fn report_with(arguments: &[&str], variables: &[(&str, &str)]) -> (Output, Value) {
    let output = run(&[&["doctor", "--json"], arguments].concat(), variables, "");
    let report = serde_json::from_slice(&output.stdout);
    let report = report.unwrap_or_else(|error| panic!("{error}: {}", output_text(&output)));
    (output, report)
}

/// The field of a finding.
fn field(report: &Value, check: &str, name: &str) -> String {
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["check"] == check);
    let found = found.unwrap_or_else(|| panic!("{check} is missing from {report}"));
    found[name].as_str().unwrap().to_owned()
}

fn severity(report: &Value, check: &str) -> String {
    field(report, check, "severity")
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
async fn a_database_of_a_newer_version_is_an_error_unless_that_only_adds_to_the_schema() {
    let world = World::new().await;
    let migrations = async |sql: &str| {
        world.execute(sql).await.unwrap();
        severity(&report(&[("DATABASE_URL", world.database_url())]).1, "database.migrations")
    };
    let insert = "INSERT INTO seaql_migrations (version, applied_at)";
    assert_eq!(migrations(&format!("{insert} VALUES ('m2099_dogs', 0)")).await, "warning");
    assert_eq!(migrations(&format!("{insert} VALUES ('m2099_contract_x', 0)")).await, "error");
    assert_eq!(migrations("DELETE FROM seaql_migrations WHERE version > 'm2099'").await, "ok");
    let older = "DELETE FROM seaql_migrations WHERE version LIKE '%first_attempts'";
    assert_eq!(migrations(older).await, "warning");
    // Neither of this version nor of one after it.
    assert_eq!(migrations(&format!("{insert} VALUES ('m2099_dogs', 0)")).await, "error");
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
    assert!(!report["findings"].to_string().contains("database.migrations"), "it is not known");
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

#[tokio::test(flavor = "multi_thread")]
async fn a_test_mail_is_sent_or_the_refusal_is_an_error() {
    let (site, send) = (site(), ["--send-test-mail", "ops@club.example"]);
    for (sink, expected) in [(MailSink::start().await, "ok"), (MailSink::refusing().await, "error")]
    {
        let variables = sink.variables();
        let mut variables: Vec<_> =
            variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        variables.push(("SITE_ROOT", site.path().to_str().unwrap()));
        let (output, report) = block_in_place(|| report_with(&send, &variables));
        assert_eq!(severity(&report, "mail.reachable"), "ok");
        assert_eq!(severity(&report, "mail.test"), expected, "{report}");
        assert_eq!(output.status.success(), expected == "ok");
        assert_eq!(sink.accepted(), usize::from(expected == "ok"));
        let (_, without) = block_in_place(|| self::report(&variables));
        assert!(!without.to_string().contains("mail.test"), "a mail without being asked");
        if expected == "error" {
            assert!(field(&report, "mail.test", "found").contains("we do not relay"), "{report}");
        }
    }
    let (output, report) = report_with(&send, &[]);
    assert_eq!((severity(&report, "mail.test"), output.status.code()), ("error".into(), Some(1)));
    let output = run(&["doctor", "--send-test-mail", "nobody"], &[], "");
    assert!(!output.status.success() && output.stdout.is_empty(), "{}", output_text(&output));
}

/// A role of the PostgreSQL of the tests: the URL of the database for it, and its name.
async fn role(world: &World, settings: &str) -> Option<(String, String)> {
    let (before, after) = world.database_url().split_once('@')?;
    let name = format!("doctor_{}", after.rsplit('/').next().unwrap_or_default());
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    world.execute(&format!("CREATE ROLE {name} LOGIN PASSWORD 'doctor'")).await.unwrap();
    if !settings.is_empty() {
        world.execute(&format!("ALTER ROLE {name} {settings}")).await.unwrap();
    }
    let scheme = before.split_once("://")?.0;
    Some((format!("{scheme}://{name}:doctor@{after}"), name))
}

#[tokio::test]
async fn a_role_that_may_not_use_all_tables_is_an_error_and_one_that_creates_none_a_warning() {
    let world = World::new().await;
    let Some((url, name)) = role(&world, "SET synchronous_commit = off").await else { return };
    let privileges = || report(&[("DATABASE_URL", &url)]).1;
    let all = "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA";
    let grant = async |what: &str| world.execute(what).await.unwrap();
    grant(&format!("GRANT {all} public TO {name}")).await;
    let found = privileges();
    assert_eq!(severity(&found, "database.privileges"), "warning", "{found}");
    assert!(field(&found, "database.privileges", "found").contains("may not create"));
    assert_eq!(severity(&found, "database.synchronous_commit"), "warning");
    for privilege in ["SELECT", "INSERT", "UPDATE", "DELETE"] {
        grant(&format!("REVOKE {privilege} ON jobs FROM {name}")).await;
        let found = privileges();
        assert_eq!(severity(&found, "database.privileges"), "error", "{privilege}");
        let found = field(&found, "database.privileges", "found");
        assert!(found.contains("read and write 1 of the tables"), "{privilege}: {found}");
        grant(&format!("GRANT {privilege} ON jobs TO {name}")).await;
    }
    grant(&format!("DROP OWNED BY {name}")).await;
    grant(&format!("DROP ROLE {name}")).await;
}

#[tokio::test]
async fn too_few_connections_of_a_server_and_another_encoding_are_errors() {
    let world = World::new().await;
    let Some((server, name)) = world.database_url().rsplit_once('/') else { return };
    if !server.starts_with("postgres") {
        return;
    }
    let variables = [("DATABASE_URL", world.database_url()), ("DATABASE_CONNECTIONS", "1000")];
    assert_eq!(severity(&report(&variables).1, "database.connections"), "error");
    let other = format!("ascii_{}", name.split('?').next().unwrap_or_default());
    let create = format!("CREATE DATABASE {other} ENCODING 'SQL_ASCII' LOCALE 'C'");
    world.execute(&format!("{create} TEMPLATE template0")).await.unwrap();
    let url = format!("{server}/{other}");
    assert_eq!(severity(&report(&[("DATABASE_URL", &url)]).1, "database.encoding"), "error");
    world.execute(&format!("DROP DATABASE {other}")).await.unwrap();
}

/// A user of the shared Redis is of this test only, so others do not notice.
#[tokio::test]
async fn commands_that_redis_refuses_its_user_are_an_error_with_redis() {
    let world = World::new().await;
    let variables = world.redis_variables();
    let of = |name| &*variables.iter().find(|variable| variable.0 == name).unwrap().1;
    let (url, prefix) = (of("REDIS_URL"), of("REDIS_PREFIX"));
    let user = format!("doctor-{}", prefix.replace(':', "-"));
    let mut redis =
        redis::Client::open(url).unwrap().get_multiplexed_async_connection().await.unwrap();
    let rules = ["on", ">doctor", "~*", "&*", "+@all", "-blpop", "-publish", "-info", "-time"];
    let mut set = redis::cmd("ACL");
    set.arg("SETUSER").arg(&user).arg(&rules).exec_async(&mut redis).await.unwrap();
    let limited = url.replace("redis://", &format!("redis://{user}:doctor@"));
    let asked = [("REDIS_URL", &*limited), ("REDIS_PREFIX", prefix)];
    let (output, report) = report(&asked);
    assert!(!output.status.success());
    assert_eq!(severity(&report, "redis.reachable"), "ok");
    assert_eq!(severity(&report, "redis.permissions"), "error");
    let found = field(&report, "redis.permissions", "found");
    assert!(found.contains("for BLPOP, PUBLISH, TIME:"), "{found}");
    for check in ["redis.eviction", "redis.persistence"] {
        assert_eq!(severity(&report, check), "warning");
        assert!(field(&report, check, "found").contains("may not run INFO"), "{report}");
    }
    redis::cmd("ACL").arg("DELUSER").arg(&user).exec_async(&mut redis).await.unwrap();
}
