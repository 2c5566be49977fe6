//! Notices to many people while others register: a slow mail server, a killed worker, and a quota.
//!
//! Guards: mails to many people have workers of their own; a message of an organizer is sent in
//! transactions that move its row on; a quota pauses mail and costs no attempt.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use serde_json::json;
use service::organizer_messages;
use tokio::time::{Instant, sleep};

use crate::{
    sink::{Manners, Sink},
    support::{Server, Site, Worker, scale, seeded_rng, wait_until},
};

/// How many register meanwhile.
const NEWCOMERS: usize = 100;
/// How long the mail server takes for a mail.
const DELAY: Duration = Duration::from_millis(30);
/// How long the delivery of all mails may take, a pause of a minute included.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(300);
const QUOTA: &str = "454 4.7.0 Throttling failure: Maximum sending rate exceeded";

#[tokio::test(flavor = "multi_thread")]
async fn confirmations_are_mailed_within_a_second_beside_notices_to_many_people() {
    let mut rng = seeded_rng();
    let size = scale(1_500, 2_500);
    let site = Site::open().await;
    let everybody = site.world.participants_in_bulk(size + NEWCOMERS).await;
    let (registered, newcomers) = everybody.split_at(size);
    let (many, other) = (site.competition(size).await, site.competition(NEWCOMERS).await);
    let server = Server::start(&site.variables()).await;
    let urls = [server.url()];
    let ledger = site.participants(registered).register(&urls, (many, size), &mut rng).await;
    assert_eq!(ledger.registered(), size);
    let confirming = Worker::start(&site.variables()).await;
    site.wait_for_jobs().await;
    drop(confirming);

    let sink = Sink::with(Manners { delay: DELAY, ..Manners::default() }).await;
    let variables = site.variables().with("SMTP_URL", sink.url());
    let variables = variables.with("MAIL_FROM", "no-reply@site.example");
    let variables = variables.with("SITE_URL", "https://site.example");
    let server = Server::start(&variables).await;
    let urls = [server.url()];
    let mut workers = [Worker::start(&variables).await, Worker::start(&variables).await];
    let (ctx, organizer) = (&site.world.ctx, &site.organizer);
    let message = json!({ "subject": "Rooms", "text": "See below.", "statuses": ["CONFIRMED"] });
    let message = serde_json::from_value(message).expect("a message");
    let draft = organizer_messages::create(ctx, organizer, many, message).await.expect("a draft");
    let at_once = serde_json::from_value(json!({ "version": 1 })).expect("an input");
    organizer_messages::send(ctx, organizer, many, draft.id, at_once).await.expect("it is sent");

    let mut registered_at = HashMap::new();
    for (number, newcomer) in newcomers.iter().enumerate() {
        let one = site.participants(std::slice::from_ref(newcomer));
        one.register(&urls, (other, NEWCOMERS), &mut rng).await;
        registered_at.insert(newcomer.user().expect("a user").email.clone(), Instant::now());
        sleep(Duration::from_millis(rng.u64(20..80))).await;
        // What it has claimed is free again when its leases have run out.
        if number == NEWCOMERS / 2 {
            assert!(sink.ids().len() < size, "the notices are sent meanwhile");
            let confirmed_before = latencies(&sink, &registered_at);
            let slowest = confirmed_before.iter().max().copied().unwrap_or_default();
            eprintln!("{} confirmations, the slowest after {slowest:?}", confirmed_before.len());
            assert!(confirmed_before.len() + 10 > number, "confirmations wait for notices");
            assert!(slowest < Duration::from_secs(1), "the slowest took {slowest:?}");
            workers[0].process.kill();
        }
    }
    let replies = [("RCPT", QUOTA); 2].into();
    sink.behave(Manners { replies, delay: DELAY, ..Manners::default() });
    workers[0] = Worker::start(&variables).await;
    let all = size + NEWCOMERS;
    let all_taken = async || sink.ids().len() >= all;
    wait_until("every mail is delivered", DELIVERY_TIMEOUT, all_taken).await;
    site.wait_for_jobs().await;
    assert_eq!(site.world.queue().await.dead, 0, "a mail is a dead letter");
    assert_eq!(sink.ids().len(), all, "one Message-ID for each mail");
    let mails = sink.mails();
    let to = |subject: &str| {
        let of = mails.iter().filter(|mail| mail.header("subject").contains(subject));
        let recipients = of.map(|mail| mail.recipients[0].clone());
        recipients.collect::<HashSet<_>>()
    };
    let email = |actor: &service::Actor| actor.user().expect("a user").email.clone();
    assert_eq!(to("Rooms"), registered.iter().map(email).collect());
    assert_eq!(to("Confirmed"), newcomers.iter().map(email).collect());
    let quota = workers.iter().map(|worker| worker.process.log_lines_with("mail pauses"));
    eprintln!("{all} mails, delivered {} times", mails.len());
    assert!(quota.sum::<usize>() > 0, "no quota hit a mail");
}

/// How long each confirmation took from the response to the mail server, for those that are there.
fn latencies(sink: &Sink, registered_at: &HashMap<String, Instant>) -> Vec<Duration> {
    let mails = sink.mails().into_iter();
    let confirmations = mails.filter(|mail| mail.header("subject").contains("Confirmed"));
    let taken = confirmations.filter_map(|mail| {
        let since = registered_at.get(&mail.recipients[0])?;
        Some(mail.arrived?.saturating_duration_since(since.into_std()))
    });
    taken.collect()
}
