//! Closed-loop load: each client has its own connection, and sends its next request once it has the
//! response to the last one.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{runtime::Runtime, sync::Barrier, task::JoinSet, time::timeout};

use super::{Connection, Latencies};
use crate::{Result, usage::CpuTime};

/// How long the last responses may take after the end: longer than the server's own time limit.
const GRACE: Duration = Duration::from_secs(60);

/// The requests to send.
#[derive(Debug)]
pub(crate) struct Load {
    pub(crate) requests: Vec<Vec<u8>>,
    /// Whether to start over after the last request.
    pub(crate) repeat: bool,
    pub(crate) clients: usize,
    /// The duration, after which no request is sent.
    pub(crate) time: Duration,
    /// The expected status.
    pub(crate) status: u16,
}

/// The result of a load whose responses all had the expected status.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) responses: usize,
    pub(crate) elapsed: Duration,
    pub(crate) latencies: Latencies,
    /// The share of the machine's CPU time that the clients took, 0 to 1.
    pub(crate) client_share: f64,
}

/// The state that the tasks share.
#[derive(Debug)]
struct Shared {
    load: Load,
    servers: Vec<SocketAddr>,
    next: AtomicUsize,
    /// No client starts before all are connected.
    connected: Barrier,
}

/// The responses of one client.
#[derive(Debug, Default)]
struct Received {
    latencies: Vec<Duration>,
    statuses: BTreeMap<u16, usize>,
    unexpected: Option<String>,
}

impl Load {
    /// Sends the requests to the servers, whose shares of the clients are equal.
    ///
    /// # Errors
    /// When a response has another status, with the number of responses by status; or when a server
    /// does not respond.
    pub(crate) fn run(self, runtime: &Runtime, servers: &[SocketAddr]) -> Result<Outcome> {
        let (clients, status, limit) = (self.clients, self.status, self.time + GRACE);
        let connected = Barrier::new(clients + 1);
        let (servers, next) = (servers.to_vec(), AtomicUsize::new(0));
        let shared = Arc::new(Shared { load: self, servers, next, connected });
        let (received, elapsed, client_share) = runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for number in 0..clients {
                tasks.spawn(client(Arc::clone(&shared), number));
            }
            let all = async {
                shared.connected.wait().await;
                let (began, cpu) = (Instant::now(), CpuTime::of_this_process()?);
                let received =
                    tasks.join_all().await.into_iter().collect::<io::Result<Vec<Received>>>()?;
                let elapsed = began.elapsed();
                let share = CpuTime::of_this_process()?.since(cpu).share_of_machine(elapsed);
                Ok::<_, io::Error>((received, elapsed, share))
            };
            timeout(limit, all).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
        })?;

        let mut all = Received::default();
        for received in received {
            all.latencies.extend(received.latencies);
            for (status, count) in received.statuses {
                *all.statuses.entry(status).or_default() += count;
            }
            all.unexpected = all.unexpected.or(received.unexpected);
        }
        if let Some(body) = all.unexpected {
            return Err(format!(
                "not every status was {status}: {:?}; one body: {body}",
                all.statuses
            )
            .into());
        }
        let (responses, latencies) = (all.latencies.len(), Latencies::new(all.latencies));
        Ok(Outcome { responses, elapsed, latencies, client_share })
    }
}

async fn client(shared: Arc<Shared>, number: usize) -> io::Result<Received> {
    let Shared { load, servers, next, connected } = &*shared;
    let connection = Connection::open(servers[number % servers.len()]).await;
    // Also after a failure, because the others wait for this client.
    connected.wait().await;
    let mut connection = connection?;
    let began = Instant::now();
    let mut received = Received::default();
    while began.elapsed() < load.time {
        let mut number = next.fetch_add(1, Ordering::Relaxed);
        if load.repeat {
            number %= load.requests.len();
        }
        let Some(request) = load.requests.get(number) else { break };
        let sent = Instant::now();
        let response = connection.exchange(request).await?;
        received.latencies.push(sent.elapsed());
        *received.statuses.entry(response.status).or_default() += 1;
        if response.status != load.status && received.unexpected.is_none() {
            received.unexpected = Some(String::from_utf8_lossy(response.body).into_owned());
        }
    }
    Ok(received)
}
