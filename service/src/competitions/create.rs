//! The use case behind `POST /api/competitions`.

use domain::{
    CompetitionId, CompetitionInput, CompetitionWithOrganizer, Email, EventType, Facts,
    IdempotencyKey, NewCompetition, Organizer, QuestionId, Questions, ReminderOffsets, Role,
    Summary, Tag, Timestamp, User, VenueAddress, VenueName, Visibility, WebLink,
};
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::search;
use crate::{
    Actor, Context, Result,
    assets::{self, Texts},
    entity::{
        access_code::insert_access_codes, competition, competition_picture::insert_pictures,
        competition_sections::insert_sections, competition_tag::insert_tags,
        question::save_questions,
    },
    events,
    idempotency::RequestKey,
    infrastructure::{
        db::{bulk, retry},
        ids::new_id,
    },
    jobs,
    webhooks::{self, Event, PublishEvents},
    zones,
};

/// A competition that was created.
#[derive(Clone, Debug)]
pub struct Created {
    /// The competition.
    pub view: CompetitionWithOrganizer,
    /// Whether an earlier request with the same `Idempotency-Key` created it.
    pub replayed: bool,
}

/// Creates a competition. A retry with the same `Idempotency-Key` and input creates no second one.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but an organizer; every fault of the input at once, then
/// those of its pictures; a key that was used for another request.
pub async fn create(
    ctx: &Context,
    actor: &Actor,
    input: CompetitionInput,
    key: Option<IdempotencyKey>,
) -> Result<Created> {
    let user = actor.require_writer(Role::Organizer)?;
    let new = input.check(ctx.now(), zones::find)?;
    let key = key.map(|key| RequestKey::new(user.id, key, &fingerprint(&new)));
    create_once(ctx, user, new, key).await
}

/// What an earlier request with this key has created.
///
/// # Errors
/// The key was used for another request; when the database fails.
pub(super) async fn find_created(
    ctx: &Context,
    key: Option<&RequestKey>,
) -> Result<Option<Created>> {
    let Some(key) = key else { return Ok(None) };
    let found = key.find_response(ctx.db.connection()).await;
    let found = found.map_err(|error| error.naming(Some(key.idempotency_key())))?;
    Ok(found.map(|view| Created { view, replayed: true }))
}

/// [`create`], once per key.
///
/// # Errors
/// The same, but for those of the input.
pub(super) async fn create_once(
    ctx: &Context,
    user: &User,
    new: NewCompetition,
    key: Option<RequestKey>,
) -> Result<Created> {
    assets::use_as_cover(ctx, user.id, new.cover.as_ref()).await?;
    assets::use_in_texts(ctx, user.id, Texts::of_new(&new)).await?;
    // Of two concurrent requests with one key, the primary key of the record lets one commit. The
    // other is retried and finds the response.
    let created = retry(|| attempt(ctx, user, &new, key.as_ref())).await;
    let created =
        created.map_err(|error| error.naming(key.as_ref().map(RequestKey::idempotency_key)))?;
    if !created.replayed {
        ctx.popular_tags.forget();
        search::index(ctx, created.view.competition.id).await;
        ctx.events.publish(vec![events::Event::CompetitionCreated(created.view.competition.id)]);
    }
    Ok(created)
}

async fn attempt(
    ctx: &Context,
    organizer: &User,
    new: &NewCompetition,
    key: Option<&RequestKey>,
) -> Result<Created> {
    let tx = ctx.db.begin_serializable().await?;
    if let Some(key) = key
        && let Some(view) = key.find_response(&*tx).await?
    {
        return Ok(Created { view, replayed: true });
    }
    let view = insert(ctx, &*tx, organizer, new).await?;
    if let Some(key) = key {
        key.save_response(&*tx, ctx.now(), &view).await?;
    }
    tx.commit().await?;
    Ok(Created { view, replayed: false })
}

/// The operation and its checked input as text, for [`RequestKey::new`].
fn fingerprint(new: &NewCompetition) -> String {
    let tags: Vec<_> = new.tags.iter().map(Tag::as_str).collect();
    let mut body = json!([
        new.title.as_str(),
        new.description.as_str(),
        tags,
        new.capacity,
        new.dates.deadline,
        new.dates.start,
        new.dates.opens,
        new.time_zone.as_str(),
    ]);
    // Requests that an earlier release has answered keep their fingerprint.
    if new.dates.end.is_some() || new.facts != Facts::default() {
        let Facts { summary, venue_name, venue_address, online_url, website, contact_email: _ } =
            &new.facts;
        body = json!([
            body,
            new.dates.end,
            summary.as_ref().map(Summary::as_str),
            venue_name.as_ref().map(VenueName::as_str),
            venue_address.as_ref().map(VenueAddress::as_str),
            online_url.as_ref().map(WebLink::as_str),
            website.as_ref().map(WebLink::as_str),
        ]);
    }
    if new.visibility != Visibility::Public {
        body = json!([body, new.visibility]);
    }
    if new.waitlist_capacity > 0 {
        body = json!([body, new.waitlist_capacity]);
    }
    if let Some(promote_until) = new.dates.promote_until {
        body = json!([body, { "promoteUntil": promote_until }]);
    }
    let contact_email = new.facts.contact_email.as_ref().map(Email::as_str);
    if contact_email.is_some() || !new.sections.is_empty() {
        let rest = json!({ "contactEmail": contact_email, "sections": new.sections });
        body = json!([body, rest]);
    }
    if !new.questions.is_empty() {
        body = json!([body, { "questions": new.questions }]);
    }
    if new.approval_required {
        body = json!([body, "approvalRequired"]);
    }
    if new.reminder_offsets != ReminderOffsets::default() {
        body = json!([body, { "reminderOffsets": new.reminder_offsets }]);
    }
    if !new.access.is_open() || !new.access_codes.is_empty() {
        body = json!([body, { "access": new.access, "accessCodes": new.access_codes }]);
    }
    if let Some(cover) = &new.cover {
        body = json!([body, { "cover": cover }]);
    }
    format!("create competition {body}")
}

/// Inserts a competition with its tags, sections and questions.
pub(crate) async fn insert(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    organizer: &User,
    new: &NewCompetition,
) -> Result<CompetitionWithOrganizer> {
    let questions = Questions::default().edited(&new.questions, || QuestionId(new_id()))?;
    let has_webhooks = webhooks::listen_to_new_competition(tx, organizer.id).await?;
    let now = ctx.now().utc();
    let mut row = competition::Model {
        id: CompetitionId(new_id()),
        organizer_id: organizer.id,
        title: new.title.to_string(),
        title_key: String::new(),
        description: new.description.to_string(),
        search_text: String::new(),
        capacity: i32::try_from(new.capacity).expect("MAX_CAPACITY fits"),
        registered: 0,
        waitlist_capacity: i32::try_from(new.waitlist_capacity).expect("MAX_WAITLIST fits"),
        waitlisted: 0,
        promote_until: new.dates.promote_until.map(Timestamp::utc),
        last_waitlist_number: 0,
        cover_id: None,
        cover_alt: None,
        cover_focus: None,
        approval_required: new.approval_required,
        reminder_offsets: Some(new.reminder_offsets.to_string()),
        access: new.access,
        awaiting_approval: 0,
        questions_version: i32::from(!new.questions.is_empty()),
        reg_deadline: new.dates.deadline.utc(),
        start_date: new.dates.start.map(Timestamp::utc),
        ends_at: new.dates.end.map(Timestamp::utc),
        summary: new.facts.summary.as_ref().map(Summary::to_string),
        venue_name: new.facts.venue_name.as_ref().map(VenueName::to_string),
        venue_address: new.facts.venue_address.as_ref().map(VenueAddress::to_string),
        online_url: new.facts.online_url.as_ref().map(WebLink::to_string),
        website: new.facts.website.as_ref().map(WebLink::to_string),
        contact_email: new.facts.contact_email.as_ref().map(Email::to_string),
        visibility: new.visibility,
        was_published: !new.visibility.is_draft(),
        time_zone: new.time_zone.to_string(),
        reg_opens_at: new.dates.opens.map(Timestamp::utc),
        cancelled_at: None,
        start_changed_at: None,
        has_webhooks,
        version: 1,
        revision: 1,
        created_at: now,
        updated_at: now,
    };
    row.set_cover(new.cover.clone());
    row.update_search_columns();
    bulk::insert(tx, vec![row.clone()]).await?;
    insert_tags(tx, row.id, &new.tags).await?;
    insert_sections(tx, row.id, new.sections.clone()).await?;
    insert_pictures(tx, row.id, assets::pictures_named_in(&row.description, &new.sections)).await?;
    save_questions(tx, row.id, questions.clone()).await?;
    insert_access_codes(tx, row.id, &new.access_codes).await?;
    if has_webhooks && row.was_published {
        let event = Event::of_competition(EventType::CompetitionPublished, ctx.now(), &row);
        jobs::add(tx, ctx.now(), [PublishEvents::of(&row, vec![event]).into()]).await?;
    }
    let online_url = row.online_url.clone();
    let competition = row.into_view(new.tags.iter().map(Tag::to_string).collect());
    let User { id, name, email, .. } = organizer.clone();
    let organizer = Organizer { id, name, email, is_deleted: false };
    let sections = new.sections.clone();
    let questions = questions.asked;
    Ok(CompetitionWithOrganizer { competition, online_url, sections, questions, organizer })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn fingerprint_with(facts: &Value) -> String {
        let mut body = json!({
            "title": "Chess", "description": "Seven rounds", "capacity": 5, "tags": ["board"],
            "regDeadline": "2026-11-24T12:00:00Z", "startDate": "2026-12-07T09:00:00Z",
        });
        body.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
        let input: CompetitionInput = serde_json::from_value(body).unwrap();
        fingerprint(
            &input
                .check("2026-11-23T12:00:00Z".parse().unwrap(), |zone| Some(zone.clone()))
                .unwrap(),
        )
    }

    #[test]
    fn a_fingerprint_without_optional_fields_is_that_of_earlier_releases() {
        let stored = "create competition [\"Chess\",\"Seven rounds\",[\"board\"],5,\
                      \"2026-11-24T12:00:00.000Z\",\"2026-12-07T09:00:00.000Z\",null,\"UTC\"]";
        assert_eq!(fingerprint_with(&json!({})), stored);
        assert_eq!(fingerprint_with(&json!({ "visibility": "PUBLIC" })), stored);
        assert_eq!(fingerprint_with(&json!({ "rules": "", "contactEmail": null })), stored);
        let with_facts = format!(
            "create competition [{},null,\"x\",null,null,null,null]",
            &stored["create competition ".len()..]
        );
        assert_eq!(fingerprint_with(&json!({ "summary": "x" })), with_facts);
    }

    #[test]
    fn each_optional_field_changes_the_fingerprint() {
        let none = fingerprint_with(&json!({}));
        let mut seen = vec![none];
        let asset = "01939c2e-7b5a-7000-8000-000000000001";
        for facts in [
            json!({ "endsAt": "2026-12-07T10:00:00Z" }),
            json!({ "summary": "x" }),
            json!({ "venueName": "x" }),
            json!({ "venueAddress": "x" }),
            json!({ "onlineUrl": "https://x.example" }),
            json!({ "website": "https://x.example" }),
            json!({ "visibility": "DRAFT" }),
            json!({ "waitlistCapacity": 5 }),
            json!({ "promoteUntil": "2026-12-05T10:00:00Z" }),
            json!({ "approvalRequired": true }),
            json!({ "reminderOffsets": [60] }),
            json!({ "visibility": "UNLISTED" }),
            json!({ "visibility": "UNLISTED", "summary": "x" }),
            json!({ "contactEmail": "a@b.example" }),
            json!({ "contactEmail": "a@b.example", "summary": "x" }),
            json!({ "rules": "x" }),
            json!({ "prizes": "x" }),
            json!({ "schedule": "x" }),
            json!({ "schedule": "x", "contactEmail": "a@b.example" }),
            json!({ "questions": [{ "kind": "DATE", "label": "x" }] }),
            json!({ "access": "CODE" }),
            json!({ "cover": { "assetId": asset, "alt": "x" } }),
            json!({ "cover": { "assetId": asset, "alt": "y" } }),
            json!({ "cover": { "assetId": asset, "alt": "x", "focus": "TOP" } }),
            json!({ "access": "INVITATION" }),
            json!({ "access": "CODE", "accessCodes": [{ "code": "VIP1" }] }),
            json!({ "access": "CODE", "accessCodes": [{ "code": "VIP1", "maxUses": 1 }] }),
            json!({ "questions": [{ "kind": "DATE", "label": "x", "required": true }] }),
        ] {
            let fingerprint = fingerprint_with(&facts);
            assert!(!seen.contains(&fingerprint), "{facts} is not part of {fingerprint}");
            seen.push(fingerprint);
        }
    }
}
