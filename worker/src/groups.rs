//! Grouping claimed jobs that run together.

use service::jobs::Claim;

/// A worker claims jobs until they have this many items. One transaction confirms them all.
pub(crate) const BATCH: usize = 500;

/// Splits claims into groups that run together. Batched jobs of one kind are one group, ordered by
/// how often they were postponed; each other job is a group of its own.
pub(crate) fn groups(claims: Vec<Claim>) -> Vec<Vec<Claim>> {
    let mut groups: Vec<Vec<Claim>> = Vec::new();
    for claim in claims {
        let batch = groups.iter_mut().find(|group| {
            claim.spec.batched && group.iter().any(|other| other.kind() == claim.kind())
        });
        match batch {
            Some(batch) => batch.push(claim),
            None => groups.push(vec![claim]),
        }
    }
    for group in &mut groups {
        group.sort_by_key(Claim::postponements);
    }
    groups
}
