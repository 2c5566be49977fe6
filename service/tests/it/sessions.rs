use chrono::TimeDelta;
use service::{
    sessions::{create, delete, load, save},
    testing::World,
};

#[tokio::test]
async fn a_session_is_there_until_it_expires() {
    let world = World::new().await;
    let in_an_hour = (world.ctx.now().utc() + TimeDelta::hours(1)).into();
    assert!(create(&world.ctx, "id".into(), "data".into(), in_an_hour).await.unwrap());
    world.clock.advance(TimeDelta::hours(1) - TimeDelta::milliseconds(1));
    assert_eq!(load(&world.ctx, "id".into()).await.unwrap().as_deref(), Some("data"));
    world.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(load(&world.ctx, "id".into()).await.unwrap(), None);
}

#[tokio::test]
async fn a_session_never_takes_the_id_of_another() {
    let world = World::new().await;
    let in_an_hour = (world.ctx.now().utc() + TimeDelta::hours(1)).into();
    assert!(create(&world.ctx, "id".into(), "mine".into(), in_an_hour).await.unwrap());
    assert!(!create(&world.ctx, "id".into(), "yours".into(), in_an_hour).await.unwrap());
    assert_eq!(load(&world.ctx, "id".into()).await.unwrap().as_deref(), Some("mine"));
}

#[tokio::test]
async fn saving_replaces_data_and_expiry_and_deleting_ends_it() {
    let world = World::new().await;
    let in_hours = |hours| (world.ctx.now().utc() + TimeDelta::hours(hours)).into();
    save(&world.ctx, "id".into(), "one".into(), in_hours(1)).await.unwrap();
    save(&world.ctx, "id".into(), "two".into(), in_hours(3)).await.unwrap();
    world.clock.advance(TimeDelta::hours(2));
    assert_eq!(load(&world.ctx, "id".into()).await.unwrap().as_deref(), Some("two"));
    delete(&world.ctx, "id".into()).await.unwrap();
    delete(&world.ctx, "id".into()).await.unwrap();
    assert_eq!(load(&world.ctx, "id".into()).await.unwrap(), None);
}
