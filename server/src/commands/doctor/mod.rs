//! `mini-compete doctor`.

mod configuration;
mod files;

use domain::Email;
use serde::Serialize;
use service::diagnostics::{self, Finding, Severity};

use super::{
    Result,
    output::{print, print_json},
};
use crate::{
    cli::{Doctor, OptionSource},
    options::InstallationOptions,
};

/// All findings, and how many are bad.
#[derive(Serialize)]
struct Report {
    findings: Vec<Finding>,
    errors: usize,
    warnings: usize,
    options: Vec<OptionSource>,
}

/// Checks the installation, and prints what was found. Changes nothing.
pub(super) async fn run(
    installation: &InstallationOptions,
    doctor: Doctor,
    options: Vec<OptionSource>,
) -> Result {
    let mut findings = configuration::look(installation, &doctor.server, &options);
    findings.extend(files::look(installation, &doctor.server));
    let url = installation.database.url()?;
    let connections = installation.database.database_connections;
    let database = diagnostics::database(&url, connections).await;
    findings.extend(database.findings);
    if database.migrations.is_some() || !database.failed {
        findings.push(migrations(database.migrations.as_deref()));
    }
    let redis = &installation.redis;
    if let Some(url) = &redis.redis_url.0 {
        let ca = redis.redis_ca_file.0.as_deref();
        findings.extend(diagnostics::redis(url, &redis.redis_prefix, ca).await);
    }
    findings.push(media(installation, &url).await);
    findings.extend(mail(installation, doctor.send_test_mail.as_deref()).await?);
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let report = Report { errors, warnings, findings, options };
    if doctor.json {
        print_json(&report)?;
    } else {
        print(&text(&report))?;
    }
    match errors {
        0 => Ok(()),
        1 => Err("1 error was found".into()),
        errors => Err(format!("{errors} errors were found").into()),
    }
}

fn migrations(applied: Option<&[String]>) -> Finding {
    let check = "database.migrations";
    let known = migration::names();
    let Some(applied) = applied else {
        return Finding::warning(
            check,
            "the database has no tables of this program",
            "Run `mini-compete migrate`, or start a server.",
        );
    };
    let pending = known.iter().filter(|name| !applied.contains(name)).count();
    if let Some(unknown) = applied.iter().find(|name| !known.contains(name)) {
        let found =
            format!("the database has the migration {unknown}, which this version does not know");
        let advice = "Run the version that has made the database, or a newer one.";
        return if pending == 0 && migration::accepts(applied) {
            Finding::warning(check, format!("{found} and which only adds"), advice)
        } else {
            Finding::error(check, found, advice)
        };
    }
    match pending {
        0 => Finding::ok(check, format!("all {} are applied", known.len())),
        pending => Finding::warning(
            check,
            format!("{pending} of {} are not applied", known.len()),
            "Back up the database and run `mini-compete migrate`, or start this version of the \
             server.",
        ),
    }
}

/// Whether pictures can be stored and read.
async fn media(installation: &InstallationOptions, database_url: &str) -> Finding {
    let check = "media.store";
    let checked = match installation.media.open(database_url) {
        Ok(store) => store.check().await.map_err(|error| service::error_chain(&error)),
        Err(error) => Err(error),
    };
    // More than one process.
    let is_shared = installation.redis.redis_url.0.is_some();
    match checked {
        Ok(()) if is_shared && installation.media.media_url.0.is_none() => Finding::warning(
            check,
            "MEDIA_URL is not set",
            "Processes on other machines do not have the pictures of this one. Set MEDIA_URL to a \
             folder that all share, or to a bucket.",
        ),
        Ok(()) => Finding::ok(check, "a file can be stored, read and deleted"),
        Err(error) => {
            let advice = "Let the user who runs mini-compete write to the folder, or correct \
                          MEDIA_URL and the variables that begin with AWS_.";
            Finding::error(check, error, advice)
        }
    }
}

async fn mail(installation: &InstallationOptions, to: Option<&str>) -> Result<Vec<Finding>> {
    let to = to.map(Email::parse).transpose()?;
    let mailer = match installation.mail.mailer(installation.site_url.as_deref()) {
        Ok(mailer) => mailer,
        Err(error) => {
            let advice = "Set the options that the sentence names.";
            return Ok(vec![Finding::error("mail.configuration", error.to_string(), advice)]);
        }
    };
    let Some(mailer) = mailer else {
        let mut findings = vec![Finding::warning(
            "mail.configuration",
            "SMTP_URL is not set",
            "Messages stay in the mailboxes on the site, and users cannot reset a forgotten \
             password by themselves. Set SMTP_URL and MAIL_FROM.",
        )];
        if to.is_some() {
            let advice = "Set SMTP_URL and MAIL_FROM.";
            findings.push(Finding::error("mail.test", "no message was sent", advice));
        }
        return Ok(findings);
    };
    let mut findings = vec![diagnostics::mail(&mailer).await];
    if let Some(to) = to {
        let site = installation.site_url.as_deref().unwrap_or_default();
        let now = diagnostics::clock();
        findings.push(diagnostics::send_test_mail(&mailer, &to, site, now).await);
    }
    Ok(findings)
}

fn text(report: &Report) -> String {
    let mut lines = vec!["Options that are set:".to_owned()];
    let set: Vec<_> = report.options.iter().filter(|option| option.source != "default").collect();
    if set.is_empty() {
        lines.push("  none".to_owned());
    }
    for OptionSource { name, source, value } in set {
        lines.push(format!("  {name}={value} ({source})"));
    }
    lines.push(String::new());
    for Finding { check, severity, found, advice } in &report.findings {
        let mark = match severity {
            Severity::Ok => "ok     ",
            Severity::Warning => "warning",
            Severity::Error => "error  ",
        };
        let found = found.replace(char::is_control, " ");
        lines.push(format!("{mark}  {check}: {found}"));
        if let Some(advice) = advice {
            lines.push(format!("         {advice}"));
        }
    }
    lines.push(format!("\nerrors: {}, warnings: {}", report.errors, report.warnings));
    lines.join("\n")
}
