//! The mark of a request whose response is shared.

/// Marks a request whose [response is shared](crate::shared_responses), on its way to the handler.
/// It has its id, and is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IsShared;
