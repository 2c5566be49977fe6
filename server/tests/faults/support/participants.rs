//! Participants who register over HTTP, and retry until they have a final response.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::{CompetitionId, UserId};
use fastrand::Rng;
use reqwest::{Client, RequestBuilder};
use service::{Actor, testing::World};
use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, sleep},
};

use super::{Failures, Ledger, Load, Outcome, Reply};

/// How long a client waits for a response before it disconnects and retries.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a client retries.
const RETRY_TIMEOUT: Duration = Duration::from_secs(120);

/// Participants with their tokens. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Participants {
    pub(super) world: Arc<World>,
    pub(super) organizer: Actor,
    members: Arc<[(UserId, String)]>,
    client: Client,
    /// The number of concurrent requests.
    connections: usize,
    retries: bool,
    /// The number of final responses so far.
    responses: Arc<AtomicUsize>,
}

/// What one participant has received: a final response, if any, and failures before it.
struct Received {
    user: UserId,
    outcome: Option<Outcome>,
    failures: Failures,
    is_replay: bool,
}

impl Participants {
    pub(super) fn new(
        world: &Arc<World>,
        organizer: &Actor,
        members: Vec<(UserId, String)>,
    ) -> Self {
        Self {
            world: Arc::clone(world),
            organizer: organizer.clone(),
            members: members.into(),
            client: client(REQUEST_TIMEOUT),
            connections: 64,
            retries: true,
            responses: Arc::default(),
        }
    }

    /// The number of final responses so far.
    pub(crate) fn responses(&self) -> usize {
        self.responses.load(Ordering::Relaxed)
    }

    /// The same participants over so many connections. Each sends one request and waits for as long
    /// as it takes.
    pub(crate) fn without_retries(self, connections: usize) -> Self {
        Self { client: client(RETRY_TIMEOUT), connections, retries: false, ..self }
    }

    /// Each participant registers at one of the servers, in random order. Returns their outcomes.
    pub(crate) async fn register(
        &self,
        servers: &[String],
        (competition, seats): (CompetitionId, usize),
        rng: &mut Rng,
    ) -> Ledger {
        let (permits, servers) = (Arc::new(Semaphore::new(self.connections)), Arc::from(servers));
        let mut order: Vec<usize> = (0..self.members.len()).collect();
        rng.shuffle(&mut order);
        let mut requests = JoinSet::new();
        for member in order {
            let (participants, rng) = (self.clone(), rng.fork());
            let (permits, servers): (_, Arc<[String]>) =
                (Arc::clone(&permits), Arc::clone(&servers));
            requests.spawn(async move {
                let _permit = permits.acquire().await.expect("a permit");
                participants.register_one(member, &servers, competition, rng).await
            });
        }
        let mut ledger = Ledger::new(competition, seats);
        for received in requests.join_all().await {
            ledger.outcomes.extend(received.outcome.map(|outcome| (received.user, outcome)));
            ledger.failures += received.failures;
            ledger.replayed += usize::from(received.is_replay);
        }
        ledger
    }

    /// Those of the participants cancel their registrations at once, and retry until they have a
    /// final response.
    pub(crate) async fn cancel(
        &self,
        users: &HashSet<UserId>,
        servers: &[String],
        competition: CompetitionId,
        rng: &mut Rng,
    ) -> Failures {
        let mut requests = JoinSet::new();
        for (user, token) in self.members.iter().filter(|(user, _)| users.contains(user)) {
            let (client, user, token) = (self.client.clone(), *user, token.clone());
            let (servers, mut rng) = (servers.to_vec(), rng.fork());
            requests.spawn(async move {
                let (began, mut failures) = (Instant::now(), Failures::default());
                loop {
                    let server = &servers[rng.usize(..servers.len())];
                    let request = client.delete(format!("{server}{}", path(competition)));
                    let request = request
                        .bearer_auth(&token)
                        .header("Idempotency-Key", format!("cancel-{competition}"));
                    match request.send().await.map(|response| response.status().as_u16()) {
                        Ok(204) => return failures,
                        Ok(409) => failures.in_flight += 1,
                        Ok(503) => failures.unavailable += 1,
                        Ok(status) => panic!("{user} has received {status}"),
                        Err(_) => failures.no_response += 1,
                    }
                    assert!(began.elapsed() < RETRY_TIMEOUT, "no response for {user}");
                    sleep(Duration::from_millis(rng.u64(10..100))).await;
                }
            });
        }
        let mut sum = Failures::default();
        for failures in requests.join_all().await {
            sum += failures;
        }
        sum
    }

    /// All participants register for one competition after the other, until [`Load::stop`].
    pub(crate) fn keep_registering(self, servers: &[String], seats: usize, rng: &mut Rng) -> Load {
        Load::start(self, servers.to_vec(), seats, rng.fork())
    }

    /// The request of one participant, as it goes over the wire.
    pub(crate) fn raw_request(&self, member: usize, competition: CompetitionId) -> String {
        let (_, token) = &self.members[member];
        format!(
            "POST {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
             Idempotency-Key: {}\r\nContent-Length: 0\r\n\r\n",
            path(competition),
            key(competition),
        )
    }

    async fn register_one(
        &self,
        member: usize,
        servers: &[String],
        competition: CompetitionId,
        mut rng: Rng,
    ) -> Received {
        let (user, token) = &self.members[member];
        let mut failures = Failures::default();
        let began = Instant::now();
        loop {
            let server = &servers[rng.usize(..servers.len())];
            let request = self.client.post(format!("{server}{}", path(competition)));
            let request = request.bearer_auth(token).header("Idempotency-Key", key(competition));
            match reply(request).await {
                Reply::Final { outcome, is_replay } => {
                    self.responses.fetch_add(1, Ordering::Relaxed);
                    return Received { user: *user, outcome: Some(outcome), failures, is_replay };
                }
                Reply::Failure(failure) => failures += failure,
            }
            if !self.retries {
                return Received { user: *user, outcome: None, failures, is_replay: false };
            }
            assert!(began.elapsed() < RETRY_TIMEOUT, "no response for {user}: {failures:?}");
            sleep(Duration::from_millis(rng.u64(10..100))).await;
        }
    }
}

async fn reply(request: RequestBuilder) -> Reply {
    match request.send().await {
        Ok(response) => Reply::read(response).await,
        Err(_) => Reply::no_response(),
    }
}

fn path(competition: CompetitionId) -> String {
    format!("/api/competitions/{competition}/register")
}

/// A participant registers once for each competition, so the key need not name the participant.
fn key(competition: CompetitionId) -> String {
    format!("a-seat-in-{competition}")
}

fn client(timeout: Duration) -> Client {
    Client::builder().timeout(timeout).no_proxy().build().expect("a client")
}
