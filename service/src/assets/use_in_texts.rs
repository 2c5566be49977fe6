//! Pictures in the texts of a competition.

use std::collections::BTreeSet;

use domain::{
    AssetId, CompetitionEdit, Description, Faults, NewCompetition, SectionText, Sections,
    SectionsEdit, UserId,
};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter};

use super::keep::keep;
use crate::{
    Context, Result,
    entity::asset::{self, Column as C, State},
    infrastructure::db::bulk,
    markdown::{self, Pictures},
};

/// The texts of a new or edited competition, each with the name of its field and its label; `None`
/// for one that is missing or stays.
#[derive(Debug)]
pub(crate) struct Texts<'a>([(&'static str, &'static str, Option<&'a str>); 4]);

impl<'a> Texts<'a> {
    fn new(description: Option<&'a str>, [rules, prizes, schedule]: [Option<&'a str>; 3]) -> Self {
        Self([
            ("description", "Description", description),
            ("rules", "Rules", rules),
            ("prizes", "Prizes", prizes),
            ("schedule", "Schedule", schedule),
        ])
    }

    /// Those of a new competition.
    pub(crate) fn of_new(new: &'a NewCompetition) -> Self {
        let Sections { rules, prizes, schedule } = &new.sections;
        let sections = [rules, prizes, schedule].map(Option::as_deref);
        Self::new(Some(new.description.as_str()), sections)
    }

    /// Those that an edit sets.
    pub(crate) fn of_edit(edit: &'a CompetitionEdit) -> Self {
        let SectionsEdit { rules, prizes, schedule } = &edit.sections;
        let sections = [rules, prizes, schedule]
            .map(|section| section.as_ref()?.as_ref().map(SectionText::as_str));
        Self::new(edit.description.as_ref().map(Description::as_str), sections)
    }
}

/// Checks that the pictures in texts are the organizer's. From then on they stay for a week, also
/// if no competition shows them, so that the edit that follows finds them.
///
/// # Errors
/// A fault of each field that shows other pictures.
pub(crate) async fn use_in_texts(
    ctx: &Context,
    organizer: UserId,
    Texts(texts): Texts<'_>,
) -> Result<()> {
    let named = texts.map(|(.., text)| text.map(markdown::named_pictures).unwrap_or_default());
    let all: BTreeSet<AssetId> = named.iter().flat_map(|named| named.keys()).copied().collect();
    if all.is_empty() {
        return Ok(());
    }
    let own = keep(ctx, organizer, &all).await?;
    let mut faults = Faults::default();
    for ((field, label, _), named) in texts.into_iter().zip(named) {
        let others = named.into_iter().filter(|(picture, _)| !own.contains(picture));
        let others: Vec<_> = others.map(|(picture, width)| width.path(picture)).collect();
        if !others.is_empty() {
            let message = format!(
                "{label} shows what is none of your pictures, or was deleted. Upload it, or remove \
                 it from the text: {}",
                others.join(", ")
            );
            faults.add(field, message);
        }
    }
    Ok(faults.finish(Some(()))?)
}

/// The pictures that a description and sections name.
pub(crate) fn pictures_named_in(description: &str, sections: &Sections) -> BTreeSet<AssetId> {
    let Sections { rules, prizes, schedule } = sections;
    let sections = [rules, prizes, schedule].into_iter().flatten().map(String::as_str);
    let texts = sections.chain([description]);
    texts.flat_map(|text| markdown::named_pictures(text).into_keys()).collect()
}

/// The pictures that the description and sections of an organizer show: those that they name, and
/// that the organizer has uploaded.
///
/// # Errors
/// When the database fails.
pub async fn pictures_shown_in(
    ctx: &Context,
    organizer: UserId,
    description: &str,
    sections: &Sections,
) -> Result<Pictures> {
    let named = pictures_named_in(description, sections);
    if named.is_empty() {
        return Ok(Pictures::default());
    }
    let db = ctx.db.connection();
    // Those of a deleted account have no owner.
    let own = C::OwnerId.eq(organizer).or(C::OwnerId.is_null());
    let rows = asset::Entity::find()
        .filter(bulk::any_of(db, C::Id, named))
        .filter(own)
        .filter(C::State.eq(State::Stored))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(asset::Model::into_view).collect())
}
