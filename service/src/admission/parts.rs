//! What an edit needs of a competition beside its row: its tags, sections and questions. They are
//! read and written for edited competitions only.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::{AccessCodeDraft, AssetId, CompetitionId, Questions, Sections, Tag};
use sea_orm::ConnectionTrait;

use crate::{
    Result,
    entity::{
        access_code::replace_access_codes,
        competition_picture::replace_pictures,
        competition_sections::{replace_sections, sections_of},
        competition_tag::{replace_tags, tags_of},
        question::{questions_of, save_questions},
    },
};

/// The parts of a competition; empty unless a command
/// [needs them](super::AdmissionCommand::edits_competition).
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) tags: Vec<String>,
    pub(super) sections: Sections,
    pub(super) questions: Questions,
}

/// The parts to write.
#[derive(Debug, Default)]
pub(super) struct NewParts {
    /// The tags, if they change.
    pub(super) tags: Option<Vec<Tag>>,
    /// The sections, if they change.
    pub(super) sections: Option<Sections>,
    /// The pictures in its texts, if these show any, or did.
    pub(super) pictures: Option<BTreeSet<AssetId>>,
    /// The questions, if they change.
    pub(super) questions: Option<Questions>,
    /// The access codes, if they change.
    pub(super) access_codes: Option<Vec<AccessCodeDraft>>,
}

/// Reads the parts of edited competitions, of which only those in `asking` have ever asked
/// anything.
pub(super) async fn read(
    tx: &impl ConnectionTrait,
    edited: HashSet<CompetitionId>,
    asking: Vec<CompetitionId>,
) -> Result<HashMap<CompetitionId, Parts>> {
    if edited.is_empty() {
        return Ok(HashMap::new());
    }
    let mut tags = tags_of(tx, edited.iter().copied()).await?;
    let mut sections = sections_of(tx, edited.iter().copied()).await?;
    let mut questions = questions_of(tx, asking).await?;
    let parts = |id| {
        let tags = tags.remove(&id).unwrap_or_default();
        let sections = sections.remove(&id).unwrap_or_default();
        let questions = questions.remove(&id).unwrap_or_default();
        (id, Parts { tags, sections, questions })
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
    if let Some(pictures) = new.pictures {
        replace_pictures(tx, competition, pictures).await?;
    }
    if let Some(questions) = new.questions {
        save_questions(tx, competition, questions).await?;
    }
    if let Some(codes) = new.access_codes {
        replace_access_codes(tx, competition, &codes).await?;
    }
    Ok(())
}
