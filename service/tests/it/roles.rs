//! Users with both roles.

use domain::{
    CompetitionQuery, Email, ErrorCode, Paging, ProfilePatch, PublicError, Role, RoleInput,
    RosterQuery, User,
};
use service::{
    Actor, ClientAddress, Context, Result,
    accounts::{AccountFilter, add_role, delete, edit_profile, find, list, promote},
    personal_tokens, registration,
    testing::{PASSWORD, World},
};

use crate::{
    personal_tokens::create_token,
    support::{at_once, cancel_registration, code, register, titles},
};

fn input(role: &str) -> RoleInput {
    RoleInput { role: role.to_owned().into(), ..RoleInput::default() }
}

/// Adds a role; returns the user as the next request knows them.
async fn with_role(ctx: &Context, actor: &Actor, role: Role) -> Result<Actor> {
    let User { id, .. } = add_role(ctx, actor, input(role.as_str())).await?;
    Ok(find(ctx, id).await?.map(Actor::from).unwrap_or_default())
}

fn roles(actor: &Actor) -> Vec<Role> {
    actor.user().unwrap().roles.clone()
}

#[tokio::test]
async fn an_organizer_with_both_roles_registers_for_competitions_of_others() {
    let world = World::new().await;
    let (ada, bob) = (world.organizer("Ada").await, world.organizer("Bob").await);
    let id = world.competition(&bob).create().await;
    assert_eq!(register(&world.ctx, &ada, id).await.unwrap_err(), ErrorCode::Forbidden);
    let ada = with_role(&world.ctx, &ada, Role::Participant).await.unwrap();
    assert_eq!(roles(&ada), [Role::Organizer, Role::Participant]);
    assert_eq!(ada.user().unwrap().role, Role::Organizer);
    register(&world.ctx, &ada, id).await.unwrap();
    let own = registration::mine(&world.ctx, &ada, Paging::first(10)).await.unwrap();
    assert_eq!(own.total, 1);
    // Still an organizer.
    world.competition(&ada).create().await;
}

#[tokio::test]
async fn a_participant_with_both_roles_organizes_and_stays_registered() {
    let world = World::new().await;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let other = world.competition(&ada).create().await;
    register(&world.ctx, &ben, other).await.unwrap();
    let ben = with_role(&world.ctx, &ben, Role::Organizer).await.unwrap();
    let own = world.competition(&ben).titled("By Ben").create().await;
    assert_eq!(world.roster(&ben, own).await, []);
    let all = RosterQuery::default().check().unwrap();
    let roster = registration::roster(&world.ctx, &ben, other, &all).await;
    assert_eq!(code(roster.unwrap_err()), ErrorCode::Forbidden, "the roster of another organizer");
    cancel_registration(&world.ctx, &ben, other).await.unwrap();
}

#[tokio::test]
async fn organizers_cannot_register_for_their_own_competitions() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let id = world.competition(&ada).create().await;
    let ada = with_role(&world.ctx, &ada, Role::Participant).await.unwrap();
    assert_eq!(register(&world.ctx, &ada, id).await.unwrap_err(), ErrorCode::OwnCompetition);
    let input = serde_json::json!({ "email": "ada@example.com", "addSeat": true });
    let input = serde_json::from_value(input).unwrap();
    let added = registration::add_participant(&world.ctx, &ada, id, input, None).await;
    let refused = PublicError::from(added.unwrap_err());
    assert_eq!(refused.code, ErrorCode::OwnCompetition);
    assert!(refused.about("email").is_some());
    assert_eq!(world.roster(&ada, id).await, []);
}

#[tokio::test]
async fn an_organizer_adds_another_organizer_who_takes_part() {
    let world = World::new().await;
    let (ada, bob) = (world.organizer("Ada").await, world.organizer("Bob").await);
    let id = world.competition(&ada).create().await;
    let add = async || {
        let input = serde_json::from_value(serde_json::json!({ "email": "bob@example.com" }));
        let added = registration::add_participant(&world.ctx, &ada, id, input.unwrap(), None).await;
        added.map(|decision| decision.outcome.is_ok()).map_err(code)
    };
    assert_eq!(add().await, Err(ErrorCode::AccountNotFound));
    with_role(&world.ctx, &bob, Role::Participant).await.unwrap();
    assert_eq!(add().await, Ok(true));
}

#[tokio::test]
async fn a_role_that_the_user_has_is_added_without_an_effect() {
    let world = World::new().await;
    let ben = world.participant("Ben").await;
    let same = with_role(&world.ctx, &ben, Role::Participant).await.unwrap();
    assert_eq!(roles(&same), [Role::Participant]);
    let tries = (0..4).map(|_| {
        let (ctx, ben) = (world.ctx.clone(), ben.clone());
        async move { add_role(&ctx, &ben, input("ORGANIZER")).await.map(|user| user.roles) }
    });
    for added in at_once(tries).await {
        assert_eq!(added.unwrap(), [Role::Participant, Role::Organizer]);
    }
}

#[tokio::test]
async fn a_role_is_added_by_users_who_have_logged_in_only_and_never_that_of_administrators() {
    let world = World::new().await;
    let (ben, root) = (world.participant("Ben").await, world.admin("Root").await);
    let (_, token) = create_token(&world.ctx, &ben, "CI", "write", None).await.unwrap();
    let by_token = personal_tokens::recognize(&world.ctx, &token).await.unwrap();
    for (actor, role, refusal) in [
        (&Actor::anonymous(), "ORGANIZER", ErrorCode::Unauthorized),
        (&by_token, "ORGANIZER", ErrorCode::Forbidden),
        (&root, "ORGANIZER", ErrorCode::Forbidden),
        (&ben, "ADMIN", ErrorCode::ValidationFailed),
        (&ben, "organizer", ErrorCode::ValidationFailed),
        (&ben, "", ErrorCode::ValidationFailed),
    ] {
        let refused = add_role(&world.ctx, actor, input(role)).await.unwrap_err();
        assert_eq!(code(refused), refusal, "{role}");
    }
    let unchanged = find(&world.ctx, ben.user().unwrap().id).await.unwrap().unwrap();
    assert_eq!(unchanged.user.roles, [Role::Participant]);
}

#[tokio::test]
async fn operators_find_users_by_either_role_until_one_becomes_an_administrator() {
    let world = World::new().await;
    let ben = world.participant("Ben").await;
    with_role(&world.ctx, &ben, Role::Organizer).await.unwrap();
    world.participant("Eve").await;
    let names = async |role| {
        let filter = AccountFilter { role: Some(role), ..Default::default() };
        let page = list(&world.ctx, &filter, 10).await.unwrap();
        page.users.into_iter().map(|user| user.name).collect::<Vec<_>>()
    };
    assert_eq!(names(Role::Participant).await, ["Eve", "Ben"]);
    assert_eq!(names(Role::Organizer).await, ["Ben"]);
    let promoted = promote(&world.ctx, &Email::parse("ben@example.com").unwrap()).await.unwrap();
    assert_eq!(promoted.user.roles, [Role::Admin]);
    assert_eq!(names(Role::Organizer).await, [""; 0]);
    // A request that was recognized before the promotion.
    let late = add_role(&world.ctx, &ben, input("ORGANIZER")).await;
    assert_eq!(code(late.unwrap_err()), ErrorCode::Forbidden);
    // As an earlier release leaves it.
    world.execute("UPDATE users SET second_role = 'ORGANIZER' WHERE role = 'ADMIN'").await.unwrap();
    let admin = find(&world.ctx, promoted.user.id).await.unwrap().unwrap();
    assert_eq!(admin.user.roles, [Role::Admin]);
    assert_eq!(names(Role::Organizer).await, [""; 0]);
}

#[tokio::test]
async fn competitions_of_a_participant_who_organizes_are_found_by_the_new_name() {
    let world = World::new().await;
    let ben = world.participant("Ben").await;
    let ben = with_role(&world.ctx, &ben, Role::Organizer).await.unwrap();
    world.competition(&ben).titled("Chess").create().await;
    let patch = ProfilePatch { name: "Grace Hopper".to_owned().into(), ..Default::default() };
    edit_profile(&world.ctx, &ben, patch).await.unwrap();
    let search = Some("hopper".to_owned());
    assert_eq!(titles(&world, CompetitionQuery { search, ..Default::default() }).await, ["Chess"]);
}

#[tokio::test]
async fn an_account_with_both_roles_is_deleted_with_its_seats_unless_others_are_registered() {
    let world = World::new().await;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let eve = world.participant("Eve").await;
    let of_ada = world.competition(&ada).seats(1).create().await;
    register(&world.ctx, &ben, of_ada).await.unwrap();
    let ben = with_role(&world.ctx, &ben, Role::Organizer).await.unwrap();
    let of_ben = world.competition(&ben).create().await;
    register(&world.ctx, &eve, of_ben).await.unwrap();
    let delete = async || {
        let from = ClientAddress::UNKNOWN;
        delete(&world.ctx, &ben, PASSWORD.to_owned(), from).await.map_err(code)
    };
    assert_eq!(delete().await, Err(ErrorCode::OpenCompetitions));
    let still = register(&world.ctx, &eve, of_ada).await;
    assert_eq!(still.unwrap_err(), ErrorCode::CompetitionFull, "the refusal has kept the seat");
    cancel_registration(&world.ctx, &eve, of_ben).await.unwrap();
    delete().await.unwrap();
    register(&world.ctx, &eve, of_ada).await.expect("the seat is free");
}
