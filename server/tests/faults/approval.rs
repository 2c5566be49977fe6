//! Approvals on several servers that are killed.
//!
//! Guards: one transaction for the seat, the registration and the decision; a repeated review
//! changes nothing; the key of the review; the notice with a dedup key.

use std::time::Duration;

use domain::{CompetitionId, RegistrationId, UserId};
use fastrand::Rng;
use reqwest::Client;
use serde_json::{Value, json};
use service::{Actor, mail::mailbox};
use tokio::{task::JoinSet, time::sleep};

use crate::support::{Outcome, Server, Site, check, scale, seeded_rng};

const SEATS: usize = 30;
const WAITLIST: u32 = 10;
const PEOPLE: usize = 60;
/// Registrations in a review. Each is in three reviews.
const REVIEWED: usize = 12;

/// Sends a review to any of the servers until it has a response. Returns how often it had none.
async fn approve(
    site: &Site,
    servers: [String; 2],
    id: CompetitionId,
    (number, registrations): (usize, Vec<RegistrationId>),
    rng: Rng,
) -> impl Future<Output = usize> + use<> {
    let token = site.token(&site.organizer);
    async move {
        let client =
            Client::builder().timeout(Duration::from_secs(5)).no_proxy().build().expect("a client");
        let (mut rng, mut failures) = (rng, 0);
        loop {
            let server = &servers[rng.usize(..servers.len())];
            let url = format!("{server}/api/competitions/{id}/registrations/approve");
            let request = client.post(url).bearer_auth(&token);
            let request = request.header("Idempotency-Key", format!("{id}-{number}"));
            let body = json!({ "registrationIds": registrations });
            match request.json(&body).send().await {
                Ok(response) if response.status() == 200 => {
                    let all: Option<Value> = response.json().await.ok();
                    if let Some(all) = all {
                        let length = |list: &str| all[list].as_array().expect("a list").len();
                        assert_eq!(length("reviewed") + length("refused"), registrations.len());
                        return failures;
                    }
                    failures += 1;
                }
                Ok(response) if [409, 503].contains(&response.status().as_u16()) => {}
                Ok(response) => panic!("unexpected response: {}", response.status()),
                Err(_) => failures += 1,
            }
            sleep(Duration::from_millis(rng.u64(10..60))).await;
        }
    }
}

/// Those on the waiting list were notified of it once, and nobody else was.
async fn assert_notified_once(site: &Site, people: &[Actor], waiting: &[UserId], title: &str) {
    let subject = format!("On the waiting list: {title}");
    for person in people {
        let mails = mailbox::list(&site.world.ctx, person, None).await.expect("a mailbox");
        let notices = mails.iter().filter(|mail| mail.subject == subject);
        let is_waiting = waiting.contains(&person.user().expect("a user").id);
        assert_eq!(notices.count(), usize::from(is_waiting), "notices");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_killed_while_registrations_are_approved_give_each_seat_and_notice_once() {
    let mut rng = seeded_rng();
    let site = Site::open().await;
    let variables = site.variables();
    let [mut one, mut two] = [Server::start(&variables).await, Server::start(&variables).await];
    let servers = [one.url(), two.url()];
    let people = site.world.participants_in_bulk(PEOPLE).await;
    let everyone = site.participants(&people);
    let mut failures = 0;
    for round in 0..scale(3, 15) {
        let title = format!("Round {round}");
        let new = site.world.competition(&site.organizer).seats(SEATS as i64).waitlist(WAITLIST);
        let id = new.titled(&title).with_approval().create().await;
        let ledger = everyone.register(&servers, (id, SEATS), &mut rng).await;
        let ids: Vec<_> = ledger
            .outcomes
            .values()
            .map(|outcome| match outcome {
                Outcome::Requested(id) => *id,
                other => panic!("{other:?}"),
            })
            .collect();
        let mut reviews = JoinSet::new();
        let twice = [&ids[..], &ids[..REVIEWED]].concat();
        for (number, first) in (0..PEOPLE).step_by(REVIEWED / 3).enumerate() {
            let some = twice[first..first + REVIEWED].to_vec();
            reviews.spawn(approve(&site, servers.clone(), id, (number, some), rng.fork()).await);
        }
        sleep(Duration::from_millis(rng.u64(1..20))).await;
        one.process.kill();
        two.process.kill();
        tokio::join!(one.restart(&variables), two.restart(&variables));
        failures += reviews.join_all().await.into_iter().sum::<usize>();

        let tally = site.world.tally(id).await;
        let waiting = u64::from(WAITLIST);
        assert_eq!((tally.registered, tally.waitlisted), (SEATS as u64, waiting));
        let awaiting = PEOPLE as u64 - SEATS as u64 - waiting;
        assert_eq!((tally.awaiting_approval, tally.awaiting), (awaiting, awaiting));
        assert_eq!(check(&site, &[ledger]).await, 0, "a job is dead although no worker was killed");
        assert_notified_once(&site, &people, &site.world.waiting_list(id).await, &title).await;
    }
    assert!(failures > 0, "no kill hit a request");
}
