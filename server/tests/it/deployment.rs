//! The files with which an operator deploys: `.env.example` and the compose files.

use std::collections::BTreeSet;

use clap::{Command, CommandFactory};
use serde_norway::Value;
use server::cli::Cli;

const PRODUCTION: &str = include_str!("../../../docker-compose.yml");
const DEVELOPMENT: &str = include_str!("../../../docker-compose.dev.yml");
const EXAMPLE: &str = include_str!("../../../.env.example");

/// The services of a compose file, with its anchors merged.
fn services(file: &str) -> Value {
    let mut file: Value = serde_norway::from_str(file).unwrap();
    file.apply_merge().unwrap();
    file["services"].clone()
}

fn variables(command: &Command, found: &mut BTreeSet<String>) {
    let names = command.get_arguments().filter_map(|argument| argument.get_env());
    found.extend(names.map(|name| name.to_str().unwrap().to_owned()));
    command.get_subcommands().for_each(|command| variables(command, found));
}

#[test]
fn the_example_environment_has_every_variable() {
    let mut expected = BTreeSet::from(["RUST_LOG".to_owned(), "POSTGRES_PASSWORD".to_owned()]);
    variables(&Cli::command(), &mut expected);
    let lines = EXAMPLE.lines().filter_map(|line| line.trim_start_matches('#').split_once('='));
    let documented: BTreeSet<_> = lines.map(|(name, _)| name.to_owned()).collect();
    let missing: Vec<_> = expected.difference(&documented).collect();
    assert!(missing.is_empty(), ".env.example lacks {missing:?}");
}

#[test]
fn every_process_gets_the_environment_file_and_the_variables_of_a_container() {
    let services = services(PRODUCTION);
    for name in ["migrate", "server", "worker"] {
        let service = &services[name];
        assert_eq!(service["env_file"], ".env", "{name}");
        let environment = &service["environment"];
        for (variable, value) in
            [("APP_ENV", "production"), ("HOST", "0.0.0.0"), ("REDIS_URL", "redis://redis:6379")]
        {
            assert_eq!(environment[variable], value, "{name}");
        }
        assert_eq!(environment["PORT"], 3000, "{name}");
        // `:?` ends the start if it is missing.
        let required = |variable: &str, text: &Value| {
            let text = text.as_str().unwrap().to_owned();
            assert!(text.contains(&format!("${{{variable}:?set {variable} ")), "{name}: {text}");
        };
        required("JWT_SECRET", &environment["JWT_SECRET"]);
        required("POSTGRES_PASSWORD", &environment["DATABASE_URL"]);
        for variable in ["SITE_URL", "TRUSTED_PROXIES"] {
            assert!(environment[variable].is_string(), "{name} lacks {variable}");
        }
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(service["cap_drop"][0], "ALL", "{name}");
    }
}

#[test]
fn services_are_limited_and_start_in_the_order_of_their_health() {
    let services = services(PRODUCTION);
    for (name, service) in services.as_mapping().unwrap() {
        assert!(service["mem_limit"].is_string(), "{name:?} has no limit of memory");
        assert!(service["logging"]["options"]["max-size"].is_string(), "{name:?} logs for ever");
        assert_eq!(service["security_opt"][0], "no-new-privileges:true", "{name:?}");
    }
    let condition = |service: &str, other: &str| {
        services[service]["depends_on"][other]["condition"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(condition("migrate", "postgres"), "service_healthy");
    for name in ["server", "worker"] {
        assert_eq!(condition(name, "migrate"), "service_completed_successfully");
        assert_eq!(condition(name, "redis"), "service_healthy");
    }
    let redis = services["redis"]["command"].as_str().unwrap();
    assert!(redis.contains("--appendonly yes") && redis.contains("noeviction"), "{redis}");
}

#[test]
fn services_for_development_are_reached_from_this_machine_only() {
    let services = services(DEVELOPMENT);
    for name in ["postgres", "redis", "mailpit", "prometheus", "grafana", "jaeger"] {
        let ports = services[name]["ports"].as_sequence().unwrap();
        for port in ports {
            assert!(port.as_str().unwrap().starts_with("127.0.0.1:"), "{name}: {port:?}");
        }
    }
}
