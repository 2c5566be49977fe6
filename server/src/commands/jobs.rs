//! `mini-compete jobs`.

use domain::{DeadLetter, JobId, QueueStats};
use service::jobs::{self, Operator};

use super::{Result, print};
use crate::options::InstallationOptions;

/// Prints how many jobs there are of each type, and the dead letters.
pub(super) async fn list(installation: &InstallationOptions) -> Result {
    let ctx = installation.open().await?;
    let stats = jobs::stats(&ctx, Operator::Console).await?;
    let dead = jobs::dead_letters(&ctx, Operator::Console).await?;
    print(&table(&stats))?;
    for letter in &dead {
        print(&line(letter))?;
    }
    Ok(())
}

/// Retries one dead letter, or all of them.
pub(super) async fn retry(installation: &InstallationOptions, id: Option<JobId>) -> Result {
    let ctx = installation.open().await?;
    let retried = match id {
        Some(id) => {
            jobs::retry(&ctx, Operator::Console, id).await?;
            1
        }
        None => jobs::retry_all(&ctx, Operator::Console).await?,
    };
    let letters = if retried == 1 { "dead letter" } else { "dead letters" };
    print(&format!("Retrying {retried} {letters}."))
}

fn table(stats: &[QueueStats]) -> String {
    let head = format!(
        "{:<22}{:>8}{:>9}{:>10}{:>15}{:>8}",
        "TYPE", "WAITING", "ACTIVE", "OLDEST", "COMPLETED/MIN", "FAILED"
    );
    let rows = stats.iter().map(|queue| {
        let oldest =
            queue.oldest_age_seconds.map_or_else(|| "-".to_owned(), |age| format!("{age} s"));
        format!(
            "{:<22}{:>8}{:>9}{:>10}{:>15}{:>8}",
            queue.kind, queue.ready, queue.running, oldest, queue.done_last_minute, queue.dead,
        )
    });
    std::iter::once(head).chain(rows).collect::<Vec<_>>().join("\n")
}

/// A dead letter in two lines. Line breaks in its error are removed.
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
