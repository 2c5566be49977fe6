use chrono::TimeDelta;
use domain::PublicError;
use service::{
    Context,
    jobs::{self, FailOutcome, Operator, dead_letters},
    testing::{World, run_pending_jobs},
};

use crate::{
    sink::Sink,
    support::{claim_one, mails, refuse_releases, register, run_job, subjects},
};

/// A participant with a confirmation in the mailbox, and a job to send it.
async fn confirmed(world: &World, ctx: &Context) -> service::Actor {
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).titled("Code Sprint – ein Wettlauf").create().await;
    register(ctx, &grace, sprint).await.unwrap();
    let claim = claim_one(ctx).await;
    run_job(ctx, &claim).await.unwrap();
    grace
}

#[tokio::test]
async fn a_message_of_the_mailbox_is_sent_to_the_address_as_well() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let grace = confirmed(&world, &ctx).await;
    assert_eq!(run_pending_jobs(&ctx).await, 1);

    let [kept] = &mails(&world, &grace).await[..] else { panic!("one message") };
    let sent = sink.only();
    assert_eq!(sent.recipients, ["grace@example.com"]);
    assert_eq!(sent.header("to"), "grace@example.com");
    assert_eq!(sent.header("from"), "\"Mini Compete\" <no-reply@site.example>");
    assert_eq!(sent.header("message-id"), format!("<{}@site.example>", kept.id));
    assert_eq!(sent.header("date"), "Mon, 23 Nov 2026 12:00:00 +0000");
    let parts = format!("multipart/mixed; boundary=\"mixed-{}\"", kept.id.0.simple());
    assert_eq!(sent.header("content-type"), parts);
    assert_eq!(sent.header("auto-submitted"), "auto-generated");
    assert!(sent.header("subject").contains("Registration Confirmed"));
    assert_eq!(sent.body, kept.body);
    assert!(sent.body.contains("is confirmed."), "{}", sent.body);
    assert!(sent.html.contains("is confirmed."), "{}", sent.html);
}

#[tokio::test]
async fn both_parts_of_a_mail_show_the_title_as_text_in_short_lines() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let (ada, grace) = (world.organizer("Ada").await, world.participant("Grace").await);
    let rest = "and a title, für alle, that is longer than a line of a mail ".repeat(2);
    let title = format!("<b>x</b> & \"y\" {}", rest.trim());
    let sprint = world.competition(&ada).titled(&title).create().await;
    register(&ctx, &grace, sprint).await.unwrap();
    run_pending_jobs(&ctx).await;

    let sent = sink.only();
    assert!(sent.body.contains(&format!("for {title} is confirmed.")), "{}", sent.body);
    let escaped = title.replace('&', "&#38;").replace('"', "&#34;");
    let escaped = escaped.replace('<', "&#60;").replace('>', "&#62;");
    assert!(sent.html.contains(&format!("for {escaped} is confirmed.")), "{}", sent.html);
    assert!(sent.html.contains(&format!("{escaped}</title>")), "{}", sent.html);
    assert!(!sent.html.contains("<b>"), "{}", sent.html);
    for external in ["src=", "url(", "<link", "<img", "<script", "<style"] {
        assert!(!sent.html.contains(external), "{external} in {}", sent.html);
    }
    // RFC 5322 allows 998 characters and recommends 78.
    for line in sent.raw.lines() {
        assert!(line.len() <= 78 && line.is_ascii(), "{line}");
    }
}

#[tokio::test]
async fn without_a_mail_server_mail_stays_in_the_mailbox() {
    let world = World::new().await;
    confirmed(&world, &world.ctx).await;
    assert_eq!(world.run_pending_jobs().await, 0);
    assert_eq!(world.mails().await, 1);
}

#[tokio::test]
async fn a_mail_that_is_refused_for_now_is_sent_later_with_the_same_message_id() {
    let world = World::new().await;
    let sink = Sink::replying(&["451 try again later"]).await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let grace = confirmed(&world, &ctx).await;
    let claim = claim_one(&ctx).await;
    let error = run_job(&ctx, &claim).await.unwrap_err();
    assert_eq!(jobs::fail(&ctx, &claim, &error.to_string()).await.unwrap(), FailOutcome::Retry);
    assert!(sink.mails().is_empty());

    world.clock.advance(TimeDelta::seconds(3));
    assert_eq!(run_pending_jobs(&ctx).await, 1);
    let id = mails(&world, &grace).await[0].id;
    assert_eq!(sink.only().header("message-id"), format!("<{id}@site.example>"));
    assert_eq!(PublicError::from(error).message, "Something went wrong on our side.");
}

#[tokio::test]
async fn the_error_of_a_mail_is_kept_when_its_count_cannot_be_released() {
    let world = World::new().await;
    let ctx = world.process_with_mail("smtp://127.0.0.1:1").await;
    confirmed(&world, &ctx).await;
    refuse_releases(&world).await;
    let error = run_job(&ctx, &claim_one(&ctx).await).await.unwrap_err();
    assert!(matches!(error, service::Error::Mail(_)), "{error:?}");

    let address = domain::Email::parse("grace@example.com").unwrap();
    service::password_reset::request(&ctx, address).await.unwrap();
    let link = claim_one(&ctx).await;
    let error = run_job(&ctx, &link).await.unwrap_err();
    assert!(matches!(error, service::Error::Mail(_)), "{error:?}");
}

#[tokio::test]
async fn a_mail_that_is_refused_for_good_is_a_dead_letter_at_once_and_can_be_retried() {
    let world = World::new().await;
    let sink = Sink::replying(&["550 no such user <grace@example.com>"]).await;
    let ctx = world.process_with_mail(&sink.url()).await;
    confirmed(&world, &ctx).await;
    assert_eq!(run_pending_jobs(&ctx).await, 1);

    let [dead] = &dead_letters(&ctx, Operator::Console).await.unwrap()[..] else { panic!("one") };
    assert_eq!((&*dead.kind, dead.attempts), ("deliver_mail", 1));
    assert!(dead.last_error.contains("550"), "{}", dead.last_error);
    assert!(!dead.last_error.contains("grace@"), "{}", dead.last_error);
    jobs::retry(&ctx, Operator::Console, dead.id).await.unwrap();
    run_pending_jobs(&ctx).await;
    assert_eq!(sink.only().recipients, ["grace@example.com"]);
}

#[tokio::test]
async fn wrong_credentials_for_the_mail_server_are_no_failure_of_the_mail() {
    let world = World::new().await;
    let sink = Sink::replying(&["530 authentication required"]).await;
    let ctx = world.process_with_mail(&sink.url()).await;
    confirmed(&world, &ctx).await;
    let claim = claim_one(&ctx).await;
    assert!(run_job(&ctx, &claim).await.is_err());
    assert_eq!(world.queue().await.dead, 0);
    jobs::release(&ctx, &[claim]).await.unwrap();
    assert_eq!(run_pending_jobs(&ctx).await, 1);
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn a_mail_is_sent_once_the_mail_server_can_be_reached() {
    let world = World::new().await;
    // Nothing listens on port 1.
    let ctx = world.process_with_mail("smtp://127.0.0.1:1").await;
    confirmed(&world, &ctx).await;
    let claim = claim_one(&ctx).await;
    for words in ["refused", "a moment ago"] {
        let service::Error::Mail(failure) = run_job(&ctx, &claim).await.unwrap_err() else {
            panic!("another error")
        };
        assert!(failure.to_string().to_lowercase().contains(words), "{failure}");
    }
    jobs::release(&ctx, &[claim]).await.unwrap();
    let sink = Sink::start().await;
    let other = world.process_with_mail(&sink.url()).await;
    assert_eq!(run_pending_jobs(&other).await, 1);
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn a_line_break_in_a_subject_starts_no_header() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    confirmed(&world, &ctx).await;
    for (column, value) in [
        ("subject", "'Hello' || char(13) || char(10) || 'Bcc: eve@example.com'"),
        (
            "body",
            "'.' || char(13) || char(10) || '.' || char(13) || char(10) || \
             'RCPT TO:<eve@example.com>'",
        ),
    ] {
        // PostgreSQL calls it chr.
        let sql = format!("UPDATE mailbox SET {column} = {value}");
        let sql = if std::env::var("TEST_DATABASE_URL").is_ok() {
            sql.replace("char(", "chr(")
        } else {
            sql
        };
        world.execute(&sql).await.unwrap();
    }
    run_pending_jobs(&ctx).await;
    let sent = sink.only();
    assert_eq!(sent.recipients, ["grace@example.com"]);
    assert_eq!(sent.header("subject"), "Hello  Bcc: eve@example.com");
    assert!(!sent.headers.iter().any(|header| header.to_lowercase().starts_with("bcc:")));
}

#[tokio::test]
async fn no_mail_is_sent_to_an_address_with_a_line_break() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    confirmed(&world, &ctx).await;
    for address in ["grace@example.com>\r\nRCPT TO:<eve@example.com", "no address", ""] {
        let sql = format!("UPDATE users SET email = '{address}' WHERE role = 'PARTICIPANT'");
        world.execute(&sql).await.unwrap();
        let claim = claim_one(&ctx).await;
        run_job(&ctx, &claim).await.unwrap();
        assert_eq!(world.queue().await.dead, 1, "{address}");
        jobs::retry(&ctx, Operator::Console, claim.id).await.unwrap();
    }
    assert!(sink.mails().is_empty());
}

#[tokio::test]
async fn a_deleted_message_is_not_sent() {
    let world = World::new().await;
    let sink = Sink::start().await;
    let ctx = world.process_with_mail(&sink.url()).await;
    let grace = confirmed(&world, &ctx).await;
    world.execute("DELETE FROM mailbox").await.unwrap();
    assert_eq!(run_pending_jobs(&ctx).await, 1);
    assert!(sink.mails().is_empty() && subjects(&world, &grace).await.is_empty());
    assert_eq!(world.queue().await.dead, 0);
}
