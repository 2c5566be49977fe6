//! A database that is out of reach for longer than a request may take.
//!
//! Guards: what a request that reaches its time limit is answered. Without them it says that
//! nothing was changed, or nothing at all, of seats that are held a moment later.

use std::time::Duration;

use domain::RegistrationId;
use reqwest::{Client, Response};
use serde_json::Value;
use service::{Actor, registration};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::support::{Proxy, Server, Site, chance, scale, until};

/// How long each message takes, so that the cut meets requests at every stage besides the COMMIT it
/// follows.
const LAG: Duration = Duration::from_millis(15);
/// The participants ask within so many milliseconds, the last of them after the cut.
const ARRIVALS_MS: u64 = 3_000;
/// Longer than the 30 s of a request.
const CUT: Duration = Duration::from_secs(33);
/// How long an answer may take that has a time limit.
const PATIENCE: Duration = Duration::from_secs(40);
/// How often a retry is told to come back later before something is wrong.
const RETRIES: usize = 100;

/// What somebody was told by an answer.
#[derive(Debug)]
struct Told {
    status: u16,
    body: Value,
}

impl Told {
    async fn read(response: Response) -> Self {
        let status = response.status().as_u16();
        if status == 503 {
            assert!(response.headers().contains_key("retry-after"), "when to come back");
            assert_eq!(response.headers()["content-type"], "application/problem+json");
        }
        Self { status, body: response.json().await.expect("every answer has a body") }
    }

    fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

/// A participant who asks once, and again until there is an answer.
#[derive(Clone)]
struct Asker {
    client: Client,
    url: String,
    token: String,
    /// Every second one has a key.
    key: Option<String>,
}

impl Asker {
    async fn ask(&self) -> Told {
        let request = self.client.post(&self.url).bearer_auth(&self.token);
        let request = match &self.key {
            Some(key) => request.header("Idempotency-Key", key),
            None => request,
        };
        let response = timeout(PATIENCE, request.send()).await.expect("an answer in time");
        Told::read(response.expect("an answer")).await
    }

    /// Asks until the answer is not that it should come back later.
    async fn ask_again(&self) -> Told {
        for _ in 0..RETRIES {
            let told = self.ask().await;
            if told.status != 503 && told.code() != "idempotency_in_flight" {
                return told;
            }
            sleep(Duration::from_millis(200)).await;
        }
        panic!("no answer after {RETRIES} retries")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_was_changed_is_said_only_where_it_is_true() {
    let mut chance = chance();
    let site = Site::open().await;
    let network = Proxy::to(site.postgres.port()).await;
    let database = site.postgres.url_through(network.port());
    let server = Server::start(&site.variables().with("DATABASE_URL", database)).await;
    network.slow_down(LAG);
    let size = scale(120, 1_000);
    let guests = site.world.crowd_of(size).await;
    let id = site.competition(size).await;
    let client = Client::new();
    let asker = |number: usize, guest: &Actor| Asker {
        client: client.clone(),
        url: format!("{}/api/competitions/{id}/register", server.url()),
        token: site.token(guest),
        key: number.is_multiple_of(2).then(|| "the-only-try".to_owned()),
    };
    let askers: Vec<_> = guests.iter().enumerate().map(|(n, guest)| asker(n, guest)).collect();

    let mut asking = JoinSet::new();
    for (number, asker) in askers.iter().cloned().enumerate() {
        let moment = Duration::from_millis(chance.u64(0..ARRIVALS_MS));
        asking.spawn(async move {
            sleep(moment).await;
            (number, asker.ask().await)
        });
    }
    let is_under_way = async || site.world.tally(id).await.registered > 0;
    until("the first seat is taken", PATIENCE, is_under_way).await;
    network.cut_after(b"COMMIT");
    until("a COMMIT has lost its answer", PATIENCE, async || network.is_cut()).await;
    sleep(CUT).await;
    let held = network.held();
    network.heal();
    assert!(held > 0, "nothing met the cut");

    let (mut unknown, mut unchanged) = (0, 0);
    for (number, told) in asking.join_all().await {
        let asker = &askers[number];
        match (told.status, told.code()) {
            (201, _) => continue,
            (503, "outcome_unknown") => {
                unknown += 1;
                assert_eq!(told.body["idempotencyKey"].as_str(), asker.key.as_deref(), "{told:?}");
            }
            (503, "overloaded") => unchanged += 1,
            _ => panic!("nobody should be told this: {told:?}"),
        }
        let again = asker.ask_again().await;
        let paging = domain::Paging::first(1);
        let mine = registration::mine(&site.world.ctx, &guests[number], paging);
        let mine = mine.await.expect("a list").items;
        let held = mine.first().expect("a seat in the end").registration.id;
        match (again.status, again.code()) {
            (201, _) => {}
            (409, "already_registered") => {
                assert_eq!(told.code(), "outcome_unknown", "a seat was held: {told:?}");
                assert!(asker.key.is_none(), "a key finds out: {again:?}");
                let named = again.body["registrationId"].as_str().expect("an id");
                assert_eq!(named.parse::<RegistrationId>().expect("an id"), held);
            }
            _ => panic!("nobody should be told this: {again:?}"),
        }
    }
    eprintln!("{unknown} unknown, {unchanged} unchanged");
    assert!(unknown > 0, "the cut hit no commit");
    let tally = site.world.tally(id).await;
    assert_eq!((tally.registered, tally.seats_held), (size as u64, size as u64));
}
