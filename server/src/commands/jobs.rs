//! `mini-compete jobs`.

use std::io::{self, BufRead, IsTerminal, Write};

use domain::QueueStats;
use serde::Serialize;
use serde_json::json;
use service::{
    Context,
    jobs::{self, DeadLetterFilter, JobFilter, JobPage, JobSummary, Operator},
};

use super::{
    Result,
    output::{print, print_json, table},
    progress::Progress,
};
use crate::{
    cli::{DeadLetters, JobList},
    options::InstallationOptions,
};

/// The numbers of a type, in the words of the command line.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TypeStats {
    #[serde(rename = "type")]
    kind: String,
    waiting: u64,
    active: u64,
    oldest_age_seconds: Option<u64>,
    completed_last_minute: u64,
    failed: u64,
}

impl From<QueueStats> for TypeStats {
    fn from(stats: QueueStats) -> Self {
        Self {
            kind: stats.kind,
            waiting: stats.ready,
            active: stats.running,
            oldest_age_seconds: stats.oldest_age_seconds,
            completed_last_minute: stats.done_last_minute,
            failed: stats.dead,
        }
    }
}

#[derive(Serialize)]
struct Listed {
    types: Vec<TypeStats>,
    #[serde(flatten)]
    page: JobPage,
}

/// Prints how many jobs there are of each type, and a page of those in one state.
pub(super) async fn list(installation: &InstallationOptions, list: JobList) -> Result {
    let ctx = installation.open().await?;
    let filter = JobFilter {
        state: list.state.into(),
        kind: list.kind,
        added_before: list.older_than.map(|age| (ctx.now().utc() - age).into()),
        after: list.after,
    };
    let stats = jobs::stats(&ctx, Operator::Console).await?;
    let types = stats.into_iter().map(TypeStats::from).collect();
    let page = jobs::list(&ctx, Operator::Console, &filter, list.limit).await?;
    if list.json {
        return print_json(&Listed { types, page });
    }
    print(&counts(types))?;
    if page.jobs.is_empty() {
        return Ok(());
    }
    let head = ["ID", "TYPE", "ITEMS", "ATTEMPTS", "ADDED", "DUE", "ENDED", "LAST ERROR"];
    print(&format!("\n{}", table(head, page.jobs.into_iter().map(row))))?;
    match page.next {
        Some(next) => print(&format!("\nThere are more: --after {next}")),
        None => Ok(()),
    }
}

fn counts(types: Vec<TypeStats>) -> String {
    let rows = types.into_iter().map(|stats| {
        let oldest = stats.oldest_age_seconds.map_or("-".to_owned(), |age| format!("{age} s"));
        [
            stats.kind,
            stats.waiting.to_string(),
            stats.active.to_string(),
            oldest,
            stats.completed_last_minute.to_string(),
            stats.failed.to_string(),
        ]
    });
    table(["TYPE", "WAITING", "ACTIVE", "OLDEST", "COMPLETED/MIN", "FAILED"], rows)
}

fn row(job: JobSummary) -> [String; 8] {
    let optional = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    [
        job.id.to_string(),
        job.kind,
        job.items.to_string(),
        job.attempts.to_string(),
        job.created_at.to_string(),
        optional(job.due_at.map(|at| at.to_string())),
        optional(job.ended_at.map(|at| at.to_string())),
        optional(job.last_error),
    ]
}

/// Retries dead letters.
pub(super) async fn retry(installation: &InstallationOptions, which: DeadLetters) -> Result {
    let ctx = installation.open().await?;
    let retried = if which.all {
        let filter = filter(&ctx, &which);
        let total = jobs::count_dead_letters(&ctx, Operator::Console, &filter).await?;
        let progress = Progress::up_to(total, "dead letters retried");
        let mut retried = 0;
        loop {
            match jobs::retry_batch(&ctx, Operator::Console, &filter).await? {
                0 => break retried,
                batch => retried += batch,
            }
            progress.set(retried.try_into()?);
        }
    } else {
        for id in &which.ids {
            let result = jobs::retry(&ctx, Operator::Console, *id).await;
            result.map_err(|error| format!("{id}: {}", service::error_chain(&error)))?;
        }
        which.ids.len()
    };
    if which.json {
        return print_json(&json!({ "retried": retried }));
    }
    print(&format!("Retrying {}.", letters(retried)))
}

/// Discards dead letters, after a confirmation.
pub(super) async fn discard(
    installation: &InstallationOptions,
    which: DeadLetters,
    yes: bool,
) -> Result {
    let ctx = installation.open().await?;
    let filter = filter(&ctx, &which);
    let total = match which.all {
        true => jobs::count_dead_letters(&ctx, Operator::Console, &filter).await?,
        false => which.ids.len().try_into()?,
    };
    let question =
        format!("Discard {}? The jobs will never run again. [y/N] ", letters(total.try_into()?));
    if !yes && total > 0 && !confirm(&question)? {
        return match which.json {
            true => print_json(&json!({ "discarded": 0 })),
            false => print("Nothing was discarded."),
        };
    }
    let discarded = if which.all {
        let progress = Progress::up_to(total, "dead letters discarded");
        let mut discarded = 0;
        loop {
            match jobs::discard_batch(&ctx, Operator::Console, &filter).await? {
                0 => break discarded,
                batch => discarded += batch,
            }
            progress.set(discarded.try_into()?);
        }
    } else {
        for id in &which.ids {
            let result = jobs::discard(&ctx, Operator::Console, *id, None).await;
            result.map_err(|error| format!("{id}: {}", service::error_chain(&error)))?;
        }
        which.ids.len()
    };
    if which.json {
        return print_json(&json!({ "discarded": discarded }));
    }
    print(&format!("Discarded {}.", letters(discarded)))
}

fn filter(ctx: &Context, which: &DeadLetters) -> DeadLetterFilter {
    DeadLetterFilter {
        kind: which.kind.clone(),
        added_before: which.older_than.map(|age| (ctx.now().utc() - age).into()),
        ..DeadLetterFilter::all(ctx)
    }
}

fn letters(count: usize) -> String {
    if count == 1 { "1 dead letter".to_owned() } else { format!("{count} dead letters") }
}

/// Asks a question on a terminal.
///
/// # Errors
/// When standard input is no terminal: a script says `--yes`.
pub(super) fn confirm(question: &str) -> Result<bool> {
    if !io::stdin().is_terminal() {
        return Err("this needs a confirmation: add --yes".into());
    }
    write!(io::stderr(), "{question}")?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
