//! Which address of an organizer others are shown.

use domain::CompetitionQuery;
use service::{Actor, Context, competitions, registration, testing::World};

use crate::support::register;

const ACCOUNT: &str = "ada@example.com";
const CONTACT: &str = "team@sprint.example";

/// The address in a list, in the view of each actor, and among the registrations of the last one.
async fn addresses(ctx: &Context, viewers: &[&Actor]) -> Vec<String> {
    let filter = CompetitionQuery::default().check().unwrap();
    let list = competitions::list(ctx, &filter).await.unwrap().items;
    let id = list[0].competition.id;
    let mut addresses = vec![list[0].organizer.email.clone()];
    addresses.push(competitions::get(ctx, id).await.unwrap().organizer.email);
    for viewer in viewers {
        let shown = competitions::get_visible_to(ctx, viewer, id).await.unwrap().organizer;
        assert!(!shown.is_deleted);
        addresses.push(shown.email);
    }
    let paging = domain::PageQuery::default().check().unwrap();
    let mine = registration::mine(ctx, viewers.last().unwrap(), paging).await.unwrap().items;
    let organizer = &mine[0].competition.organizer;
    assert!(!organizer.is_deleted);
    addresses.push(organizer.email.clone());
    addresses
}

#[tokio::test]
async fn addresses_of_accounts_are_public_unless_the_operator_hides_them() {
    for (contact, shown) in [(Some(CONTACT), CONTACT), (None, "")] {
        let world = World::new().await;
        let (ada, bob) = (world.organizer("Ada").await, world.organizer("Bob").await);
        let (root, grace) = (world.admin("Root").await, world.participant("Grace").await);
        let mut sprint = world.competition(&ada);
        if let Some(contact) = contact {
            sprint = sprint.contact(contact);
        }
        let sprint = sprint.create().await;
        register(&world.ctx, &grace, sprint).await.unwrap();
        let viewers = [&ada, &root, &bob, &grace];
        assert_eq!(addresses(&world.ctx, &viewers).await, [ACCOUNT; 7]);

        let hiding = world.hiding_organizer_emails().await;
        let expected = [shown, shown, ACCOUNT, ACCOUNT, shown, shown, shown];
        assert_eq!(addresses(&hiding, &viewers).await, expected);
        let sees = viewers.map(|viewer| competitions::sees_addresses(&hiding, viewer));
        assert_eq!(sees, [true, true, true, false], "the participant is shown what is shared");
        assert!(!competitions::sees_addresses(&hiding, &Actor::anonymous()));
        assert!(!competitions::sees_addresses(&world.ctx, &ada));
    }
}

#[tokio::test]
async fn a_roster_has_the_addresses_of_participants_whatever_organizers_show() {
    let world = World::new().await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    let hiding = world.hiding_organizer_emails().await;
    let filter = domain::RosterQuery::default().check().unwrap();
    let roster = registration::roster(&hiding, &ada, sprint, &filter).await.unwrap();
    assert_eq!(roster.items[0].user.email, "grace@example.com");
}
