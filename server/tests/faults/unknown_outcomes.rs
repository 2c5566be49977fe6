//! A database that is unreachable for longer than the time limit of a request.
//!
//! Guards: the watch on commits, by which a timed-out request reports an unknown outcome. Without
//! it the response claims that nothing was changed, although the registration is committed later.

use std::time::Duration;

use domain::RegistrationId;
use reqwest::{Client, Response};
use serde_json::Value;
use service::{Actor, registration};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::support::{Proxy, Server, Site, scale, seeded_rng, wait_until};

/// The latency of each message, so that the cut hits requests at every stage.
const LAG: Duration = Duration::from_millis(15);
/// The participants register within so many milliseconds, the last of them after the cut.
const ARRIVALS_MS: u64 = 3_000;
/// Longer than the time limit of a request, which is 30 s.
const CUT: Duration = Duration::from_secs(33);
/// Longer than a response may take.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(40);
/// The most retries until a final response.
const MAX_RETRIES: usize = 100;

/// The parts of a response that matter.
#[derive(Debug)]
struct Received {
    status: u16,
    body: Value,
}

impl Received {
    async fn read(response: Response) -> Self {
        let status = response.status().as_u16();
        if status == 503 {
            assert!(response.headers().contains_key("retry-after"), "Retry-After is missing");
            assert_eq!(response.headers()["content-type"], "application/problem+json");
        }
        Self { status, body: response.json().await.expect("a body") }
    }

    fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

/// A participant's client, which retries until it has a final response.
#[derive(Clone)]
struct RetryingClient {
    client: Client,
    url: String,
    token: String,
    /// Every second client sends a key.
    key: Option<String>,
}

impl RetryingClient {
    async fn send(&self) -> Received {
        let request = self.client.post(&self.url).bearer_auth(&self.token);
        let request = match &self.key {
            Some(key) => request.header("Idempotency-Key", key),
            None => request,
        };
        let response = timeout(RESPONSE_TIMEOUT, request.send()).await.expect("a response in time");
        Received::read(response.expect("a response")).await
    }

    /// Sends the request until the response is no longer 503 or in flight.
    async fn send_until_final(&self) -> Received {
        for _ in 0..MAX_RETRIES {
            let received = self.send().await;
            if received.status != 503 && received.code() != "idempotency_in_flight" {
                return received;
            }
            sleep(Duration::from_millis(200)).await;
        }
        panic!("no final response after {MAX_RETRIES} retries")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timeout_claims_that_nothing_was_changed_only_if_that_is_true() {
    let mut rng = seeded_rng();
    let site = Site::open().await;
    let network = Proxy::to(site.postgres.port()).await;
    let database = site.postgres.url_through(network.port());
    let server = Server::start(&site.variables().with("DATABASE_URL", database)).await;
    network.set_latency(LAG);
    let size = scale(120, 1_000);
    let participants = site.world.participants_in_bulk(size).await;
    let id = site.competition(size).await;
    let client = Client::new();
    let client_of = |number: usize, participant: &Actor| RetryingClient {
        client: client.clone(),
        url: format!("{}/api/competitions/{id}/register", server.url()),
        token: site.token(participant),
        key: number.is_multiple_of(2).then(|| "the-only-try".to_owned()),
    };
    let clients: Vec<_> =
        participants.iter().enumerate().map(|(n, participant)| client_of(n, participant)).collect();

    let mut requests = JoinSet::new();
    for (number, client) in clients.iter().cloned().enumerate() {
        let moment = Duration::from_millis(rng.u64(0..ARRIVALS_MS));
        requests.spawn(async move {
            sleep(moment).await;
            (number, client.send().await)
        });
    }
    let has_started = async || site.world.tally(id).await.registered > 0;
    wait_until("the first seat is taken", RESPONSE_TIMEOUT, has_started).await;
    network.cut_after(Proxy::COMMIT);
    wait_until("a COMMIT has lost its answer", RESPONSE_TIMEOUT, async || network.is_cut()).await;
    sleep(CUT).await;
    let blocked = network.blocked();
    network.heal();
    assert!(blocked > 0, "nothing met the cut");

    let (mut unknown, mut unchanged) = (0, 0);
    for (number, first) in requests.join_all().await {
        let client = &clients[number];
        match (first.status, first.code()) {
            (201, _) => continue,
            (503, "outcome_unknown") => {
                unknown += 1;
                assert_eq!(
                    first.body["idempotencyKey"].as_str(),
                    client.key.as_deref(),
                    "{first:?}"
                );
            }
            (503, "overloaded") => unchanged += 1,
            _ => panic!("unexpected response: {first:?}"),
        }
        let retry = client.send_until_final().await;
        let paging = domain::Paging::first(1);
        let mine = registration::mine(&site.world.ctx, &participants[number], paging);
        let mine = mine.await.expect("a list").items;
        let registration = mine.first().expect("a registration").registration.id;
        match (retry.status, retry.code()) {
            (201, _) => {}
            (409, "already_registered") => {
                assert_eq!(first.code(), "outcome_unknown", "it was committed: {first:?}");
                assert!(client.key.is_none(), "a key must be replayed: {retry:?}");
                let named = retry.body["registrationId"].as_str().expect("an id");
                assert_eq!(named.parse::<RegistrationId>().expect("an id"), registration);
            }
            _ => panic!("unexpected response: {retry:?}"),
        }
    }
    eprintln!("{unknown} unknown, {unchanged} unchanged");
    assert!(unknown > 0, "the cut hit no commit");
    let tally = site.world.tally(id).await;
    assert_eq!((tally.registered, tally.seats_taken), (size as u64, size as u64));
}
