//! A network that can fail: a small TCP proxy.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::sleep,
};

/// Passes connections to a port of this machine on. While it is cut nothing comes through, in either direction,
/// and nobody is told: as with a cable, what was sent arrives when it is whole again.
pub(crate) struct Proxy {
    port: u16,
    wire: watch::Sender<Wire>,
    accepted: Arc<AtomicUsize>,
    held: Arc<AtomicUsize>,
    accepting: JoinHandle<()>,
}

#[derive(Clone, Copy)]
struct Wire {
    is_whole: bool,
    /// Of the connections accepted before this one nothing comes through any more, for good.
    first_whole: usize,
    /// Where new connections lead.
    target: u16,
    /// How long everything takes to come through.
    delay: Duration,
}

/// What both directions of every connection go by.
#[derive(Clone)]
struct Rules {
    wire: watch::Receiver<Wire>,
    accepted: Arc<AtomicUsize>,
    held: Arc<AtomicUsize>,
    /// Which connection this is.
    number: usize,
}

impl Proxy {
    pub(crate) async fn to(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (wire, receiver) =
            watch::channel(Wire { is_whole: true, first_whole: 0, target, delay: Duration::ZERO });
        let (accepted, held) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let rules = Rules {
            wire: receiver,
            accepted: Arc::clone(&accepted),
            held: Arc::clone(&held),
            number: 0,
        };
        let accepting = tokio::spawn(accept(listener, rules));
        Self { port, wire, accepted, held, accepting }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn cut(&self) {
        self.wire.send_modify(|wire| wire.is_whole = false);
    }

    pub(crate) fn heal(&self) {
        self.wire.send_modify(|wire| wire.is_whole = true);
    }

    /// From now on nothing comes through on the connections that there are, and nobody is told; new ones work.
    pub(crate) fn cut_existing(&self) {
        let next = self.accepted.load(Ordering::SeqCst);
        self.wire.send_modify(|wire| wire.first_whole = next);
    }

    /// From now on new connections lead to another port. Those that there are stay.
    pub(crate) fn lead_to(&self, target: u16) {
        self.wire.send_modify(|wire| wire.target = target);
    }

    /// From now on everything takes so long to come through.
    pub(crate) fn slow_down(&self, delay: Duration) {
        self.wire.send_modify(|wire| wire.delay = delay);
    }

    /// How many messages and new connections met a cut.
    pub(crate) fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, rules: Rules) {
    while let Ok((client, _)) = listener.accept().await {
        let number = rules.accepted.fetch_add(1, Ordering::SeqCst);
        let rules = Rules { number, ..rules.clone() };
        tokio::spawn(async move {
            rules.clone().pass().await;
            // A target that is down shows as a connection that ends at once.
            let target = rules.wire.borrow().target;
            let Ok(server) = TcpStream::connect(("127.0.0.1", target)).await else { return };
            // Both send small messages and wait for answers.
            for stream in [&client, &server] {
                let _ = stream.set_nodelay(true);
            }
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            tokio::join!(
                pump(from_client, to_server, rules.clone()),
                pump(from_server, to_client, rules)
            );
        });
    }
}

/// Passes one direction on until its source ends, and ends its destination then.
async fn pump(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut rules: Rules,
) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        rules.pass().await;
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
    rules.pass().await;
    let _ = to.shutdown().await;
}

impl Rules {
    /// Returns when something may come through.
    async fn pass(&mut self) {
        let delay = self.wire.borrow().delay;
        if !delay.is_zero() {
            sleep(delay).await;
        }
        let number = self.number;
        let may_pass = move |wire: &Wire| wire.is_whole && number >= wire.first_whole;
        if !may_pass(&self.wire.borrow()) {
            self.held.fetch_add(1, Ordering::Relaxed);
            // The proxy is gone, and its case with it.
            let _ = self.wire.wait_for(may_pass).await;
        }
    }
}
