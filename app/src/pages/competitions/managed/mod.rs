//! What the pages where a competition is managed have in common.

mod header;
mod link;
mod tab;

pub(super) use header::ManageHeader;
pub use header::ManagedCompetition;
pub(super) use link::ManageLink;
pub(super) use tab::ManageTab;
