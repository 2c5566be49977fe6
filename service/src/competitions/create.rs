//! Creating a competition.

use domain::{
    Competition, CompetitionInput, CompetitionWithOrganizer, NewCompetition, Organizer, Role, Tag,
    User,
};
use sea_orm::{EntityTrait, Set};

use super::view;
use crate::{
    Actor, Context, Result,
    db::retry,
    entity::{competition, competition_tag},
    ids::new_id,
};

/// Creates a competition. Only organizers may.
///
/// # Errors
/// Unauthorized or forbidden; every fault of the input at once.
pub async fn create(
    ctx: &Context,
    actor: &Actor,
    input: CompetitionInput,
) -> Result<CompetitionWithOrganizer> {
    let user = actor.require(Role::Organizer)?;
    let new = input.check(ctx.now())?;
    let competition = retry(|| insert(ctx, user, &new)).await?;
    let User { id, name, email, .. } = user.clone();
    Ok(CompetitionWithOrganizer { competition, organizer: Organizer { id, name, email } })
}

/// Writes a checked competition and its tags.
pub(crate) async fn insert(
    ctx: &Context,
    organizer: &User,
    new: &NewCompetition,
) -> Result<Competition> {
    let now = ctx.now().utc();
    let competition = competition::ActiveModel {
        id: Set(new_id()),
        organizer_id: Set(organizer.id.0),
        title: Set(new.title.to_string()),
        title_key: Set(new.title.as_str().to_lowercase()),
        description: Set(new.description.to_string()),
        search_text: Set(format!("{}\n{}", new.title, new.description).to_lowercase()),
        capacity: Set(i32::try_from(new.capacity).expect("MAX_CAPACITY fits")),
        registered: Set(0),
        reg_deadline: Set(new.reg_deadline.utc()),
        start_date: Set(new.start_date.map(domain::Timestamp::utc)),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let tx = ctx.db.write().await?;
    let competition = competition::Entity::insert(competition).exec_with_returning(&*tx).await?;
    let tags = (0..).zip(&new.tags).map(|(position, tag)| competition_tag::ActiveModel {
        competition_id: Set(competition.id),
        tag: Set(tag.key()),
        label: Set(tag.to_string()),
        position: Set(position),
    });
    if !new.tags.is_empty() {
        competition_tag::Entity::insert_many(tags).exec_without_returning(&*tx).await?;
    }
    tx.commit().await?;
    Ok(view::competition(competition, new.tags.iter().map(Tag::to_string).collect()))
}
