//! What an edit needs of a competition beside its row: its tags and sections. They are read and
//! written for edited competitions only.

use std::collections::{HashMap, HashSet};

use domain::{CompetitionId, Sections, Tag};
use sea_orm::ConnectionTrait;

use crate::{
    Result,
    entity::{
        competition_sections::{replace_sections, sections_of},
        competition_tag::{replace_tags, tags_of},
    },
};

/// The parts of a competition; empty unless a command
/// [needs them](super::AdmissionCommand::edits_competition).
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) tags: Vec<String>,
    pub(super) sections: Sections,
}

/// The parts to write.
#[derive(Debug, Default)]
pub(super) struct NewParts {
    /// The tags, if they change.
    pub(super) tags: Option<Vec<Tag>>,
    /// The sections, if they change.
    pub(super) sections: Option<Sections>,
}

/// Reads the parts of edited competitions.
pub(super) async fn read(
    tx: &impl ConnectionTrait,
    edited: HashSet<CompetitionId>,
) -> Result<HashMap<CompetitionId, Parts>> {
    if edited.is_empty() {
        return Ok(HashMap::new());
    }
    let mut tags = tags_of(tx, edited.iter().copied()).await?;
    let mut sections = sections_of(tx, edited.iter().copied()).await?;
    let parts = |id| {
        let tags = tags.remove(&id).unwrap_or_default();
        let sections = sections.remove(&id).unwrap_or_default();
        (id, Parts { tags, sections })
    };
    Ok(edited.into_iter().map(parts).collect())
}

/// Writes the parts that change.
pub(super) async fn write(
    tx: &impl ConnectionTrait,
    competition: CompetitionId,
    new: NewParts,
) -> Result<()> {
    if let Some(tags) = new.tags {
        replace_tags(tx, competition, &tags).await?;
    }
    if let Some(sections) = new.sections {
        replace_sections(tx, competition, sections).await?;
    }
    Ok(())
}
