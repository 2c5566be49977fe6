//! `mini-compete seed`.

use service::{
    demo,
    fill::{self, Accounts, Size},
};

use super::{Result, output::print, progress::Progress};
use crate::{cli::Seed, options::InstallationOptions};

/// Creates the demo data, or generates as many rows as the arguments say.
pub(super) async fn run(installation: &InstallationOptions, seed: Seed) -> Result {
    let Seed { participants, competitions, registrations, force } = seed;
    let (Some(participants), Some(competitions), Some(registrations)) =
        (participants, competitions, registrations)
    else {
        return demo(installation).await;
    };
    let size = Size {
        participants: usize::try_from(participants)?,
        competitions: usize::try_from(competitions)?,
        registrations: usize::try_from(registrations)?,
    };
    let ctx = installation.open().await?;
    let progress = Progress::up_to(u64::try_from(size.rows())?, "rows");
    let count = |rows: usize| progress.set(u64::try_from(rows).unwrap_or(u64::MAX));
    let filled = fill::fill(&ctx, size, force, count).await?;
    progress.finish();
    let Size { participants, competitions, registrations } = filled.size;
    print(&format!(
        "Created {participants} participants, {competitions} competitions and {registrations} \
         registrations."
    ))?;
    let Some(Accounts { participant, organizer, admin }) = filled.accounts else { return Ok(()) };
    print(&format!(
        "Log in as {participant}, {organizer} or {admin}. The password of every generated account \
         is {}.",
        demo::PASSWORD,
    ))
}

async fn demo(installation: &InstallationOptions) -> Result {
    let seeded = demo::seed(&installation.open().await?).await?;
    print(&format!(
        "Created {} accounts and {} competitions; existing ones were left as they are. \
         The password of every demo account is {}.",
        seeded.users,
        seeded.competitions,
        demo::PASSWORD,
    ))
}
