use domain::{CompetitionQuery, ErrorCode, Login};
use service::{
    accounts::log_in,
    competitions::list,
    demo::{PASSWORD, Seeded, seed},
    testing::World,
};

use crate::support::code;

#[tokio::test]
async fn seeding_creates_what_is_missing_once() {
    let world = World::new().await;
    assert_eq!(seed(&world.ctx).await.unwrap(), Seeded { users: 7, competitions: 24 });
    assert_eq!(seed(&world.ctx).await.unwrap(), Seeded::default());
    world.execute("DELETE FROM competitions WHERE title LIKE 'Code%'").await.unwrap();
    let again = seed(&world.ctx).await.unwrap();
    assert_eq!(again, Seeded { users: 0, competitions: 1 });

    let filter = CompetitionQuery::default().check().unwrap();
    let page = list(&world.ctx, &filter).await.unwrap();
    let newest: Vec<_> = page.items.iter().map(|item| &*item.competition.title).take(5).collect();
    assert_eq!(
        newest,
        [
            "Code Sprint 2025",
            "Data Science Marathon",
            "Design Sprint Workshop",
            "Startup Pitch Competition",
            "AI Innovation Challenge",
        ]
    );
    let marathon = page.items.iter().find(|item| item.competition.title.starts_with("Data"));
    let marathon = marathon.unwrap();
    assert_eq!(marathon.organizer.name, "Alice Organizer");
    assert_eq!(marathon.competition.capacity, 40);
    assert_eq!(marathon.competition.tags, ["data-science", "analytics", "statistics"]);
}

#[tokio::test]
async fn the_demo_has_competitions_of_every_status_with_registrations_that_are_counted() {
    let world = World::new().await;
    seed(&world.ctx).await.unwrap();
    let of_status = async |status: &str| {
        let query = CompetitionQuery { status: Some(status.to_owned()), ..Default::default() };
        list(&world.ctx, &query.check().unwrap()).await.unwrap().items
    };
    let (open, closed, over) =
        (of_status("open").await, of_status("closed").await, of_status("over").await);
    assert_eq!((open.len(), closed.len(), over.len()), (15, 2, 5));
    let now = world.ctx.now();
    let under_way = over.iter().filter(|detail| detail.competition.is_under_way(now));
    let under_way: Vec<_> = under_way.map(|detail| &*detail.competition.title).collect();
    assert_eq!(under_way, ["Beginners' Go Tournament"]);
    for (title, seats_left, waitlisted) in [
        ("Winter Chess Open", 0, 0),
        ("Night Run Through the Old Town", 0, 1),
        ("Robot Sumo Cup", 1, 0),
        ("Poetry Slam at the Harbour", 12, 0),
        ("Drone Racing Final", 3, 0),
        ("Summer Hackathon", 35, 0),
    ] {
        let mut all = open.iter().chain(&closed).chain(&over);
        let detail = all.find(|detail| detail.competition.title == title).unwrap();
        let competition = &detail.competition;
        let seats = (competition.seats_left, competition.waitlisted);
        assert_eq!(seats, (seats_left, waitlisted), "{title}");
        let tally = world.tally(competition.id).await;
        let seats_taken = u32::try_from(tally.seats_taken).unwrap();
        assert_eq!(seats_taken, competition.capacity - seats_left, "{title}");
    }
}

#[tokio::test]
async fn every_demo_account_can_log_in() {
    let world = World::new().await;
    seed(&world.ctx).await.unwrap();
    let organizers = (1..=2).map(|number| format!("organizer{number}@minicompete.com"));
    let participants = (1..=5).map(|number| format!("participant{number}@minicompete.com"));
    for email in organizers.chain(participants) {
        let login = Login { email: email.clone(), password: PASSWORD.to_owned() };
        let account = log_in(&world.ctx, login, service::ClientAddress::UNKNOWN).await.unwrap();
        assert_eq!(account.user.email, email);
    }
}

#[tokio::test]
async fn demo_data_is_refused_in_production() {
    let world = World::new().await;
    let production = world.production().await;
    assert_eq!(code(seed(&production).await.unwrap_err()), ErrorCode::Forbidden);
    let filter = CompetitionQuery::default().check().unwrap();
    assert_eq!(list(&world.ctx, &filter).await.unwrap().total, 0);
}
