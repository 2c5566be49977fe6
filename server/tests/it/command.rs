//! The `mini-compete` command.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use service::{housekeeping::CleanUp, jobs, testing::World};

use crate::support::Process;

/// Runs the command in an empty folder, with `variables` as its environment.
pub(crate) fn run(arguments: &[&str], variables: &[(&str, &str)], input: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_mini-compete"))
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // An error means that the command has ended without reading.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

pub(crate) fn output_text(output: &Output) -> String {
    let text = [&*output.stdout, &*output.stderr].concat();
    String::from_utf8(text).unwrap()
}

/// What the command writes as JSON.
fn json(arguments: &[&str], variables: &[(&str, &str)]) -> serde_json::Value {
    let output = run(arguments, variables, "");
    assert!(output.status.success(), "{}", output_text(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn an_invalid_value_ends_the_start_with_an_error_that_names_it() {
    for (name, value) in [
        ("DATABASE_URL", "mysql://localhost"),
        ("JWT_SECRET", "short"),
        ("JWT_EXPIRATION", "tomorrow"),
        ("JWT_EXPIRATION", "0h"),
        ("PORT", "70000"),
        ("APP_ENV", "testing"),
        ("SITE_URL", "example.com"),
        ("CORS_ORIGINS", "*"),
        ("PUBLIC_ORGANIZER_EMAIL", "no"),
        ("SMTP_URL", "mail.example.com"),
        ("MAIL_FROM", "Mini Compete"),
        ("SMTP_CA_FILE", "nowhere.pem"),
        ("REDIS_CA_FILE", "nowhere.pem"),
        ("DATABASE_CA_FILE", "nowhere.pem"),
        ("WORKER_CONCURRENCY", "0"),
        ("CRON_REMINDER_SCHEDULE", "often"),
        ("CRON_CLEANUP_SCHEDULE", "* * *"),
        ("BCRYPT_COST", "3"),
        ("RETENTION_READ_MAIL", "29d"),
    ] {
        let output = run(&["serve"], &[(name, value)], "");
        assert!(!output.status.success(), "{name}");
        assert!(output_text(&output).contains(name), "{name}: {}", output_text(&output));
    }
    // A mail server requires a sender and the URL of the site.
    let server = ("SMTP_URL", "smtp://localhost");
    let output = run(&["migrate"], &[server], "");
    assert!(
        !output.status.success() && output_text(&output).contains("MAIL_FROM"),
        "{}",
        output_text(&output)
    );
    let output = run(&["migrate"], &[server, ("MAIL_FROM", "a@b.example")], "");
    assert!(
        !output.status.success() && output_text(&output).contains("SITE_URL"),
        "{}",
        output_text(&output)
    );
    // A CA for a connection without TLS is a mistake.
    let authority =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../service/tests/it/certificates/authority.pem");
    let site = [("MAIL_FROM", "a@b.example"), ("SITE_URL", "https://b.example")];
    let output =
        run(&["migrate"], &[&site[..], &[server, ("SMTP_CA_FILE", authority)]].concat(), "");
    assert!(
        !output.status.success() && output_text(&output).contains("SMTP_CA_FILE"),
        "{}",
        output_text(&output)
    );
    let output = run(&["migrate"], &[("RUST_LOG", "a=b=c")], "");
    assert!(!output.status.success() && output_text(&output).contains("RUST_LOG"));
}

#[test]
fn production_requires_a_secret_and_rejects_demo_data() {
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().to_str().unwrap();
    let output =
        run(&["serve", "--port", "0", "--site-root", site], &[("APP_ENV", "production")], "");
    assert!(
        !output.status.success() && output_text(&output).contains("JWT_SECRET"),
        "{}",
        output_text(&output)
    );
    let output = run(&["seed"], &[("APP_ENV", "production")], "");
    assert!(!output.status.success() && output_text(&output).contains("refused in production"));
}

#[tokio::test]
async fn admin_create_creates_an_administrator() {
    let world = World::new().await;
    let variables = [("DATABASE_URL", world.database_url()), ("BCRYPT_COST", "4")];
    let create = ["admin", "create", "--email", "root@example.com"];
    let output = run(&create, &variables, "correct horse\n");
    assert!(output.status.success(), "{}", output_text(&output));
    let login =
        domain::Login { email: "root@example.com".into(), password: "correct horse".into() };
    let account = service::accounts::log_in(&world.ctx, login, service::ClientAddress::UNKNOWN)
        .await
        .unwrap();
    assert_eq!(account.user.role, domain::Role::Admin);
    let output = run(&create, &variables, "correct horse\n");
    assert!(!output.status.success() && output_text(&output).contains("Email already registered"));
    let output = run(&["admin", "create", "--email", "eve@example.com"], &variables, "short\n");
    assert!(output_text(&output).contains("at least 8 characters"));
}

#[tokio::test]
async fn admin_reset_link_prints_a_link_for_an_account() {
    let world = World::new().await;
    world.participant("Ada").await;
    let site = ("SITE_URL", "https://club.example/");
    let variables = [("DATABASE_URL", world.database_url()), ("BCRYPT_COST", "4"), site];
    let output = run(&["admin", "reset-link", "ADA@example.com"], &variables, "");
    let said = output_text(&output);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("https://club.example/auth/reset?token="), "{said}");
    let written = json(&["admin", "reset-link", "ada@example.com", "--json"], &variables);
    let link = written["link"].as_str().unwrap();
    assert!(link.starts_with("https://club.example/auth/reset?token="), "{link}");
    assert_eq!(written["validMinutes"], 60);
    let output = run(&["admin", "reset-link", "eve@example.com"], &variables, "");
    assert!(
        !output.status.success() && output_text(&output).contains("No account has this address")
    );
}

#[tokio::test]
async fn admin_promote_makes_an_account_an_administrator() {
    let world = World::new().await;
    world.participant("Ada").await;
    let variables = [("DATABASE_URL", world.database_url())];
    let output = run(&["admin", "promote", "ada@example.com"], &variables, "");
    assert!(
        output_text(&output).contains("ada@example.com is an administrator now"),
        "{}",
        output_text(&output)
    );
}

#[tokio::test]
async fn jobs_list_shows_dead_letters_and_jobs_retry_requeues_them() {
    let world = World::new().await;
    let ctx = &world.ctx;
    service::cron::fire(ctx, "clean_up", ctx.now(), CleanUp {}).await.unwrap();
    for _ in 0..3 {
        let claims = jobs::claim(ctx, 1).await.unwrap();
        jobs::fail(ctx, &claims[0], "the disk is full").await.unwrap();
        world.clock.advance(chrono::TimeDelta::seconds(5));
    }
    let variables = [("DATABASE_URL", world.database_url())];
    let list = output_text(&run(&["jobs", "list"], &variables, ""));
    for part in ["TYPE", "confirm_registrations", "clean_up", "the disk is full"] {
        assert!(list.contains(part), "{part} is missing from {list}");
    }
    assert!(!run(&["jobs", "retry"], &variables, "").status.success(), "neither an id nor --all");
    let output = run(&["jobs", "retry", "--all"], &variables, "");
    assert!(output_text(&output).contains("Retrying 1 dead letter."), "{}", output_text(&output));
    assert_eq!(json(&["jobs", "retry", "--all", "--json"], &variables)["retried"], 0);
    let id = world.job_ids().await[0].to_string();
    let output = run(&["jobs", "retry", &id], &variables, "");
    assert!(!output.status.success() && output_text(&output).contains("Job not found"));
    assert_eq!(world.job_audits().await, ["revived by console"]);
}

/// A world with dead letters.
async fn world_with_dead_letters(count: usize) -> World {
    let world = World::new().await;
    for _ in 0..count {
        let ctx = &world.ctx;
        service::cron::fire(ctx, "clean_up", ctx.now(), CleanUp {}).await.unwrap();
        let claims = jobs::claim(ctx, 1).await.unwrap();
        jobs::move_to_dead_letters(ctx, &claims[0], "the disk is full").await.unwrap();
        world.clock.advance(chrono::TimeDelta::seconds(1));
    }
    world
}

#[tokio::test]
async fn jobs_list_writes_json_a_page_at_a_time() {
    let world = world_with_dead_letters(3).await;
    let variables = [("DATABASE_URL", world.database_url())];
    let list = |arguments: &[&str]| -> serde_json::Value {
        let output = run(&[&["jobs", "list", "--json"], arguments].concat(), &variables, "");
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let page = list(&["--limit", "2"]);
    let jobs = page["jobs"].as_array().unwrap();
    assert_eq!((jobs.len(), &jobs[0]["type"]), (2, &"clean_up".into()));
    assert_eq!(jobs[0]["state"], "failed");
    assert_eq!(jobs[0]["lastError"], "the disk is full");
    let types = page["types"].as_array().unwrap();
    let clean_up = types.iter().find(|stats| stats["type"] == "clean_up").unwrap();
    assert_eq!(clean_up["failed"], 3);
    let last = list(&["--limit", "2", "--after", page["next"].as_str().unwrap()]);
    assert_eq!((last["jobs"].as_array().unwrap().len(), &last["next"]), (1, &().into()));
    assert!(list(&["--state", "active"])["jobs"].as_array().unwrap().is_empty());
    assert!(list(&["--type", "send_mail"])["jobs"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn jobs_discard_asks_unless_told_not_to() {
    let world = world_with_dead_letters(3).await;
    let variables = [("DATABASE_URL", world.database_url())];
    let output = run(&["jobs", "discard", "--all"], &variables, "y\n");
    assert!(!output.status.success() && output_text(&output).contains("add --yes"));
    assert_eq!(world.queue().await.dead, 3);
    let id = jobs::dead_letters(&world.ctx, jobs::Operator::Console).await.unwrap()[0].id;
    let output = run(&["jobs", "discard", "--yes", &id.to_string()], &variables, "");
    assert!(output_text(&output).contains("Discarded 1 dead letter."), "{}", output_text(&output));
    let old = ["jobs", "discard", "--all", "--yes", "--older-than", "36500d"];
    assert!(output_text(&run(&old, &variables, "")).contains("Discarded 0 dead letters."));
    let discarded = json(&["jobs", "discard", "--all", "--yes", "--json"], &variables);
    assert_eq!(discarded["discarded"], 2);
    assert_eq!(world.job_audits().await, ["discarded by console"; 3]);
}

#[tokio::test]
async fn users_are_listed_shown_disabled_and_enabled() {
    let world = World::new().await;
    world.participant("Ada").await;
    world.admin("Root").await;
    let variables = [("DATABASE_URL", world.database_url())];
    let users = |arguments: &[&str]| run(&[&["users"], arguments].concat(), &variables, "");
    let list = output_text(&users(&["list", "--role", "participant"]));
    assert!(list.contains("ada@example.com") && !list.contains("root@example.com"), "{list}");
    let said = output_text(&users(&["disable", "ada@example.com"]));
    assert!(said.contains("ada@example.com is disabled"), "{said}");
    let page = users(&["list", "--disabled", "--json"]);
    let page: serde_json::Value = serde_json::from_slice(&page.stdout).unwrap();
    assert_eq!(page["users"][0]["email"], "ada@example.com");
    assert!(page["users"][0]["disabledAt"].is_string() && page["next"].is_null());
    let output = users(&["disable", "root@example.com"]);
    assert!(!output.status.success() && output_text(&output).contains("last administrator"));
    let output = users(&["show", "eve@example.com"]);
    assert!(!output.status.success() && output_text(&output).contains("No account"));
    assert!(users(&["enable", "ada@example.com"]).status.success());
    let shown = users(&["show", "ada@example.com", "--json"]);
    let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!((&shown["disabledAt"], &shown["registrations"]), (&().into(), &0.into()));
    assert_eq!((&shown["personalTokens"], &shown["webhooks"]), (&0.into(), &0.into()));
    assert!(output_text(&users(&["show", "ada@example.com"])).contains("unread messages"));
}

#[tokio::test]
async fn healthcheck_asks_a_server_whether_it_lives_and_what_it_needs() {
    let world = World::new().await;
    let server = Process::serve(&world, &[]);
    let port = server.address().rsplit_once(':').unwrap().1.to_owned();
    let check = |more: &[&str]| {
        run(&[&["healthcheck", "--port", &port, "--timeout", "30"], more].concat(), &[], "")
    };
    let alive = check(&[]);
    assert!(alive.status.success() && alive.stdout.is_empty(), "{}", output_text(&alive));
    assert!(check(&["--ready"]).status.success());
    let report: serde_json::Value = serde_json::from_slice(&check(&["--json"]).stdout).unwrap();
    assert_eq!((&report["status"], &report["checks"]["database"]), (&"ok".into(), &"ok".into()));
    let missing = "DELETE FROM seaql_migrations WHERE version LIKE '%first_attempts'";
    assert_eq!(world.execute(missing).await.unwrap(), 1);
    // The last outcome counts for ten seconds.
    let failed = loop {
        let output = check(&["--json"]);
        if !output.status.success() {
            break output;
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    };
    let report: serde_json::Value = serde_json::from_slice(&failed.stdout).unwrap();
    assert_eq!(report["failed"], serde_json::json!(["migrations"]));
    assert!(output_text(&check(&["--ready"])).contains("is not ready: migrations failed"));
    assert!(check(&[]).status.success(), "it lives");
}

#[test]
fn completions_are_printed_for_each_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(&["completions", shell], &[], "");
        let script = output_text(&output);
        assert!(output.status.success() && script.contains("mini-compete"), "{shell}");
        assert!(script.contains("discard"), "{shell}");
    }
}

#[tokio::test]
async fn purge_deletes_old_rows_and_a_dry_run_counts_them() {
    let world = World::new().await;
    let old = "INSERT INTO sessions (id, data, expires_at) \
               VALUES ('old', '', '2026-01-01 00:00:00+00:00')";
    world.execute(old).await.unwrap();
    let variables = [("DATABASE_URL", world.database_url())];
    for expected in ["TO DELETE", "DELETED"] {
        let arguments = ["purge", "--dry-run"];
        let output =
            run(&arguments[..arguments.len() - usize::from(expected == "DELETED")], &variables, "");
        let said = output_text(&output);
        assert!(output.status.success() && said.contains(expected), "{said}");
        let row = said.lines().find(|line| line.starts_with("sessions")).unwrap();
        assert!(row.ends_with('1'), "{row}");
    }
    let said = output_text(&run(&["purge", "--json"], &variables, ""));
    let purged: serde_json::Value = serde_json::from_str(&said).unwrap();
    let none =
        serde_json::json!({"table": "sessions", "which": "all", "rows": 0, "finished": true});
    assert_eq!(purged[0], none);
}

#[test]
fn seed_is_idempotent() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/new/folder/test.db", folder.path().display());
    let variables = [("DATABASE_URL", &*url), ("BCRYPT_COST", "4")];
    assert!(
        output_text(&run(&["seed"], &variables, "")).contains("7 accounts and 24 competitions")
    );
    assert!(output_text(&run(&["seed"], &variables, "")).contains("0 accounts and 0 competitions"));
}

#[test]
fn help_lists_every_command() {
    let help = output_text(&run(&["--help"], &[], ""));
    for command in [
        "serve",
        "worker",
        "migrate",
        "seed",
        "admin",
        "users",
        "jobs",
        "purge",
        "openapi",
        "completions",
        "healthcheck",
    ] {
        assert!(help.contains(command), "{command}");
    }
    assert!(output_text(&run(&["serve", "--help"], &[], "")).contains("[env: PORT=]"));
}
