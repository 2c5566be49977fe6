//! Participants who ask for seats over HTTP until they are told.

use std::{
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

use super::{Answer, Ledger, Load, Reply, Trouble};

/// How long a client waits for an answer before it hangs up and sends the same again.
const TIME_LIMIT: Duration = Duration::from_secs(3);
/// How long somebody goes on asking.
const PATIENCE: Duration = Duration::from_secs(120);

/// Participants with their tokens. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Crowd {
    pub(super) world: Arc<World>,
    pub(super) organizer: Actor,
    members: Arc<[(UserId, String)]>,
    client: Client,
    /// How many ask at the same time.
    connections: usize,
    /// Whether they ask again when they were not told.
    insists: bool,
    /// How many were told, up to now.
    pub(super) told: Arc<AtomicUsize>,
}

/// What one of them was told, if anything, and after how much trouble.
struct Told {
    user: UserId,
    answer: Option<Answer>,
    trouble: Trouble,
    is_replay: bool,
}

impl Crowd {
    pub(super) fn new(
        world: &Arc<World>,
        organizer: &Actor,
        members: Vec<(UserId, String)>,
    ) -> Self {
        Self {
            world: Arc::clone(world),
            organizer: organizer.clone(),
            members: members.into(),
            client: client(TIME_LIMIT),
            connections: 64,
            insists: true,
            told: Arc::default(),
        }
    }

    /// The same people over so many connections, and each asks once, however long it takes.
    pub(crate) fn once_over(self, connections: usize) -> Self {
        Self { client: client(PATIENCE), connections, insists: false, ..self }
    }

    /// Everybody asks one of the servers for a seat, in any order; answers with what they were told.
    pub(crate) async fn ask(
        &self,
        servers: &[String],
        (competition, seats): (CompetitionId, usize),
        chance: &mut Rng,
    ) -> Ledger {
        let (turns, servers) = (Arc::new(Semaphore::new(self.connections)), Arc::from(servers));
        let mut order: Vec<usize> = (0..self.members.len()).collect();
        chance.shuffle(&mut order);
        let mut asking = JoinSet::new();
        for member in order {
            let (crowd, chance) = (self.clone(), chance.fork());
            let (turns, servers): (_, Arc<[String]>) = (Arc::clone(&turns), Arc::clone(&servers));
            asking.spawn(async move {
                let _turn = turns.acquire().await.expect("a turn");
                crowd.ask_as(member, &servers, competition, chance).await
            });
        }
        let mut ledger = Ledger::new(competition, seats);
        for told in asking.join_all().await {
            ledger.answers.extend(told.answer.map(|answer| (told.user, answer)));
            ledger.trouble += told.trouble;
            ledger.replayed += usize::from(told.is_replay);
        }
        ledger
    }

    /// Everybody asks for a seat in one competition after the other, until [`Load::stop`].
    pub(crate) fn keep_asking(self, servers: &[String], seats: usize, chance: &mut Rng) -> Load {
        Load::start(self, servers.to_vec(), seats, chance.fork())
    }

    /// The request of one of them, as it goes over the wire.
    pub(crate) fn raw_request(&self, member: usize, competition: CompetitionId) -> String {
        let (_, token) = &self.members[member];
        format!(
            "POST {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
             Idempotency-Key: {}\r\nContent-Length: 0\r\n\r\n",
            path(competition),
            key(competition),
        )
    }

    async fn ask_as(
        &self,
        member: usize,
        servers: &[String],
        competition: CompetitionId,
        mut chance: Rng,
    ) -> Told {
        let (user, token) = &self.members[member];
        let mut told =
            Told { user: *user, answer: None, trouble: Trouble::default(), is_replay: false };
        let began = Instant::now();
        loop {
            let server = &servers[chance.usize(..servers.len())];
            let request = self.client.post(format!("{server}{}", path(competition)));
            match reply(request.bearer_auth(token).header("Idempotency-Key", key(competition)))
                .await
            {
                Reply::Told { answer, is_replay } => {
                    self.told.fetch_add(1, Ordering::Relaxed);
                    return Told { answer: Some(answer), is_replay, ..told };
                }
                Reply::Trouble(trouble) => told.trouble += trouble,
            }
            if !self.insists {
                return told;
            }
            assert!(began.elapsed() < PATIENCE, "{user} was never told: {:?}", told.trouble);
            sleep(Duration::from_millis(chance.u64(10..100))).await;
        }
    }
}

async fn reply(request: RequestBuilder) -> Reply {
    match request.send().await {
        Ok(response) => Reply::read(response).await,
        Err(_) => Reply::broken(),
    }
}

fn path(competition: CompetitionId) -> String {
    format!("/api/competitions/{competition}/register")
}

/// Nobody asks twice for a seat in the same competition, except again.
fn key(competition: CompetitionId) -> String {
    format!("a-seat-in-{competition}")
}

fn client(time_limit: Duration) -> Client {
    Client::builder().timeout(time_limit).no_proxy().build().expect("a client")
}
