//! `mini-compete purge`.

use service::housekeeping::{self, Purged};

use super::{Result, output, progress::Progress};
use crate::options::InstallationOptions;

/// Deletes the rows that are no longer needed, or counts them.
pub(super) async fn run(installation: &InstallationOptions, dry_run: bool, json: bool) -> Result {
    let ctx = installation.open().await?;
    let purged = if dry_run {
        housekeeping::preview(&ctx).await?
    } else {
        let progress = Progress::counting("rows deleted");
        let report = |purged: &[Purged]| progress.set(purged.iter().map(|table| table.rows).sum());
        let purged = housekeeping::purge(&ctx, report).await?;
        progress.finish();
        purged
    };
    if json {
        return output::print_json(&purged);
    }
    let rows = purged
        .iter()
        .map(|purged| [purged.table.to_owned(), purged.which.to_owned(), purged.rows.to_string()]);
    let deleted = if dry_run { "TO DELETE" } else { "DELETED" };
    output::print(&output::table(["TABLE", "ROWS", deleted], rows))
}
