//! `mini-compete jobs`.

use domain::{DeadLetter, JobId, QueueStats};
use service::jobs::{self, Operator};
use worker::InstallationOptions;

use super::{Result, say};

/// Shows how many jobs there are, and those that were given up.
pub(super) async fn list(installation: &InstallationOptions) -> Result {
    let ctx = installation.open().await?;
    let stats = jobs::stats(&ctx, Operator::Console).await?;
    let dead = jobs::dead_letters(&ctx, Operator::Console).await?;
    say(&table(&stats))?;
    for letter in &dead {
        say(&line(letter))?;
    }
    Ok(())
}

/// Puts one job back that was given up, or all of them.
pub(super) async fn retry(installation: &InstallationOptions, id: Option<JobId>) -> Result {
    let ctx = installation.open().await?;
    let revived = match id {
        Some(id) => {
            jobs::revive(&ctx, Operator::Console, id).await?;
            1
        }
        None => jobs::revive_all(&ctx, Operator::Console).await?,
    };
    say(&format!("Put back {revived} of the jobs that were given up."))
}

fn table(stats: &[QueueStats]) -> String {
    let head = format!(
        "{:<22}{:>8}{:>9}{:>10}{:>11}{:>7}",
        "KIND", "READY", "RUNNING", "OLDEST", "DONE/MIN", "DEAD"
    );
    let rows = stats.iter().map(|kind| {
        let oldest =
            kind.oldest_age_seconds.map_or_else(|| "-".to_owned(), |age| format!("{age} s"));
        format!(
            "{:<22}{:>8}{:>9}{:>10}{:>11}{:>7}",
            kind.kind, kind.ready, kind.running, oldest, kind.done_last_minute, kind.dead,
        )
    });
    std::iter::once(head).chain(rows).collect::<Vec<_>>().join("\n")
}

/// One line, whatever the reason holds.
fn line(letter: &DeadLetter) -> String {
    let reason = letter.last_error.replace(char::is_control, " ");
    format!(
        "\n{} {} {}\n  failed {}: {reason}",
        letter.id,
        letter.failed_at,
        letter.kind,
        times(letter.attempts)
    )
}

fn times(attempts: u32) -> String {
    if attempts == 1 { "once".to_owned() } else { format!("{attempts} times") }
}
