//! Many clients at once, each with a connection of its own and the next request as soon as it has its answer.

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
use crate::{Result, process::CpuTime};

/// How long the last answers may take after the time is up: longer than the server's own limit.
const GRACE: Duration = Duration::from_secs(60);

/// What is to be asked.
#[derive(Debug)]
pub(crate) struct Load {
    pub(crate) requests: Vec<Vec<u8>>,
    /// Whether to begin anew after the last request, or to stop.
    pub(crate) repeat: bool,
    pub(crate) clients: usize,
    /// No request is begun after it.
    pub(crate) time: Duration,
    /// What every answer must be.
    pub(crate) status: u16,
}

/// What came of it. Every answer was as expected.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) answers: usize,
    pub(crate) elapsed: Duration,
    pub(crate) latencies: Latencies,
    /// The part of the machine's processors that the clients took, 0 to 1.
    pub(crate) client_share: f64,
}

/// What the tasks share.
#[derive(Debug)]
struct Shared {
    load: Load,
    server: SocketAddr,
    next: AtomicUsize,
    /// Nobody begins before all are connected.
    connected: Barrier,
}

/// What one client saw.
#[derive(Debug, Default)]
struct Seen {
    latencies: Vec<Duration>,
    statuses: BTreeMap<u16, usize>,
    unexpected: Option<String>,
}

impl Load {
    /// # Errors
    /// When an answer is not as expected, with how many there were of each status; or when the server does not answer.
    pub(crate) fn run(self, runtime: &Runtime, server: SocketAddr) -> Result<Outcome> {
        let (clients, status, limit) = (self.clients, self.status, self.time + GRACE);
        let connected = Barrier::new(clients + 1);
        let shared = Arc::new(Shared { load: self, server, next: AtomicUsize::new(0), connected });
        let (seen, elapsed, client_share) = runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for _ in 0..clients {
                tasks.spawn(client(Arc::clone(&shared)));
            }
            let all = async {
                shared.connected.wait().await;
                let (began, cpu) = (Instant::now(), CpuTime::of_this_process()?);
                let seen = tasks.join_all().await.into_iter().collect::<io::Result<Vec<Seen>>>()?;
                let elapsed = began.elapsed();
                let share = CpuTime::of_this_process()?.since(cpu).share_of_machine(elapsed);
                Ok::<_, io::Error>((seen, elapsed, share))
            };
            timeout(limit, all).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
        })?;

        let mut all = Seen::default();
        for seen in seen {
            all.latencies.extend(seen.latencies);
            for (status, count) in seen.statuses {
                *all.statuses.entry(status).or_default() += count;
            }
            all.unexpected = all.unexpected.or(seen.unexpected);
        }
        if let Some(body) = all.unexpected {
            return Err(format!(
                "not all answers were {status} but {:?}; one said: {body}",
                all.statuses
            )
            .into());
        }
        let (answers, latencies) = (all.latencies.len(), Latencies::new(all.latencies));
        Ok(Outcome { answers, elapsed, latencies, client_share })
    }
}

async fn client(shared: Arc<Shared>) -> io::Result<Seen> {
    let Shared { load, server, next, connected } = &*shared;
    let connection = Connection::open(*server).await;
    // Also when it failed, or the others would wait for ever.
    connected.wait().await;
    let mut connection = connection?;
    let began = Instant::now();
    let mut seen = Seen::default();
    while began.elapsed() < load.time {
        let mut number = next.fetch_add(1, Ordering::Relaxed);
        if load.repeat {
            number %= load.requests.len();
        }
        let Some(request) = load.requests.get(number) else { break };
        let asked = Instant::now();
        let answer = connection.exchange(request).await?;
        seen.latencies.push(asked.elapsed());
        *seen.statuses.entry(answer.status).or_default() += 1;
        if answer.status != load.status && seen.unexpected.is_none() {
            seen.unexpected = Some(String::from_utf8_lossy(answer.body).into_owned());
        }
    }
    Ok(seen)
}
