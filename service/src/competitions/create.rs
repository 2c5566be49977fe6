//! Creating a competition.

use domain::{
    CompetitionInput, CompetitionWithOrganizer, IdempotencyKey, NewCompetition, Organizer, Role,
    Tag, Timestamp, User, searchable,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::view;
use crate::{
    Actor, Context, Result,
    db::{bulk, retry},
    entity::{competition, competition_tag},
    events::Event,
    idempotency::Scope,
    ids::new_id,
    zones,
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
    let new = input.check(ctx.now(), zones::exists)?;
    let scope = key.map(|key| Scope::new(user.id, key, &fingerprint(&new)));
    // Two at once with one key: the log's primary key lets one commit, and the other recalls its answer.
    let created = retry(|| attempt(ctx, user, &new, scope.as_ref())).await;
    let created = created.map_err(|error| error.naming(scope.as_ref().map(Scope::key)))?;
    if !created.replayed {
        ctx.events.publish(Event::CompetitionCreated(created.view.competition.id));
    }
    Ok(created)
}

async fn attempt(
    ctx: &Context,
    organizer: &User,
    new: &NewCompetition,
    scope: Option<&Scope>,
) -> Result<Created> {
    let tx = ctx.db.begin_serializable().await?;
    if let Some(scope) = scope
        && let Some(view) = scope.recall(&*tx).await?
    {
        return Ok(Created { view, replayed: true });
    }
    let view = insert(ctx, &*tx, organizer, new).await?;
    if let Some(scope) = scope {
        scope.remember(&*tx, ctx.now(), 201, &view).await?;
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
        new.dates.deadline,
        new.dates.start,
        new.dates.opens,
        new.time_zone.as_str(),
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
    let mut row = competition::Model {
        id: new_id(),
        organizer_id: organizer.id.0,
        title: new.title.to_string(),
        title_key: String::new(),
        description: new.description.to_string(),
        search_text: String::new(),
        capacity: i32::try_from(new.capacity).expect("MAX_CAPACITY fits"),
        registered: 0,
        reg_deadline: new.dates.deadline.utc(),
        start_date: new.dates.start.map(Timestamp::utc),
        time_zone: new.time_zone.to_string(),
        reg_opens_at: new.dates.opens.map(Timestamp::utc),
        cancelled_at: None,
        start_changed_at: None,
        version: 1,
        revision: 1,
        created_at: now,
        updated_at: now,
    };
    index_text(&mut row);
    bulk::insert(tx, vec![row.clone()]).await?;
    insert_tags(tx, row.id, &new.tags).await?;
    let competition = view::competition(row, new.tags.iter().map(Tag::to_string).collect());
    let User { id, name, email, .. } = organizer.clone();
    Ok(CompetitionWithOrganizer { competition, organizer: Organizer { id, name, email } })
}

/// Keeps what is sorted and searched by in step with what is shown.
pub(crate) fn index_text(row: &mut competition::Model) {
    row.title_key = searchable(&row.title);
    row.search_text = searchable(&format!("{}\n{}", row.title, row.description));
}

/// Writes the tags of a competition in place of those it has.
pub(crate) async fn replace_tags(
    tx: &impl ConnectionTrait,
    competition: Uuid,
    tags: &[Tag],
) -> Result<()> {
    competition_tag::Entity::delete_many()
        .filter(competition_tag::Column::CompetitionId.eq(competition))
        .exec(tx)
        .await?;
    insert_tags(tx, competition, tags).await
}

async fn insert_tags(tx: &impl ConnectionTrait, competition: Uuid, tags: &[Tag]) -> Result<()> {
    let rows = (0..).zip(tags).map(|(position, tag)| competition_tag::Model {
        competition_id: competition,
        tag: tag.key(),
        label: tag.to_string(),
        position,
    });
    bulk::insert(tx, rows.collect()).await
}
