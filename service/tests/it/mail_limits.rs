//! Limits on mail by recipient address.

use chrono::TimeDelta;
use domain::Email;
use service::{
    Actor, Context, cron,
    housekeeping::CleanUp,
    password_reset::request,
    registration,
    testing::{World, run_pending_jobs},
};

use crate::{
    sink::{Manners, Sink},
    support::{approve, cancel_registration, claim_one, mails, register, reject, run_job},
};

/// A confirmation of another competition for each process.
async fn flood(world: &World, victim: &Actor, processes: &[&Context]) {
    let ada = world.organizer("Ada").await;
    for (number, ctx) in processes.iter().enumerate() {
        let title = format!("Buy pills {number}");
        let spam = world.competition(&ada).titled(&title).create().await;
        register(ctx, victim, spam).await.unwrap();
        run_pending_jobs(ctx).await;
    }
}

/// Sends what is due; a failure comes later again.
async fn try_to_send(ctx: &Context) {
    let claim = claim_one(ctx).await;
    run_job(ctx, &claim).await.unwrap_err();
    service::jobs::release(ctx, &[claim]).await.unwrap();
}

#[tokio::test]
async fn an_address_is_sent_ten_mails_an_hour_by_all_processes_and_its_mailbox_gets_all() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let other = world.process_with_mail(&sink.url()).await;
    let grace = world.participant("Grace").await;
    flood(&world, &grace, &[&ctx, &other].repeat(8)).await;
    assert_eq!((sink.mails().len(), mails(&world, &grace).await.len()), (10, 16));
    let sent = sink.mails();
    let tells = |mail: &crate::sink::Received| mail.body.contains("https://site.example/mailbox");
    assert_eq!(sent.iter().filter(|mail| tells(mail)).count(), 1);
    assert!(tells(&sent[9]), "{}", sent[9].body);
    assert_eq!((world.queue().await.dead, world.queue().await.waiting), (0, 0));

    // Others get theirs, and so does the same address an hour later.
    let alan = world.participant("Alan").await;
    let grace_again = world.competition(&world.organizer("Eve").await).create().await;
    register(&ctx, &alan, grace_again).await.unwrap();
    run_pending_jobs(&ctx).await;
    world.clock.advance(TimeDelta::hours(1));
    register(&ctx, &grace, grace_again).await.unwrap();
    run_pending_jobs(&ctx).await;
    assert_eq!(sink.mails().len(), 12);
}

#[tokio::test]
async fn a_flood_of_confirmations_holds_back_no_link_to_set_a_new_password() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let grace = world.participant("Grace").await;
    flood(&world, &grace, &[&ctx; 12]).await;
    request(&ctx, Email::parse("grace@example.com").unwrap()).await.unwrap();
    run_pending_jobs(&ctx).await;
    let sent = sink.mails();
    assert_eq!((sent.len(), sent[10].header("subject")), (11, "Set a new password"));
}

#[tokio::test]
async fn a_competition_is_confirmed_by_mail_once_in_six_hours_however_often_one_registers() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    let sprint = world.competition(&ada).create().await;
    for _ in 0..5 {
        register(&ctx, &grace, sprint).await.unwrap();
        run_pending_jobs(&ctx).await;
        cancel_registration(&ctx, &grace, sprint).await.unwrap();
        world.clock.advance(TimeDelta::minutes(1));
    }
    assert_eq!((sink.mails().len(), mails(&world, &grace).await.len()), (1, 5));
    world.clock.advance(TimeDelta::hours(6));
    register(&ctx, &grace, sprint).await.unwrap();
    run_pending_jobs(&ctx).await;
    assert_eq!((sink.mails().len(), mails(&world, &grace).await.len()), (2, 6));
}

#[tokio::test]
async fn a_registration_that_was_removed_and_approved_again_is_confirmed_by_mail() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    let sprint = world.competition(&ada).create().await;
    let id = register(&ctx, &grace, sprint).await.unwrap().registration.id;
    run_pending_jobs(&ctx).await;
    reject(&ctx, &ada, sprint, &[id], "A mistake").await.unwrap();
    run_pending_jobs(&ctx).await;
    approve(&ctx, &ada, sprint, &[id]).await.unwrap();
    run_pending_jobs(&ctx).await;
    let subjects: Vec<_> =
        sink.mails().iter().map(|mail| mail.header("subject").to_owned()).collect();
    let confirmed = "Registration Confirmed: Code Sprint";
    assert_eq!(subjects, [confirmed, "Registration removed: Code Sprint", confirmed]);
}

#[tokio::test]
async fn a_participant_who_is_added_again_and_again_is_mailed_once_in_six_hours() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    let sprint = world.competition(&ada).create().await;
    for _ in 0..3 {
        let addition = serde_json::json!({ "email": grace.user().unwrap().email });
        let addition = serde_json::from_value(addition).unwrap();
        let added = registration::add_participant(&ctx, &ada, sprint, addition, None).await;
        added.unwrap().outcome.unwrap();
        run_pending_jobs(&ctx).await;
        cancel_registration(&ctx, &grace, sprint).await.unwrap();
    }
    assert_eq!((sink.mails().len(), mails(&world, &grace).await.len()), (1, 3));
}

#[tokio::test]
async fn a_confirmation_that_was_put_off_is_sent_later_and_counts_once() {
    let world = World::new().await;
    let replies = vec![("RCPT", "451 later"); 15].into();
    let sink = Sink::with(Manners { replies, ..Manners::default() }).await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    let sprint = world.competition(&ada).create().await;
    register(&ctx, &grace, sprint).await.unwrap();
    let claim = claim_one(&ctx).await;
    run_job(&ctx, &claim).await.unwrap();
    for _ in 0..15 {
        try_to_send(&ctx).await;
    }
    run_pending_jobs(&ctx).await;
    assert!(!sink.only().body.contains("many messages"));
}

#[tokio::test]
async fn a_confirmation_that_was_refused_for_good_does_not_stand_for_the_next() {
    let world = World::new().await;
    let sink = Sink::replying(&["550 5.1.1 no such user"]).await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    let sprint = world.competition(&ada).create().await;
    for _ in 0..2 {
        register(&ctx, &grace, sprint).await.unwrap();
        run_pending_jobs(&ctx).await;
        cancel_registration(&ctx, &grace, sprint).await.unwrap();
        world.clock.advance(TimeDelta::minutes(1));
    }
    assert_eq!((sink.mails().len(), world.queue().await.dead), (1, 1));
}

#[tokio::test]
async fn a_web_address_in_a_title_or_an_old_name_goes_into_no_mail() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    let title = "Win at https://evil.example/now today";
    let sprint = world.competition(&ada).titled(title).create().await;
    world.execute("UPDATE users SET name = 'www.evil.example'").await.unwrap();
    register(&ctx, &grace, sprint).await.unwrap();
    run_pending_jobs(&ctx).await;
    let sent = sink.only();
    assert_eq!(sent.header("subject"), "Registration Confirmed: Win at [link removed] today");
    assert!(sent.body.contains("Hello [link removed],"), "{}", sent.body);
    assert!(!sent.body.contains("evil"), "{}", sent.body);
}

#[tokio::test]
async fn counts_of_mails_are_deleted_when_they_do_not_count_any_more() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let grace = world.participant("Grace").await;
    flood(&world, &grace, &[&ctx]).await;
    for (hours, rows) in [(1, 1), (5, 0)] {
        world.clock.advance(TimeDelta::hours(hours));
        cron::fire(&ctx, "clean_up", ctx.now(), CleanUp {}).await.unwrap();
        run_pending_jobs(&ctx).await;
        // One counts the mails of an hour, the other stands for six hours of confirmations.
        let left = world.execute("UPDATE mail_limits SET sent = sent").await.unwrap();
        assert_eq!(left, rows, "after {hours} more hours");
    }
}
