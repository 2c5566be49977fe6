//! Creating a competition.

use domain::{
    CompetitionInput, CompetitionWithOrganizer, IdempotencyKey, NewCompetition, Organizer, Role,
    Tag, User,
};
use sea_orm::{ConnectionTrait, EntityTrait, Set};

use super::view;
use crate::{
    Actor, Context, Result,
    db::retry,
    entity::{competition, competition_tag},
    idempotency::Scope,
    ids::new_id,
};

/// A competition that was created.
#[derive(Clone, Debug)]
pub struct Created {
    /// What the client is shown.
    pub view: CompetitionWithOrganizer,
    /// Whether it was there before, made by a request with the same key.
    pub replayed: bool,
}

/// Creates a competition. Only organizers may. The same input sent again with the same key creates nothing more.
///
/// # Errors
/// Unauthorized or forbidden; every fault of the input at once; a key that was used for another request.
pub async fn create(
    ctx: &Context,
    actor: &Actor,
    input: CompetitionInput,
    key: Option<IdempotencyKey>,
) -> Result<Created> {
    let user = actor.require(Role::Organizer)?;
    let new = input.check(ctx.now())?;
    let scope = key.map(|key| Scope::new(user.id, key, &fingerprint(&new)));
    // Two at once with one key: the log's primary key lets one commit, and the other recalls its answer.
    retry(|| attempt(ctx, user, &new, scope.as_ref())).await
}

async fn attempt(
    ctx: &Context,
    organizer: &User,
    new: &NewCompetition,
    scope: Option<&Scope>,
) -> Result<Created> {
    let tx = ctx.db.write().await?;
    if let Some(scope) = scope
        && let Some(view) = scope.recall(&*tx).await?
    {
        return Ok(Created { view, replayed: true });
    }
    let view = insert(ctx, &*tx, organizer, new).await?;
    if let Some(scope) = scope {
        scope.remember(ctx, &*tx, 201, &view).await?;
    }
    tx.commit().await?;
    Ok(Created { view, replayed: false })
}

/// What was asked, in one spelling.
fn fingerprint(new: &NewCompetition) -> String {
    let tags: Vec<_> = new.tags.iter().map(Tag::as_str).collect();
    let body = serde_json::json!([
        new.title.as_str(),
        new.description.as_str(),
        tags,
        new.capacity,
        new.reg_deadline,
        new.start_date,
    ]);
    format!("create competition {body}")
}

/// Writes a checked competition and its tags.
pub(crate) async fn insert(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    organizer: &User,
    new: &NewCompetition,
) -> Result<CompetitionWithOrganizer> {
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
    let row = competition::Entity::insert(competition).exec_with_returning(tx).await?;
    let tags = (0..).zip(&new.tags).map(|(position, tag)| competition_tag::ActiveModel {
        competition_id: Set(row.id),
        tag: Set(tag.key()),
        label: Set(tag.to_string()),
        position: Set(position),
    });
    if !new.tags.is_empty() {
        competition_tag::Entity::insert_many(tags).exec_without_returning(tx).await?;
    }
    let competition = view::competition(row, new.tags.iter().map(Tag::to_string).collect());
    let User { id, name, email, .. } = organizer.clone();
    Ok(CompetitionWithOrganizer { competition, organizer: Organizer { id, name, email } })
}
