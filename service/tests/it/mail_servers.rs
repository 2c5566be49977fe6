//! Mail servers that close connections, limit the mails of a connection, defer mail, lose their
//! network, or reject new addresses.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{ErrorCode, MailOutcomes};
use service::{
    Context, Error, MailRate, Undelivered,
    jobs::{self, Claim, Operator, claim, dead_letters},
    mail::{self, delivery::DeliverMail},
    testing::{World, run_pending_jobs},
};
use tokio::time::{sleep, timeout};

use crate::{
    secure_sink::{AUTHORITY, smtps, starttls},
    sink::{CONTENT, GoesAway, Manners, Sink},
    support::{cancel_competition, claim_one, code, register, run_job},
};

/// A world with `size` confirmations in mailboxes and the jobs to send them through the server at
/// `url`, and the process that sends them.
async fn world_with_mails(url: &str, size: usize) -> (World, Context) {
    let world = World::new().await;
    let ctx = world.process_with_mail(url).await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(100).create().await;
    for participant in world.participants(size).await {
        register(&ctx, &participant, sprint).await.unwrap();
    }
    let claims = claim(&ctx, 100).await.unwrap();
    assert_eq!(claims.len(), size);
    service::jobs::execute(&ctx, &claims).await.unwrap();
    (world, ctx)
}

/// Why a mail was not sent.
async fn failure(ctx: &Context, claim: &Claim) -> Undelivered {
    match run_job(ctx, claim).await {
        Err(Error::Mail(failure)) => failure,
        other => panic!("{other:?}"),
    }
}

async fn write_to(world: &World, address: &str) {
    let sql = format!("UPDATE users SET email = '{address}' WHERE role = 'PARTICIPANT'");
    world.execute(&sql).await.unwrap();
}

async fn last_error(ctx: &Context) -> String {
    dead_letters(ctx, Operator::Console).await.unwrap().remove(0).last_error
}

#[tokio::test]
async fn mails_share_one_connection_that_has_logged_in_once() {
    let sink = Sink::with(Manners { offers: vec!["AUTH PLAIN"], ..Manners::default() }).await;
    let (_world, ctx) = world_with_mails(&sink.url_with_password(), 8).await;
    assert_eq!(run_pending_jobs(&ctx).await, 8);
    assert_eq!(sink.ids().len(), 8);
    assert_eq!((sink.connections(), sink.commands("AUTH").len()), (1, 1));
}

#[tokio::test]
async fn a_mail_is_sent_over_a_new_connection_after_the_server_closed_the_old_one() {
    let sink = Sink::with(Manners { mails_a_connection: Some(1), ..Manners::default() }).await;
    let (_world, ctx) = world_with_mails(&sink.url(), 4).await;
    // No job fails.
    assert_eq!(run_pending_jobs(&ctx).await, 4);
    assert_eq!((sink.ids().len(), sink.mails().len(), sink.connections()), (4, 4, 4));
}

#[tokio::test]
async fn a_connection_that_refuses_the_sender_is_replaced_by_a_new_one() {
    for reply in ["421 4.7.0 too many messages", "451 4.7.1 enough for one session"] {
        let sink = Sink::start().await;
        let (_world, ctx) = world_with_mails(&sink.url(), 2).await;
        let claims = claim(&ctx, 10).await.unwrap();
        run_job(&ctx, &claims[0]).await.unwrap();
        sink.behave(Manners { replies: [("MAIL", reply)].into(), ..Manners::default() });
        run_job(&ctx, &claims[1]).await.unwrap();
        assert_eq!((sink.mails().len(), sink.connections()), (2, 2), "{reply}");
        // The server has closed the connection after 421; otherwise the client closes it.
        let closed = async {
            while !reply.starts_with("421") && sink.commands("QUIT").is_empty() {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(Duration::from_secs(5), closed).await.expect("the old connection is closed");
    }
}

#[tokio::test]
async fn a_refused_mail_leaves_its_connection_open_for_other_mails() {
    let sink = Sink::replying(&["550 5.1.1 no such user"]).await;
    let (world, ctx) = world_with_mails(&sink.url(), 4).await;
    assert_eq!(run_pending_jobs(&ctx).await, 4);
    assert_eq!((sink.mails().len(), sink.connections()), (3, 1));
    assert_eq!(sink.commands("RSET").len(), 1);
    assert_eq!(world.queue().await.dead, 1);
}

#[tokio::test]
async fn a_mail_that_may_have_been_accepted_is_not_resent_at_once() {
    let sink = Sink::start().await;
    let (_world, ctx) = world_with_mails(&sink.url(), 2).await;
    let claims = claim(&ctx, 10).await.unwrap();
    run_job(&ctx, &claims[0]).await.unwrap();
    sink.behave(Manners { goes_away: Some((GoesAway::After, 1)), ..Manners::default() });
    let failure = failure(&ctx, &claims[1]).await;
    assert!(failure.is_unreachable(), "{failure}");
    assert_eq!(sink.mails().len(), 2);
    // The next attempt sends it with the same Message-ID.
    run_job(&ctx, &claims[1]).await.unwrap();
    assert_eq!((sink.mails().len(), sink.ids().len()), (3, 2));
}

#[tokio::test]
async fn a_mail_is_sent_after_an_outage_of_the_server() {
    let mut sink = Sink::start().await;
    let (world, ctx) = world_with_mails(&sink.url(), 2).await;
    let claims = claim(&ctx, 10).await.unwrap();
    run_job(&ctx, &claims[0]).await.unwrap();
    sink.stop().await;
    let failure = failure(&ctx, &claims[1]).await;
    assert!(failure.is_unreachable(), "{failure}");
    sink.start_again().await;
    // The process that has just found no server tries again some seconds later.
    let other = world.process_with_mail(&sink.url()).await;
    run_job(&other, &claims[1]).await.unwrap();
    assert_eq!(sink.ids().len(), 2);
}

#[tokio::test]
async fn a_quota_pauses_all_mail_of_the_process_and_costs_no_attempt() {
    for reply in [
        "550 5.4.5 Daily user sending quota exceeded",
        "454 Throttling failure: Maximum sending rate exceeded.",
        "421 4.7.0 too many messages",
        "450 4.7.1 Rate limit exceeded",
    ] {
        let sink = Sink::replying(&[reply]).await;
        let (world, ctx) = world_with_mails(&sink.url(), 2).await;
        let claims = claim(&ctx, 10).await.unwrap();
        let refused = failure(&ctx, &claims[0]).await;
        assert!(refused.is_unreachable(), "{reply}: {refused}");
        let commands = sink.commands("MAIL").len();
        let paused = failure(&ctx, &claims[1]).await;
        assert!(paused.is_unreachable(), "{reply}: {paused}");
        assert_eq!(sink.commands("MAIL").len(), commands, "{reply}: the server is left alone");
        // Another process finds that the server takes mails again.
        let other = world.process_with_mail(&sink.url()).await;
        for claim in &claims {
            run_job(&other, claim).await.unwrap();
        }
        assert_eq!((sink.mails().len(), sink.ids().len()), (2, 2), "{reply}");
    }
}

#[tokio::test]
async fn a_full_mailbox_pauses_no_other_mail() {
    let sink = Sink::replying(&["452 4.2.2 The mailbox is over its quota, rate limit"]).await;
    let (_world, ctx) = world_with_mails(&sink.url(), 2).await;
    let claims = claim(&ctx, 10).await.unwrap();
    assert!(!failure(&ctx, &claims[0]).await.is_unreachable());
    run_job(&ctx, &claims[1]).await.unwrap();
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn mails_are_sent_no_faster_than_the_rate_and_bulk_mail_waits_for_others() {
    let sink = Sink::start().await;
    let world = World::new().await;
    // A mail each 20 s: the clock stands still, and a mail to many people looks 10 s ahead.
    let ctx = world.process_with_mail_rate(&sink.url(), MailRate::new(3).unwrap()).await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).create().await;
    let grace = world.participant("Grace").await;
    register(&ctx, &grace, sprint).await.unwrap();
    assert_eq!(run_pending_jobs(&ctx).await, 2, "the confirmation and its mail");
    assert_eq!(sink.mails().len(), 1);
    cancel_competition(&ctx, &ada, sprint).await.unwrap();
    run_job(&ctx, &claim_one(&ctx).await).await.unwrap();
    let notice = claim_one(&ctx).await;
    let waiting = failure(&ctx, &notice).await;
    assert!(waiting.is_unreachable() && waiting.to_string().contains("MAIL_RATE"), "{waiting}");
    assert_eq!(sink.mails().len(), 1);
    world.clock.advance(TimeDelta::seconds(20));
    run_job(&ctx, &notice).await.unwrap();
    assert_eq!(sink.mails().len(), 2);
}

#[tokio::test]
async fn every_mail_is_sent_once_after_an_outage_of_two_hours() {
    const SIZE: usize = 20;
    let mut sink = Sink::start().await;
    let (world, ctx) = world_with_mails(&sink.url(), SIZE).await;
    sink.stop().await;
    let (mut tries, end) = (0, world.ctx.now().utc() + TimeDelta::hours(2));
    while world.ctx.now().utc() < end {
        for claim in claim(&ctx, 100).await.unwrap() {
            let failure = failure(&ctx, &claim).await;
            assert!(failure.is_unreachable(), "{failure}");
            jobs::postpone(&ctx, &[claim], &failure.to_string()).await.unwrap();
            tries += 1;
        }
        world.clock.advance(TimeDelta::minutes(1));
    }
    assert!(tries > 10 * SIZE, "each was tried every few minutes: {tries}");
    sink.start_again().await;
    // The longest pause is six minutes.
    world.clock.advance(TimeDelta::minutes(6));
    let other = world.process_with_mail(&sink.url()).await;
    assert_eq!(run_pending_jobs(&other).await, SIZE);
    assert_eq!((sink.mails().len(), sink.ids().len()), (SIZE, SIZE));
    assert_eq!(world.queue().await.dead, 0);
}

#[tokio::test]
async fn an_administrator_sees_what_becomes_of_mail() {
    let replies = ["450 4.2.0 greylisted", "550 5.1.1 no such user"];
    let sink = Sink::replying(&replies).await;
    let (world, ctx) = world_with_mails(&sink.url(), 4).await;
    let root = world.admin("Root").await;
    let claims = claim(&ctx, 3).await.unwrap();
    let put_off = failure(&ctx, &claims[0]).await;
    jobs::fail(&ctx, &claims[0], &put_off.to_string()).await.unwrap();
    for claim in &claims[1..] {
        run_job(&ctx, claim).await.unwrap();
    }
    let outcomes = mail::outcomes(&ctx, &root).await.unwrap();
    let expected = MailOutcomes {
        enabled: true,
        done_last_hour: 1,
        waiting: 2,
        put_off: 1,
        last_error: Some("the mail server said: 450 4.2.0 greylisted".to_owned()),
        given_up: 1,
        refused_addresses: 1,
    };
    assert_eq!(outcomes, expected);
    world.clock.advance(TimeDelta::hours(1));
    assert_eq!(mail::outcomes(&ctx, &root).await.unwrap().done_last_hour, 0);
    let grace = world.participant("Grace").await;
    let refusal = mail::outcomes(&ctx, &grace).await.map_err(code);
    assert_eq!(refusal, Err(ErrorCode::Forbidden));
}

#[tokio::test]
async fn an_internationalized_domain_is_sent_as_punycode() {
    let sink = Sink::start().await;
    let (world, ctx) = world_with_mails(&sink.url(), 1).await;
    write_to(&world, "grace@bücher.example").await;
    run_pending_jobs(&ctx).await;
    let sent = sink.only();
    assert_eq!(sent.recipients, ["grace@xn--bcher-kva.example"]);
    assert_eq!(sent.header("to"), "grace@xn--bcher-kva.example");
    assert!(!sink.commands("MAIL")[0].contains("SMTPUTF8"));
}

#[tokio::test]
async fn an_unsupported_address_delays_no_other_mail() {
    let sink = Sink::start().await;
    let (world, ctx) = world_with_mails(&sink.url(), 3).await;
    let claims = claim(&ctx, 10).await.unwrap();
    let DeliverMail { mail_id } = claims[0].payload().unwrap();
    // Each database has its own way to write an id; there is one message for each job.
    let sql = "UPDATE users SET email = 'жанна@example.com' WHERE id = \
               (SELECT user_id FROM mailbox WHERE id = ";
    let id = if std::env::var("TEST_DATABASE_URL").is_ok() {
        format!("'{mail_id}'")
    } else {
        format!("x'{}'", mail_id.to_string().replace('-', ""))
    };
    assert_eq!(world.execute(&format!("{sql}{id})")).await.unwrap(), 1);
    for claim in &claims {
        run_job(&ctx, claim).await.unwrap();
    }
    assert_eq!((sink.mails().len(), world.queue().await.dead), (2, 1));
    let reason = last_error(&ctx).await;
    assert!(reason.contains("it offers no SMTPUTF8") && !reason.contains("жанна"), "{reason}");
}

#[tokio::test]
async fn smtputf8_is_requested_only_for_an_address_that_needs_it() {
    let sink = Sink::with(Manners { offers: vec!["8BITMIME", "SMTPUTF8"], ..Manners::default() });
    let sink = sink.await;
    let (world, ctx) = world_with_mails(&sink.url(), 1).await;
    write_to(&world, "жанна@пример.рф").await;
    run_pending_jobs(&ctx).await;
    assert_eq!(sink.only().recipients, ["жанна@xn--e1afmkfd.xn--p1ai"]);
    let command = &sink.commands("MAIL")[0];
    assert!(command.contains("SMTPUTF8") && command.contains("BODY=8BITMIME"), "{command}");

    let (_other, ctx) = world_with_mails(&sink.url(), 1).await;
    run_pending_jobs(&ctx).await;
    assert_eq!(sink.commands("MAIL")[1], "MAIL FROM:<no-reply@site.example>");
}

#[tokio::test]
async fn a_permanent_reply_that_asks_for_a_retry_is_retried() {
    for (verb, reply) in [
        ("RCPT", "552 5.2.2 mailbox full"),
        ("RCPT", "550 4.7.1 greylisted"),
        (CONTENT, "554 5.7.0 Try again later"),
    ] {
        let manners = Manners { replies: [(verb, reply)].into(), ..Manners::default() };
        let sink = Sink::with(manners).await;
        let (world, ctx) = world_with_mails(&sink.url(), 1).await;
        let claim = claim_one(&ctx).await;
        let failure = failure(&ctx, &claim).await;
        assert!(!failure.is_final() && !failure.is_unreachable(), "{failure}");
        assert_eq!(world.queue().await.dead, 0, "{reply}");
        run_job(&ctx, &claim).await.unwrap();
        assert_eq!(sink.mails().len(), 1, "{reply}");
    }
}

#[tokio::test]
async fn a_refusal_that_concerns_all_mail_counts_as_no_attempt() {
    for (verb, reply) in [
        ("AUTH", "535 5.7.8 bad credentials"),
        ("MAIL", "553 5.7.1 sender address rejected"),
        ("EHLO", "554 5.7.1 you are on a list"),
        ("RCPT", "421 4.3.2 shutting down"),
    ] {
        let replies = [(verb, reply), (verb, reply)].into();
        let offers = vec!["AUTH PLAIN"];
        let sink = Sink::with(Manners { replies, offers, ..Manners::default() }).await;
        let (world, ctx) = world_with_mails(&sink.url_with_password(), 1).await;
        let failure = failure(&ctx, &claim_one(&ctx).await).await;
        assert!(failure.is_unreachable(), "{failure}");
        assert_eq!(world.queue().await.dead, 0, "{reply}");
    }
}

#[tokio::test]
async fn delivery_is_retried_for_four_days_and_again_after_a_manual_retry() {
    // Nothing listens on port 1.
    let (world, ctx) = world_with_mails("smtp://127.0.0.1:1", 1).await;
    let claim = claim_one(&ctx).await;
    for days in [0, 1, 2] {
        world.clock.advance(TimeDelta::days(i64::from(days > 0)));
        let failure = failure(&ctx, &claim).await;
        assert!(failure.is_unreachable(), "{failure}");
    }
    world.clock.advance(TimeDelta::days(2) - TimeDelta::milliseconds(1));
    failure(&ctx, &claim).await;
    world.clock.advance(TimeDelta::milliseconds(1));
    run_job(&ctx, &claim).await.unwrap();
    assert_eq!(world.queue().await.dead, 1);
    let reason = last_error(&ctx).await;
    assert!(reason.starts_with("not taken for 4 days"), "{reason}");

    world.clock.advance(TimeDelta::days(3));
    jobs::retry(&ctx, Operator::Console, claim.id).await.unwrap();
    failure(&ctx, &claim_one(&ctx).await).await;
    assert_eq!(world.queue().await.dead, 0);
}

#[tokio::test]
async fn a_private_authority_is_trusted_if_it_is_configured() {
    for (scheme, query, sink) in
        [("smtps", "", smtps().await), ("smtp", "?tls=required", starttls().await)]
    {
        let url = format!("{scheme}://localhost:{}{query}", sink.port());
        let (world, stranger) = world_with_mails(&url, 1).await;
        let claim = claim_one(&stranger).await;
        let failure = failure(&stranger, &claim).await;
        assert!(
            failure.is_unreachable() && failure.to_string().contains("certificate"),
            "{failure}"
        );
        let friend = world.process_with_mail_by(&url, Some(AUTHORITY)).await;
        run_job(&friend, &claim).await.unwrap();
        assert_eq!(sink.mails().len(), 1, "{scheme}");
    }
}
