//! A mail server that refuses and drops connections, defers mails, and reports temporary failures
//! with permanent codes, while workers that send mail are killed.
//!
//! Guards: an unreachable server is no permanent failure; enhanced status codes decide over basic
//! ones; a mail that may have been accepted keeps its Message-ID; a closed connection is replaced.

use std::time::Duration;

use tokio::time::sleep;

use crate::{
    sink::{CONTENT, GoesAway, Manners, Sink},
    support::{Site, Worker, check, scale, seeded_rng, wait_until},
    workers::backlog,
};

/// How long the delivery of all mails may take.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(300);
/// Temporary failures, by command.
const FAILURES: [(&str, &str); 6] = [
    ("MAIL", "421 4.3.2 shutting down"),
    ("MAIL", "451 4.7.1 too many messages over this connection"),
    ("RCPT", "450 4.2.0 greylisted"),
    ("RCPT", "550 5.4.5 Daily user sending quota exceeded"),
    (CONTENT, "554 5.7.0 Try again later"),
    ("EHLO", "421 4.3.2 too busy"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_mail_is_delivered_by_an_unreliable_mail_server() {
    let mut rng = seeded_rng();
    let site = Site::open().await;
    let mut sink = Sink::start().await;
    let variables = site.variables().with("SMTP_URL", sink.url());
    let variables = variables.with("MAIL_FROM", "no-reply@site.example");
    let variables = variables.with("SITE_URL", "https://site.example");
    let size = scale(60, 600);
    let ledger = backlog(&site, size).await;
    let mut workers = [Worker::start(&variables).await, Worker::start(&variables).await];
    let mut failures = 0;
    for round in 0..scale(4, 20) {
        let replies = (0..size / 8).map(|_| rng.choice(FAILURES).expect("one")).collect();
        let goes = if rng.bool() { GoesAway::Before } else { GoesAway::After };
        let goes_away = Some((goes, 3));
        let mails_a_connection = Some(rng.usize(1..8));
        sink.behave(Manners { replies, goes_away, mails_a_connection, ..Manners::default() });
        sleep(Duration::from_millis(rng.u64(500..1_500))).await;
        sink.stop().await;
        sleep(Duration::from_millis(rng.u64(500..2_000))).await;
        let worker = &mut workers[round % 2];
        worker.process.kill();
        failures += worker.process.log_lines_with("mail server");
        *worker = Worker::start(&variables).await;
        sink.start_again().await;
    }
    sink.behave(Manners::default());
    let all_taken = async || sink.ids().len() >= size;
    wait_until("every mail is delivered", DELIVERY_TIMEOUT, all_taken).await;
    site.wait_for_jobs().await;
    failures +=
        workers.iter().map(|worker| worker.process.log_lines_with("mail server")).sum::<usize>();
    assert!(failures > 0, "no fault hit a mail");
    assert_eq!(site.world.queue().await.dead, 0, "a mail is a dead letter");
    assert_eq!(sink.ids().len(), size, "one Message-ID for each mail");
    eprintln!("{size} mails, delivered {} times after {failures} failures", sink.mails().len());
    drop(workers);
    assert_eq!(check(&site, &[ledger]).await, 0);
}
