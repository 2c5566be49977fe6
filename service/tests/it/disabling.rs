use domain::{Email, ErrorCode, Login, Role};
use service::{
    ClientAddress,
    accounts::{
        self, AccountFilter, AccountSummary, details, disable, enable, log_in, promote, recognize,
    },
    password_reset, refresh_tokens,
    testing::{PASSWORD, World, account},
};

use crate::{
    personal_tokens::create_token,
    support::{at_once, code, count, register, subjects},
};

pub(crate) fn address(name: &str) -> Email {
    Email::parse(&format!("{name}@example.com")).unwrap()
}

async fn log_in_as(world: &World, name: &str, password: &str) -> Result<(), ErrorCode> {
    let login = Login { email: address(name).into_string(), password: password.into() };
    log_in(&world.ctx, login, ClientAddress::UNKNOWN).await.map(drop).map_err(code)
}

#[tokio::test]
async fn the_owner_of_a_disabled_account_cannot_log_in_and_learns_why_by_the_right_password() {
    let world = World::new().await;
    world.participant("Ada").await;
    disable(&world.ctx, &address("ADA")).await.unwrap();
    assert_eq!(log_in_as(&world, "ada", PASSWORD).await, Err(ErrorCode::AccountDisabled));
    let wrong = log_in_as(&world, "ada", "something else").await;
    assert_eq!(wrong, Err(ErrorCode::InvalidCredentials));
    enable(&world.ctx, &address("ada")).await.unwrap();
    assert_eq!(log_in_as(&world, "ada", PASSWORD).await, Ok(()));
}

#[tokio::test]
async fn disabling_ends_sessions_and_tokens_in_every_process_and_enabling_revives_none() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let other = world.second_process().await;
    let before = account(&ada);
    let recognized =
        async || recognize(&other, before.user.id, before.credentials).await.unwrap().is_some();
    let token = refresh_tokens::start(&world.ctx, &before).await.unwrap();
    assert!(recognized().await);
    disable(&world.ctx, &address("ada")).await.unwrap();
    assert!(!recognized().await);
    assert!(accounts::find(&other, before.user.id).await.unwrap().is_none());
    let renewed = refresh_tokens::renew(&other, &token).await.unwrap_err();
    assert_eq!(code(renewed), ErrorCode::Unauthorized);
    // A login that was under way when the account was disabled.
    let late = refresh_tokens::start(&world.ctx, &before).await.unwrap();
    assert_eq!(
        code(refresh_tokens::renew(&other, &late).await.unwrap_err()),
        ErrorCode::Unauthorized
    );
    enable(&world.ctx, &address("ada")).await.unwrap();
    assert!(!recognized().await);
    let fresh = accounts::find(&other, before.user.id).await.unwrap().unwrap();
    assert!(recognize(&other, fresh.user.id, fresh.credentials).await.unwrap().is_some());
}

#[tokio::test]
async fn registrations_of_a_disabled_account_stay_and_mail_about_them_is_sent() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    disable(&world.ctx, &address("grace")).await.unwrap();
    world.run_pending_jobs().await;
    assert_eq!(world.tally(sprint).await.seats_taken, 1);
    assert_eq!(world.roster(&ada, sprint).await.len(), 1);
    assert_eq!(subjects(&world, &grace).await.len(), 1, "the confirmation");
}

#[tokio::test]
async fn a_disabled_account_gets_no_links_that_set_a_password() {
    let world = World::new().await;
    let ada = world.participant("Ada").await;
    let link = password_reset::link(&world.ctx, &address("ada")).await.unwrap();
    disable(&world.ctx, &address("ada")).await.unwrap();
    let token = link.rsplit('=').next().unwrap();
    let key = password_reset::ResetKey::of(token);
    assert_eq!(password_reset::email_of(&world.ctx, &key).await.unwrap(), None);
    password_reset::request(&world.ctx, address("ada")).await.unwrap();
    world.run_pending_jobs().await;
    assert!(subjects(&world, &ada).await.is_empty());
    let refused = password_reset::link(&world.ctx, &address("ada")).await.unwrap_err();
    assert_eq!(code(refused), ErrorCode::AccountDisabled);
    let refused = promote(&world.ctx, &address("ada")).await.unwrap_err();
    assert_eq!(code(refused), ErrorCode::AccountDisabled);
}

#[tokio::test]
async fn the_last_administrator_cannot_be_disabled() {
    let world = World::new().await;
    world.admin("Root").await;
    world.admin("Deputy").await;
    let both = ["root", "deputy"].map(|name| {
        let ctx = world.ctx.clone();
        async move { disable(&ctx, &address(name)).await.map(drop).map_err(code) }
    });
    let outcomes = at_once(both).await;
    assert_eq!(count(&outcomes, &Ok(())), 1, "{outcomes:?}");
    assert_eq!(count(&outcomes, &Err(ErrorCode::LastAdministrator)), 1, "{outcomes:?}");
    // Disabling the disabled one again changes nothing.
    let mut refusals = Vec::new();
    for name in ["root", "deputy"] {
        refusals.extend(disable(&world.ctx, &address(name)).await.err().map(code));
    }
    assert_eq!(refusals, [ErrorCode::LastAdministrator]);
}

#[tokio::test]
async fn accounts_are_listed_by_role_words_and_state_a_page_at_a_time() {
    let world = World::new().await;
    for name in ["Ada", "Grace", "Hedy", "Mary"] {
        world.participant(name).await;
    }
    world.organizer("Emmy Noether").await;
    disable(&world.ctx, &address("hedy")).await.unwrap();
    let names = async |filter: AccountFilter, limit| {
        let page = accounts::list(&world.ctx, &filter, limit).await.unwrap();
        let names = page.users.into_iter().map(|user: AccountSummary| user.name);
        (names.collect::<Vec<_>>(), page.next)
    };
    let participants = AccountFilter { role: Some(Role::Participant), ..Default::default() };
    let (first, next) = names(participants.clone(), 3).await;
    assert_eq!(first, ["Mary", "Hedy", "Grace"]);
    let (rest, end) = names(AccountFilter { after: next, ..participants }, 3).await;
    assert_eq!((rest, end), (vec!["Ada".to_owned()], None));
    let searched = AccountFilter { search: Some("NOETHER".into()), ..Default::default() };
    assert_eq!(names(searched, 9).await.0, ["Emmy Noether"]);
    let anything = AccountFilter { search: Some("%".into()), ..Default::default() };
    assert!(names(anything, 9).await.0.is_empty());
    let disabled = AccountFilter { disabled: Some(true), ..Default::default() };
    assert_eq!(names(disabled, 9).await.0, ["Hedy"]);
    let enabled = AccountFilter { disabled: Some(false), ..Default::default() };
    assert_eq!(names(enabled, 9).await.0.len(), 4);
}

#[tokio::test]
async fn an_account_is_shown_with_numbers_of_what_belongs_to_it() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    world.run_pending_jobs().await;
    refresh_tokens::start(&world.ctx, &account(&grace)).await.unwrap();
    let organizer = details(&world.ctx, &address("ada")).await.unwrap();
    assert_eq!((organizer.competitions, organizer.registrations), (1, 0));
    let participant = details(&world.ctx, &address("grace")).await.unwrap();
    assert_eq!((participant.competitions, participant.registrations), (0, 1));
    assert_eq!((participant.unread_mail, participant.refresh_tokens), (1, 1));
    assert_eq!((participant.personal_tokens, organizer.webhooks), (0, 0));
    // Of three tokens one has expired, and one is older than the password.
    for (name, days) in [("laptop", None), ("old", None), ("short", Some(1))] {
        create_token(&world.ctx, &grace, name, "read", days).await.unwrap();
    }
    let older = "UPDATE personal_tokens SET credentials_version = -1 WHERE name = 'old'";
    assert_eq!(world.execute(older).await.unwrap(), 1);
    world.clock.advance(chrono::TimeDelta::days(2));
    let hook = serde_json::json!({ "url": "https://club.example" });
    let hook = serde_json::from_value(hook).unwrap();
    service::webhooks::create(&world.ctx, &ada, hook).await.unwrap();
    let (organizer, participant) = (
        details(&world.ctx, &address("ada")).await.unwrap(),
        details(&world.ctx, &address("grace")).await.unwrap(),
    );
    assert_eq!((organizer.personal_tokens, organizer.webhooks), (0, 1));
    assert_eq!((participant.personal_tokens, participant.webhooks), (1, 0));
    let missing = details(&world.ctx, &address("eve")).await.unwrap_err();
    assert_eq!(code(missing), ErrorCode::AccountNotFound);
}
