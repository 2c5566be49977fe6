//! Data to try the product with.

mod competitions;
mod covers;
mod dead_letters;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use domain::{
    AccessMode, CompetitionId, CoverDraft, CoverFocus, Dates, Description, Email, ErrorCode, Facts,
    NewCompetition, Password, PersonName, PublicError, QuestionDraft, QuestionKind, RegistrationId,
    RegistrationStatus, ReminderOffsets, Role, Sections, Signup, Summary, Tag, TimeZoneName, Title,
    User, VenueAddress, VenueName, WebLink,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
};

use self::competitions::{COMPETITIONS, DemoCompetition, Place};
use crate::{
    Actor, Context, Error, Result, accounts, assets,
    competitions::{cancel_competition, index_missing, insert},
    context::Mode,
    entity::{competition, registration},
    infrastructure::{db::bulk, ids::new_id},
    registration::register,
};

/// The password of every demo account.
pub const PASSWORD: &str = "password123";

/// What seeding made; both are zero when everything was there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seeded {
    /// New accounts.
    pub users: usize,
    /// New competitions.
    pub competitions: usize,
}

/// Makes the demo accounts and competitions that are missing.
///
/// # Errors
/// Forbidden in production: the passwords are public.
pub async fn seed(ctx: &Context) -> Result<Seeded> {
    if ctx.mode == Mode::Production {
        let message = "Demo data is refused in production: its passwords are public";
        return Err(PublicError::new(ErrorCode::Forbidden, message).into());
    }
    let mut seeded = Seeded::default();
    let (mut organizers, mut participants) = (Vec::new(), Vec::new());
    for (number, name) in [(1, "Alice Organizer"), (2, "Bob Organizer")] {
        let email = format!("organizer{number}@minicompete.com");
        organizers.push(user(ctx, &mut seeded, name, &email, Role::Organizer).await?);
    }
    for number in 1..=5 {
        let (name, email) =
            (format!("Participant {number}"), format!("participant{number}@minicompete.com"));
        participants.push(user(ctx, &mut seeded, &name, &email, Role::Participant).await?);
    }
    for demo in &COMPETITIONS {
        let organizer = &organizers[demo.organizer];
        if !exists(ctx, organizer.user()?, demo.title).await? {
            add(ctx, organizer, &participants[..demo.participants], demo).await?;
            seeded.competitions += 1;
        }
    }
    index_missing(ctx).await?;
    dead_letters::seed(ctx).await?;
    Ok(seeded)
}

async fn user(
    ctx: &Context,
    seeded: &mut Seeded,
    name: &str,
    email: &str,
    role: Role,
) -> Result<Actor> {
    if let Some(found) = accounts::find_by_email(ctx.db.connection(), email).await? {
        return Ok(accounts::Account::from(found).into());
    }
    seeded.users += 1;
    let signup = Signup {
        name: PersonName::parse(name).map_err(Error::Corrupt)?,
        email: Email::parse(email).map_err(Error::Corrupt)?,
        password: Password::parse(PASSWORD.to_owned()).map_err(Error::Corrupt)?,
        role,
    };
    Ok(accounts::add_user(ctx, signup).await?.into())
}

async fn exists(ctx: &Context, organizer: &User, title: &str) -> Result<bool> {
    let found = competition::Entity::find()
        .filter(competition::Column::OrganizerId.eq(organizer.id))
        .filter(competition::Column::Title.eq(title));
    Ok(found.one(ctx.db.connection()).await?.is_some())
}

/// Adds a competition with its participants.
async fn add(
    ctx: &Context,
    organizer: &Actor,
    participants: &[Actor],
    demo: &DemoCompetition,
) -> Result<()> {
    let new =
        NewCompetition { cover: cover(ctx, organizer, demo).await?, ..new_competition(ctx, demo)? };
    let tx = ctx.db.begin_serializable().await?;
    let added = insert(ctx, &*tx, organizer.user()?, &new).await?.competition;
    if demo.closes_in < 0 {
        let closed = new.dates.deadline.utc();
        add_earlier_registrations(&*tx, added.id, participants, closed).await?;
    }
    tx.commit().await?;
    if demo.closes_in >= 0 {
        for participant in participants {
            register(ctx, participant, added.id, None).await?.outcome?;
        }
    }
    if demo.is_cancelled {
        cancel_competition(ctx, organizer, added.id, None).await?.outcome?;
    }
    Ok(())
}

/// Draws and uploads the cover of a competition, if it has one.
async fn cover(
    ctx: &Context,
    organizer: &Actor,
    demo: &DemoCompetition,
) -> Result<Option<CoverDraft>> {
    let Some(cover) = covers::of(demo.title) else { return Ok(None) };
    let drawn = tokio::task::spawn_blocking(|| cover.png()).await?;
    let Some(png) = drawn else { return Ok(None) };
    let picture = assets::upload(ctx, organizer, png).await?;
    let (asset_id, alt) = (picture.id, cover.alt.to_owned());
    Ok(Some(CoverDraft { asset_id, alt, focus: CoverFocus::Center }))
}

/// Adds confirmed registrations for a competition that has closed: it takes no others.
async fn add_earlier_registrations(
    tx: &impl ConnectionTrait,
    id: CompetitionId,
    participants: &[Actor],
    closed: DateTime<Utc>,
) -> Result<()> {
    let mut rows = Vec::new();
    for (participant, days) in participants.iter().zip(1..) {
        let registered_at = closed - TimeDelta::days(days);
        rows.push(registration::Model {
            id: RegistrationId(new_id()),
            user_id: participant.user()?.id,
            competition_id: id,
            status: RegistrationStatus::Confirmed,
            idempotency_key: None,
            registered_at,
            updated_at: registered_at,
            reminded_at: None,
            reminded_start: None,
            cancellation_notified_at: None,
            waitlist_number: None,
            last_event_id: None,
            access_code: None,
        });
    }
    let registered = Set(i32::try_from(rows.len()).expect("few participants"));
    let created_at = Set(closed - TimeDelta::days(30));
    competition::ActiveModel { id: Set(id), registered, created_at, ..Default::default() }
        .update(tx)
        .await?;
    bulk::insert(tx, rows).await
}

fn question(
    (label, kind, options): &(&'static str, QuestionKind, &'static [&'static str]),
) -> QuestionDraft {
    QuestionDraft {
        id: None,
        kind: *kind,
        label: (*label).to_owned(),
        help: None,
        required: false,
        options: options.iter().map(|option| (*option).to_owned()).collect(),
        link: None,
    }
}

fn new_competition(ctx: &Context, demo: &DemoCompetition) -> Result<NewCompetition> {
    let today = ctx.now().utc().date_naive().and_time(NaiveTime::MIN).and_utc();
    let in_days = |days, hour| today + TimeDelta::days(days) + TimeDelta::hours(hour);
    let tags = demo.tags.iter().copied().map(Tag::parse).collect::<Result<_, _>>();
    let start = demo.starts_in.map(|days| in_days(days, 9));
    let opens = demo.opens_in.map(|days| in_days(days, 8).into());
    let end = start.map(|start| (start + TimeDelta::hours(demo.lasts)).into());
    let mut facts = Facts {
        summary: Some(Summary::parse(demo.summary).map_err(Error::Corrupt)?),
        ..Facts::default()
    };
    match demo.place {
        Place::Venue(name, address) => {
            facts.venue_name = Some(VenueName::parse(name).map_err(Error::Corrupt)?);
            facts.venue_address = Some(VenueAddress::parse(address).map_err(Error::Corrupt)?);
        }
        Place::Online(url) => {
            facts.online_url = Some(WebLink::parse("Online link", url).map_err(Error::Corrupt)?);
        }
    }
    Ok(NewCompetition {
        title: Title::parse(demo.title).map_err(Error::Corrupt)?,
        description: Description::parse(demo.description).map_err(Error::Corrupt)?,
        tags: tags.map_err(Error::Corrupt)?,
        capacity: demo.capacity,
        dates: Dates {
            opens,
            deadline: in_days(demo.closes_in, 18).into(),
            promote_until: None,
            start: start.map(Into::into),
            end,
        },
        time_zone: TimeZoneName::default(),
        facts,
        sections: Sections::default(),
        visibility: demo.visibility,
        waitlist_capacity: demo.waitlist,
        approval_required: demo.approval,
        reminder_offsets: ReminderOffsets::default(),
        access: AccessMode::Open,
        access_codes: Vec::new(),
        cover: None,
        questions: demo.questions.iter().map(question).collect(),
    })
}
