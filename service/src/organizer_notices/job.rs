//! The job that notifies organizers.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{at_once, daily};
use crate::{
    Context, Result,
    jobs::{BackgroundJob, Class, Execution},
};

/// Notify organizers of what participants have done: those who want it at once, and those for whom
/// it is time for the daily notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotifyOrganizers {}

impl BackgroundJob for NotifyOrganizers {
    const NAME: &'static str = "notify_organizers";
    const CLASS: Class = Class::Background;
    const PRIORITY: i16 = 12;
    const TIME_LIMIT: Duration = Duration::from_secs(600);

    /// Each notice is a transaction: a run that is cut off is continued by the next one.
    async fn run(ctx: &Context, _: &Execution<'_, Self>) -> Result<()> {
        at_once::run(ctx).await?;
        daily::run(ctx).await
    }
}
