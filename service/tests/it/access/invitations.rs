//! Invitations, and the links that they send.

use chrono::TimeDelta;
use domain::{
    AccessMode, CompetitionId, Email, ErrorCode, Invitation, Invited, MAX_INVITATIONS_A_DAY,
    MAX_INVITED_AT_ONCE, PageQuery, Visibility,
};
use serde_json::{Value, json};
use service::{
    Actor, accounts, competitions,
    housekeeping::purge,
    invitations,
    testing::{World, run_pending_jobs},
};

use super::{register_by_code, register_with};
use crate::{
    sink::Sink,
    support::{
        at_once, cancel_competition, cancel_registration, claim_one, code, count, edit, mails,
        register, run_job, subjects,
    },
};

/// A competition of Ada's by invitation.
struct Sprint {
    world: World,
    ada: Actor,
    id: CompetitionId,
}

impl Sprint {
    async fn new() -> Self {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let id = world.competition(&ada).access(AccessMode::Invitation).create().await;
        Self { world, ada, id }
    }

    async fn invite(&self, emails: &[&str]) -> Invited {
        self.try_invite(&self.ada, json!({ "emails": emails })).await.unwrap()
    }

    async fn try_invite(&self, actor: &Actor, input: Value) -> Result<Invited, ErrorCode> {
        let input = serde_json::from_value(input).unwrap();
        invitations::invite(&self.world.ctx, actor, self.id, input).await.map_err(code)
    }

    async fn list(&self) -> Vec<Invitation> {
        let paging = PageQuery::default().check().unwrap();
        invitations::list(&self.world.ctx, &self.ada, self.id, paging).await.unwrap().items
    }

    async fn revoke(&self, invitation: &Invitation) -> Result<(), ErrorCode> {
        let revoked = invitations::revoke(&self.world.ctx, &self.ada, self.id, invitation.id);
        revoked.await.map_err(code)
    }

    async fn register(&self, actor: &Actor, code: &str) -> Result<(), ErrorCode> {
        register_by_code(&self.world.ctx, actor, self.id, code).await.map(drop)
    }
}

#[tokio::test]
async fn an_invitation_admits_one_account_and_admits_it_again_after_a_cancellation() {
    let sprint = Sprint::new().await;
    let [grace, linus] = ["Grace", "Linus"].map(|name| sprint.world.participant(name));
    let (grace, linus) = (grace.await, linus.await);
    let ctx = &sprint.world.ctx;
    let code = sprint.invite(&["someone@else.example"]).await.invited.remove(0).code;
    assert_eq!(register(ctx, &grace, sprint.id).await.unwrap_err(), ErrorCode::AccessCodeRequired);
    assert_eq!(sprint.register(&grace, "F00D").await.unwrap_err(), ErrorCode::AccessCodeInvalid);
    sprint.register(&grace, &code.to_lowercase()).await.unwrap();
    assert_eq!(sprint.register(&linus, &code).await.unwrap_err(), ErrorCode::AccessCodeUsedUp);
    let accepted = &sprint.list().await[0];
    assert_eq!(accepted.accepted_at, Some(ctx.now()));
    cancel_registration(ctx, &grace, sprint.id).await.unwrap();
    assert_eq!(sprint.register(&linus, &code).await.unwrap_err(), ErrorCode::AccessCodeUsedUp);
    // Without the code: the invitation is hers.
    register(ctx, &grace, sprint.id).await.unwrap();
    assert_eq!(sprint.world.tally(sprint.id).await.registered, 1);
}

#[tokio::test]
async fn of_many_accounts_with_one_invitation_one_registers_under_a_rush_on_two_processes() {
    let sprint = Sprint::new().await;
    let code = sprint.invite(&["someone@else.example"]).await.invited.remove(0).code;
    let people = sprint.world.participants(20).await;
    let contexts = [sprint.world.ctx.clone(), sprint.world.second_process().await];
    let id = sprint.id;
    let tasks = people.into_iter().zip(contexts.into_iter().cycle()).map(|(person, ctx)| {
        let code = code.clone();
        async move { register_by_code(&ctx, &person, id, &code).await.map(drop) }
    });
    let outcomes = at_once(tasks).await;
    assert_eq!(count(&outcomes, &Ok(())), 1);
    assert_eq!(count(&outcomes, &Err(ErrorCode::AccessCodeUsedUp)), 19);
}

#[tokio::test]
async fn a_refused_registration_leaves_its_invitation_unused() {
    let sprint = Sprint::new().await;
    let people = sprint.world.participants(2).await;
    let invited = sprint.invite(&["one@else.example", "two@else.example"]).await.invited;
    edit(&sprint.world.ctx, &sprint.ada, sprint.id, json!({ "capacity": 1 })).await.unwrap();
    sprint.register(&people[0], &invited[0].code).await.unwrap();
    let full = sprint.register(&people[1], &invited[1].code).await;
    assert_eq!(full.unwrap_err(), ErrorCode::CompetitionFull);
    let accepted: Vec<_> = sprint.list().await.iter().map(|i| i.accepted_at.is_some()).collect();
    assert_eq!(accepted, [false, true]);
}

#[tokio::test]
async fn access_codes_do_not_admit_to_a_competition_by_invitation_but_invitations_to_one_by_code() {
    let sprint = Sprint::new().await;
    let people = sprint.world.participants(2).await;
    let invited = sprint.invite(&["one@else.example"]).await.invited;
    let ctx = &sprint.world.ctx;
    let codes = json!({ "accessCodes": [{ "code": "VIP1" }] });
    edit(ctx, &sprint.ada, sprint.id, codes).await.unwrap();
    assert_eq!(
        sprint.register(&people[0], "VIP1").await.unwrap_err(),
        ErrorCode::AccessCodeInvalid
    );
    edit(ctx, &sprint.ada, sprint.id, json!({ "access": "CODE" })).await.unwrap();
    sprint.register(&people[0], "VIP1").await.unwrap();
    sprint.register(&people[1], &invited[0].code).await.unwrap();
    let codes = competitions::access_codes(ctx, &sprint.ada, sprint.id).await.unwrap();
    assert_eq!(codes[0].uses, 1);
}

#[tokio::test]
async fn a_revoked_invitation_admits_nobody_and_leaves_the_registration_made_with_it() {
    let sprint = Sprint::new().await;
    let people = sprint.world.participants(2).await;
    let invited = sprint.invite(&["one@else.example", "two@else.example"]).await.invited;
    sprint.register(&people[0], &invited[0].code).await.unwrap();
    for invitation in &invited {
        sprint.revoke(invitation).await.unwrap();
        assert_eq!(sprint.revoke(invitation).await.unwrap_err(), ErrorCode::InvitationNotFound);
    }
    assert_eq!(sprint.list().await, []);
    assert_eq!(
        sprint.register(&people[1], &invited[1].code).await.unwrap_err(),
        ErrorCode::AccessCodeInvalid
    );
    assert_eq!(sprint.world.tally(sprint.id).await.registered, 1);
}

#[tokio::test]
async fn a_revoked_address_can_be_invited_again_and_is_mailed_once_a_day() {
    let sprint = Sprint::new().await;
    let patch = json!({ "regDeadline": "2027-01-01T00:00:00Z", "startDate": null });
    edit(&sprint.world.ctx, &sprint.ada, sprint.id, patch).await.unwrap();
    let grace = sprint.world.participant("Grace").await;
    let email = &grace.user().unwrap().email;
    let first = sprint.invite(&[email]).await.invited.remove(0);
    sprint.world.run_pending_jobs().await;
    let mut latest = first.clone();
    for _ in 0..3 {
        sprint.revoke(&latest).await.unwrap();
        latest = sprint.invite(&[email]).await.invited.remove(0);
        sprint.world.run_pending_jobs().await;
    }
    assert_eq!(mails(&sprint.world, &grace).await.len(), 1);
    let refused = sprint.register(&grace, &first.code).await.unwrap_err();
    assert_eq!(refused, ErrorCode::AccessCodeInvalid);
    sprint.world.clock.advance(TimeDelta::days(1));
    sprint.revoke(&latest).await.unwrap();
    latest = sprint.invite(&[email]).await.invited.remove(0);
    sprint.world.run_pending_jobs().await;
    assert_eq!(mails(&sprint.world, &grace).await.len(), 2);
    sprint.register(&grace, &latest.code).await.unwrap();
}

#[tokio::test]
async fn an_invitation_stays_used_when_its_account_is_deleted() {
    let sprint = Sprint::new().await;
    let people = sprint.world.participants(2).await;
    let code = sprint.invite(&["someone@else.example"]).await.invited.remove(0).code;
    sprint.register(&people[0], &code).await.unwrap();
    sprint.world.execute("UPDATE invitations SET accepted_by = NULL").await.unwrap();
    let refused = sprint.register(&people[1], &code).await.unwrap_err();
    assert_eq!(refused, ErrorCode::AccessCodeUsedUp);
}

#[tokio::test]
async fn an_address_is_invited_once() {
    let sprint = Sprint::new().await;
    let first = sprint.invite(&["grace@else.example"]).await;
    let again = sprint.invite(&["Grace@Else.example", "linus@else.example"]).await;
    assert_eq!(again.already_invited, ["grace@else.example"]);
    assert_eq!(again.invited.len(), 1);
    let emails: Vec<_> = sprint.list().await.into_iter().map(|found| found.email).collect();
    assert_eq!(emails, ["linus@else.example", "grace@else.example"]);
    let link = &first.invited[0].link;
    assert!(link.ends_with(&format!("/competitions/{}?code={}", sprint.id, first.invited[0].code)));
}

#[tokio::test]
async fn an_account_gets_its_invitation_in_the_mailbox_once() {
    let sprint = Sprint::new().await;
    let grace = sprint.world.participant("Grace").await;
    let email = grace.user().unwrap().email.clone();
    let invited = sprint.invite(&[&email, "nobody@else.example"]).await.invited;
    sprint.world.run_pending_jobs().await;
    sprint.invite(&[&email]).await;
    sprint.world.run_pending_jobs().await;
    assert_eq!(subjects(&sprint.world, &grace).await, ["Invitation: Code Sprint"]);
    let mails = mails(&sprint.world, &grace).await;
    assert!(mails[0].body.contains(&invited[0].link), "{}", mails[0].body);
}

#[tokio::test]
async fn an_address_without_an_account_is_mailed_its_link() {
    let sprint = Sprint::new().await;
    let sink = Sink::start().await;
    let ctx = sprint.world.process_with_mail(&sink.url()).await;
    let invited = sprint.invite(&["someone@else.example"]).await.invited;
    run_pending_jobs(&ctx).await;
    let mail = sink.only();
    assert_eq!(mail.header("subject"), "Invitation: Code Sprint");
    assert!(mail.body.contains(&invited[0].code), "{}", mail.body);
    assert_eq!(sprint.world.queue().await.waiting, 0);
}

#[tokio::test]
async fn an_invitation_over_the_hourly_limit_of_its_address_is_mailed_later() {
    let sprint = Sprint::new().await;
    let (world, sink) = (&sprint.world, Sink::start().await);
    let ctx = world.process_with_mail(&sink.url()).await;
    let input = json!({ "emails": ["someone@else.example"] });
    for _ in 0..10 {
        let id = world.competition(&sprint.ada).starting_in(None).create().await;
        let input = serde_json::from_value(input.clone()).unwrap();
        invitations::invite(&ctx, &sprint.ada, id, input).await.unwrap();
    }
    run_pending_jobs(&ctx).await;
    assert_eq!(sink.mails().len(), 10);
    sprint.try_invite(&sprint.ada, input).await.unwrap();
    let claim = claim_one(&ctx).await;
    run_job(&ctx, &claim).await.unwrap_err();
    service::jobs::release(&ctx, &[claim]).await.unwrap();
    assert_eq!(sink.mails().len(), 10);
    world.clock.advance(TimeDelta::hours(1));
    run_pending_jobs(&ctx).await;
    assert_eq!(sink.mails().len(), 11);
}

#[tokio::test]
async fn invitations_of_and_to_disabled_accounts_and_to_cancelled_competitions_are_not_sent() {
    let sprint = Sprint::new().await;
    let (world, sink) = (&sprint.world, Sink::start().await);
    let ctx = world.process_with_mail(&sink.url()).await;
    let grace = world.participant("Grace").await;
    let email = Email::parse(&grace.user().unwrap().email).unwrap();
    accounts::disable(&ctx, &email).await.unwrap();
    sprint.invite(&[email.as_str()]).await;
    run_pending_jobs(&ctx).await;

    let eve = world.organizer("Eve").await;
    let of_eve = world.competition(&eve).create().await;
    let cancelled = world.competition(&sprint.ada).create().await;
    let input = json!({ "emails": ["someone@else.example"] });
    for (organizer, id) in [(&eve, of_eve), (&sprint.ada, cancelled)] {
        let input = serde_json::from_value(input.clone()).unwrap();
        invitations::invite(&ctx, organizer, id, input).await.unwrap();
    }
    let email = Email::parse(&eve.user().unwrap().email).unwrap();
    accounts::disable(&ctx, &email).await.unwrap();
    cancel_competition(&ctx, &sprint.ada, cancelled).await.unwrap();
    run_pending_jobs(&ctx).await;
    assert!(sink.mails().is_empty());
    assert_eq!((world.queue().await.waiting, world.queue().await.dead), (0, 0));
}

#[tokio::test]
async fn invitations_are_deleted_90_days_after_the_deadline_or_the_cancellation() {
    let sprint = Sprint::new().await;
    let (world, input) = (&sprint.world, json!({ "emails": ["someone@else.example"] }));
    let long = |organizer| {
        let long = world.competition(organizer).starting_in(None);
        long.closing_in(TimeDelta::days(300))
    };
    let (kept, cancelled) = (long(&sprint.ada).create().await, long(&sprint.ada).create().await);
    for id in [sprint.id, kept, cancelled] {
        let input = serde_json::from_value(input.clone()).unwrap();
        invitations::invite(&world.ctx, &sprint.ada, id, input).await.unwrap();
    }
    cancel_competition(&world.ctx, &sprint.ada, cancelled).await.unwrap();
    let count = async |id| {
        let paging = PageQuery::default().check().unwrap();
        invitations::list(&world.ctx, &sprint.ada, id, paging).await.unwrap().total
    };
    // The deadline is a day after the beginning.
    world.clock.advance(TimeDelta::days(90));
    purge(&world.ctx, |_| {}).await.unwrap();
    assert_eq!((count(sprint.id).await, count(kept).await, count(cancelled).await), (1, 1, 1));
    world.clock.advance(TimeDelta::milliseconds(1));
    purge(&world.ctx, |_| {}).await.unwrap();
    assert_eq!((count(sprint.id).await, count(kept).await, count(cancelled).await), (1, 1, 0));
    world.clock.advance(TimeDelta::days(1));
    purge(&world.ctx, |_| {}).await.unwrap();
    assert_eq!((count(sprint.id).await, count(kept).await, count(cancelled).await), (0, 1, 0));
}

#[tokio::test]
async fn an_invitation_that_was_revoked_before_it_was_sent_is_not_sent() {
    let sprint = Sprint::new().await;
    let grace = sprint.world.participant("Grace").await;
    let invited = sprint.invite(&[&grace.user().unwrap().email]).await.invited;
    sprint.revoke(&invited[0]).await.unwrap();
    sprint.world.run_pending_jobs().await;
    assert!(mails(&sprint.world, &grace).await.is_empty());
}

#[tokio::test]
async fn invitations_are_for_the_organizer_of_a_published_competition_until_registration_closes() {
    let sprint = Sprint::new().await;
    let (world, body) = (&sprint.world, json!({ "emails": ["grace@else.example"] }));
    let (eve, grace) = (world.organizer("Eve").await, world.participant("Grace").await);
    for actor in [&eve, &grace] {
        let refused = sprint.try_invite(actor, body.clone()).await.unwrap_err();
        assert_eq!(refused, ErrorCode::Forbidden);
        let paging = PageQuery::default().check().unwrap();
        let refused = invitations::list(&world.ctx, actor, sprint.id, paging).await.unwrap_err();
        assert_eq!(code(refused), ErrorCode::Forbidden);
    }
    let draft = world.competition(&sprint.ada).visible_as(Visibility::Draft).create().await;
    let cancelled = world.competition(&sprint.ada).create().await;
    cancel_competition(&world.ctx, &sprint.ada, cancelled).await.unwrap();
    for (id, expected) in
        [(draft, ErrorCode::RegistrationNotOpen), (cancelled, ErrorCode::CompetitionCancelled)]
    {
        let input = serde_json::from_value(body.clone()).unwrap();
        let refused = invitations::invite(&world.ctx, &sprint.ada, id, input).await.unwrap_err();
        assert_eq!(code(refused), expected);
    }
    world.clock.advance(TimeDelta::days(1));
    let refused = sprint.try_invite(&sprint.ada, body).await.unwrap_err();
    assert_eq!(refused, ErrorCode::RegistrationClosed);
}

#[tokio::test]
async fn an_organizer_can_invite_so_many_people_in_a_day() {
    let sprint = Sprint::new().await;
    let patch = json!({ "regDeadline": "2027-01-01T00:00:00Z", "startDate": null });
    edit(&sprint.world.ctx, &sprint.ada, sprint.id, patch).await.unwrap();
    let batch = |number: u64| {
        let emails = (0..MAX_INVITED_AT_ONCE).map(|n| format!("p{number}-{n}@else.example"));
        json!({ "emails": emails.collect::<Vec<_>>() })
    };
    let batches = MAX_INVITATIONS_A_DAY / MAX_INVITED_AT_ONCE as u64;
    for number in 0..batches {
        sprint.try_invite(&sprint.ada, batch(number)).await.unwrap();
    }
    // Revoking gives nothing back.
    for invitation in sprint.list().await {
        sprint.revoke(&invitation).await.unwrap();
    }
    let more = json!({ "emails": ["grace@else.example"] });
    let refused = sprint.try_invite(&sprint.ada, more.clone()).await.unwrap_err();
    assert_eq!(refused, ErrorCode::RateLimited);
    sprint.world.clock.advance(TimeDelta::days(1));
    sprint.try_invite(&sprint.ada, more).await.unwrap();
}

#[tokio::test]
async fn an_open_competition_takes_no_note_of_the_code_of_an_invitation() {
    let sprint = Sprint::new().await;
    let code = sprint.invite(&["one@else.example"]).await.invited.remove(0).code;
    edit(&sprint.world.ctx, &sprint.ada, sprint.id, json!({ "access": "OPEN" })).await.unwrap();
    let grace = sprint.world.participant("Grace").await;
    let input = json!({ "accessCode": code });
    register_with(&sprint.world.ctx, &grace, sprint.id, input).await.unwrap();
    assert_eq!(sprint.list().await[0].accepted_at, None);
}
