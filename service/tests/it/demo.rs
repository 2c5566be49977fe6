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
    assert_eq!(seed(&world.ctx).await.unwrap(), Seeded { users: 7, competitions: 5 });
    assert_eq!(seed(&world.ctx).await.unwrap(), Seeded::default());
    world.execute("DELETE FROM competitions WHERE title LIKE 'Code%'").await.unwrap();
    let again = seed(&world.ctx).await.unwrap();
    assert_eq!(again, Seeded { users: 0, competitions: 1 });

    let filter = CompetitionQuery::default().check().unwrap();
    let page = list(&world.ctx, &filter).await.unwrap();
    assert_eq!(page.total, 5);
    let marathon = page.items.iter().find(|item| item.competition.title.starts_with("Data"));
    let marathon = marathon.unwrap();
    assert_eq!(marathon.organizer.name, "Alice Organizer");
    assert_eq!(marathon.competition.capacity, 40);
    assert_eq!(marathon.competition.tags, ["data-science", "analytics", "statistics"]);
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
