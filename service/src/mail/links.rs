//! The pages that mails about a registration link to.

use domain::CompetitionId;

use crate::Context;

/// Addresses of pages of one competition.
#[derive(Clone, Debug)]
pub(crate) struct Links {
    /// The competition, with the registration of its reader.
    pub(crate) page: String,
    /// Where the registration is cancelled.
    pub(crate) cancel: String,
}

impl Links {
    pub(crate) fn of(ctx: &Context, competition: CompetitionId) -> Self {
        let page = ctx.page(&format!("/competitions/{competition}"));
        Self { cancel: format!("{page}/cancel-registration"), page }
    }
}
