//! Data to try the product with.

use chrono::TimeDelta;
use domain::{
    Dates, Description, Email, ErrorCode, NewCompetition, Password, PersonName, PublicError, Role,
    Signup, Tag, TimeZoneName, Title, User,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    Context, Error, Result, accounts, competitions, context::Mode, entity::competition, jobs,
};

/// The password of every demo account.
pub const PASSWORD: &str = "password123";

/// Title, description, seats, days to the deadline, days to the start, organizer, tags.
type DemoCompetition = (&'static str, &'static str, u32, i64, i64, usize, [&'static str; 3]);

const COMPETITIONS: [DemoCompetition; 5] = [
    (
        "Code Sprint 2025",
        "Twenty-four hours, one idea, a team of up to four. Bring a laptop; we bring coffee, \
         mentors and a jury that reads code.",
        50,
        7,
        14,
        0,
        ["coding", "hackathon", "technology"],
    ),
    (
        "AI Innovation Challenge",
        "Build something useful with machine learning. Entries are judged on what they do for \
         people, not on the size of the model.",
        30,
        5,
        10,
        0,
        ["ai", "machine-learning", "innovation"],
    ),
    (
        "Startup Pitch Competition",
        "Five minutes, ten slides, three questions. Pitch your company to people who have built \
         theirs.",
        20,
        3,
        5,
        1,
        ["startup", "business", "pitching"],
    ),
    (
        "Design Sprint Workshop",
        "From a problem on Monday to a tested prototype on Friday, in small groups led by \
         working designers.",
        15,
        10,
        15,
        1,
        ["design", "ux", "workshop"],
    ),
    (
        "Data Science Marathon",
        "Forty hours with a data set nobody has seen before. Explore it, model it, and tell us \
         what it says.",
        40,
        12,
        20,
        0,
        ["data-science", "analytics", "statistics"],
    ),
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
        let organizer = &organizers[demo.5];
        if !exists(ctx, organizer, demo.0).await? {
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

fn new_competition(ctx: &Context, demo: &DemoCompetition) -> Result<NewCompetition> {
    let &(title, description, capacity, deadline, start, _, tags) = demo;
    let in_days = |days| (ctx.now().utc() + TimeDelta::days(days)).into();
    let tags =
        tags.into_iter().map(Tag::parse).collect::<Result<_, _>>().map_err(Error::Corrupt)?;
    Ok(NewCompetition {
        title: Title::parse(title).map_err(Error::Corrupt)?,
        description: Description::parse(description).map_err(Error::Corrupt)?,
        tags,
        capacity,
        dates: Dates { opens: None, deadline: in_days(deadline), start: Some(in_days(start)) },
        time_zone: TimeZoneName::default(),
    })
}
