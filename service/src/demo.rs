//! Data to try the product with.

use chrono::{NaiveTime, TimeDelta};
use domain::{
    AccessMode, Dates, Description, Email, ErrorCode, Facts, NewCompetition, Password, PersonName,
    PublicError, QuestionDraft, QuestionKind, Role, Sections, Signup, Summary, Tag, TimeZoneName,
    Title, User, VenueAddress, VenueName, Visibility, WebLink,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    Context, Error, Result, accounts, competitions, context::Mode, entity::competition, jobs,
};

/// The password of every demo account.
pub const PASSWORD: &str = "password123";

struct DemoCompetition {
    title: &'static str,
    summary: &'static str,
    description: &'static str,
    place: Place,
    capacity: u32,
    /// How many may wait for a seat.
    waitlist: u32,
    /// Days to the registration deadline.
    closes_in: i64,
    /// Days to the start.
    starts_in: i64,
    /// Hours from the start to the end.
    lasts: i64,
    /// The index of the organizer.
    organizer: usize,
    tags: [&'static str; 3],
    /// Questions with options, none of which must be answered.
    questions: &'static [(&'static str, QuestionKind, &'static [&'static str])],
}

enum Place {
    /// The name of a venue and its address.
    Venue(&'static str, &'static str),
    /// The link.
    Online(&'static str),
}

const COMPETITIONS: [DemoCompetition; 5] = [
    DemoCompetition {
        title: "Code Sprint 2025",
        summary: "Build one idea in twenty-four hours, in a team of up to four.",
        description: "Bring a laptop; we bring coffee, mentors and a jury that reads code.",
        place: Place::Venue("Kulturhuset", "Sergels torg 3, 111 57 Stockholm"),
        capacity: 50,
        waitlist: 0,
        closes_in: 7,
        starts_in: 14,
        lasts: 24,
        organizer: 0,
        tags: ["coding", "hackathon", "technology"],
        questions: &[],
    },
    DemoCompetition {
        title: "AI Innovation Challenge",
        summary: "Build something useful with machine learning.",
        description: "Entries are judged on what they do for people, not on the size of the model.",
        place: Place::Online("https://meet.example/ai-innovation"),
        capacity: 30,
        waitlist: 0,
        closes_in: 5,
        starts_in: 10,
        lasts: 8,
        organizer: 0,
        tags: ["ai", "machine-learning", "innovation"],
        questions: &[],
    },
    DemoCompetition {
        title: "Startup Pitch Competition",
        summary: "Five minutes, ten slides, three questions.",
        description: "Pitch your company to people who have built theirs.",
        place: Place::Venue("Factory Görlitzer Park", "Lohmühlenstraße 65, 12435 Berlin"),
        capacity: 20,
        waitlist: 10,
        closes_in: 3,
        starts_in: 5,
        lasts: 4,
        organizer: 1,
        tags: ["startup", "business", "pitching"],
        questions: &[],
    },
    DemoCompetition {
        title: "Design Sprint Workshop",
        summary: "From a problem on Monday to a tested prototype on Friday.",
        description: "We work in small groups, each led by a working designer.",
        place: Place::Venue("Design Museum", "224-238 Kensington High Street, London W8 6AG"),
        capacity: 15,
        waitlist: 10,
        closes_in: 10,
        starts_in: 15,
        lasts: 100,
        organizer: 1,
        tags: ["design", "ux", "workshop"],
        questions: &[
            ("What do you eat?", QuestionKind::OneOf, &["Everything", "Vegetarian", "Vegan"]),
            ("Which tools do you know?", QuestionKind::AnyOf, &["Paper", "Figma", "Code"]),
            ("How did you hear of it?", QuestionKind::ShortText, &[]),
        ],
    },
    DemoCompetition {
        title: "Data Science Marathon",
        summary: "Forty hours with a data set nobody has seen before.",
        description: "Explore it, model it, and tell us what it says.",
        place: Place::Online("https://meet.example/data-science"),
        capacity: 40,
        waitlist: 0,
        closes_in: 12,
        starts_in: 20,
        lasts: 40,
        organizer: 0,
        tags: ["data-science", "analytics", "statistics"],
        questions: &[],
    },
];

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
    let mut organizers = Vec::new();
    for (number, name) in [(1, "Alice Organizer"), (2, "Bob Organizer")] {
        let email = format!("organizer{number}@minicompete.com");
        organizers.push(user(ctx, &mut seeded, name, &email, Role::Organizer).await?);
    }
    for number in 1..=5 {
        let (name, email) =
            (format!("Participant {number}"), format!("participant{number}@minicompete.com"));
        user(ctx, &mut seeded, &name, &email, Role::Participant).await?;
    }
    for demo in &COMPETITIONS {
        let organizer = &organizers[demo.organizer];
        if !exists(ctx, organizer, demo.title).await? {
            let tx = ctx.db.begin_serializable().await?;
            competitions::insert(ctx, &*tx, organizer, &new_competition(ctx, demo)?).await?;
            tx.commit().await?;
            seeded.competitions += 1;
        }
    }
    competitions::index_missing(ctx).await?;
    jobs::seed_dead_letters(ctx).await?;
    Ok(seeded)
}

async fn user(
    ctx: &Context,
    seeded: &mut Seeded,
    name: &str,
    email: &str,
    role: Role,
) -> Result<User> {
    if let Some(found) = accounts::find_by_email(ctx.db.connection(), email).await? {
        return Ok(found.into_user());
    }
    seeded.users += 1;
    let signup = Signup {
        name: PersonName::parse(name).map_err(Error::Corrupt)?,
        email: Email::parse(email).map_err(Error::Corrupt)?,
        password: Password::parse(PASSWORD.to_owned()).map_err(Error::Corrupt)?,
        role,
    };
    Ok(accounts::sign_up(ctx, signup).await?.user)
}

async fn exists(ctx: &Context, organizer: &User, title: &str) -> Result<bool> {
    let found = competition::Entity::find()
        .filter(competition::Column::OrganizerId.eq(organizer.id))
        .filter(competition::Column::Title.eq(title));
    Ok(found.one(ctx.db.connection()).await?.is_some())
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
    let tags = demo.tags.into_iter().map(Tag::parse).collect::<Result<_, _>>();
    let start = in_days(demo.starts_in, 9);
    let (opens, deadline) = (None, in_days(demo.closes_in, 18).into());
    let end = start + TimeDelta::hours(demo.lasts);
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
            deadline,
            promote_until: None,
            start: Some(start.into()),
            end: Some(end.into()),
        },
        time_zone: TimeZoneName::default(),
        facts,
        sections: Sections::default(),
        visibility: Visibility::Public,
        waitlist_capacity: demo.waitlist,
        approval_required: false,
        access: AccessMode::Open,
        access_codes: Vec::new(),
        cover: None,
        questions: demo.questions.iter().map(question).collect(),
    })
}
