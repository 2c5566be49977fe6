//! A TCP proxy that simulates network failures.

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

/// Forwards connections to a local port. While it is cut it forwards nothing in either direction
/// and closes nothing; blocked data arrives once it is healed, as after a broken cable.
pub(crate) struct Proxy {
    port: u16,
    wire: Arc<watch::Sender<Wire>>,
    accepted: Arc<AtomicUsize>,
    blocked: Arc<AtomicUsize>,
    accepting: JoinHandle<()>,
}

#[derive(Clone, Copy)]
struct Wire {
    is_open: bool,
    /// Connections accepted before this one are blocked for good.
    first_open: usize,
    /// The port that new connections lead to.
    target: u16,
    /// The latency of every message.
    delay: Duration,
    /// The next message to the target that contains this is the last one before a cut.
    cut_after: Option<(&'static [u8], Cut)>,
}

/// What a cut blocks.
#[derive(Clone, Copy)]
enum Cut {
    /// All connections, until the proxy is healed.
    All,
    /// All that exist, for good.
    Existing,
}

/// The state that both directions of a connection share.
#[derive(Clone)]
struct Rules {
    wire: watch::Receiver<Wire>,
    cutter: Arc<watch::Sender<Wire>>,
    accepted: Arc<AtomicUsize>,
    blocked: Arc<AtomicUsize>,
    /// Which connection this is.
    number: usize,
}

impl Proxy {
    /// The message of PostgreSQL's protocol that is a COMMIT and nothing else.
    pub(crate) const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

    pub(crate) async fn to(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (wire, receiver) = watch::channel(Wire {
            is_open: true,
            first_open: 0,
            target,
            delay: Duration::ZERO,
            cut_after: None,
        });
        let wire = Arc::new(wire);
        let (accepted, blocked) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let rules = Rules {
            wire: receiver,
            cutter: Arc::clone(&wire),
            accepted: Arc::clone(&accepted),
            blocked: Arc::clone(&blocked),
            number: 0,
        };
        let accepting = tokio::spawn(accept(listener, rules));
        Self { port, wire, accepted, blocked, accepting }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The number of connections that it has accepted.
    pub(crate) fn accepted(&self) -> usize {
        self.accepted.load(Ordering::Relaxed)
    }

    pub(crate) fn cut(&self) {
        self.wire.send_modify(|wire| wire.is_open = false);
    }

    /// Cuts once a message that contains `text` has reached the target, so that its response is
    /// blocked.
    pub(crate) fn cut_after(&self, text: &'static [u8]) {
        self.wire.send_modify(|wire| wire.cut_after = Some((text, Cut::All)));
    }

    /// Blocks all existing connections, as [`cut_existing`](Self::cut_existing) does, once a
    /// message that contains `text` has reached the target.
    pub(crate) fn cut_existing_after(&self, text: &'static [u8]) {
        self.wire.send_modify(|wire| wire.cut_after = Some((text, Cut::Existing)));
    }

    pub(crate) fn is_cut(&self) -> bool {
        !self.wire.borrow().is_open
    }

    pub(crate) fn heal(&self) {
        self.wire.send_modify(|wire| wire.is_open = true);
    }

    /// Blocks all existing connections for good, without closing them. New ones work.
    pub(crate) fn cut_existing(&self) {
        let next = self.accepted.load(Ordering::SeqCst);
        self.wire.send_modify(|wire| wire.first_open = next);
    }

    /// Leads new connections to another port. Existing ones stay.
    pub(crate) fn redirect_to(&self, target: u16) {
        self.wire.send_modify(|wire| wire.target = target);
    }

    /// Sets the latency of every message.
    pub(crate) fn set_latency(&self, delay: Duration) {
        self.wire.send_modify(|wire| wire.delay = delay);
    }

    /// How many messages and new connections were blocked.
    pub(crate) fn blocked(&self) -> usize {
        self.blocked.load(Ordering::Relaxed)
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
            // If the target is down, the client's connection is closed at once.
            let target = rules.wire.borrow().target;
            let Ok(server) = TcpStream::connect(("127.0.0.1", target)).await else { return };
            // Both protocols exchange small messages.
            for stream in [&client, &server] {
                let _ = stream.set_nodelay(true);
            }
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            tokio::join!(
                pump(from_client, to_server, rules.clone(), true),
                pump(from_server, to_client, rules, false)
            );
        });
    }
}

/// Forwards one direction until its source ends, and then shuts its destination down.
async fn pump(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut rules: Rules,
    is_request: bool,
) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        rules.pass().await;
        let message = &buffer[..length];
        if is_request {
            rules.cut_if_matched(message);
        }
        if to.write_all(message).await.is_err() {
            return;
        }
    }
    rules.pass().await;
    let _ = to.shutdown().await;
}

impl Rules {
    /// Cuts after this message if it contains the text of [`Wire::cut_after`].
    fn cut_if_matched(&self, message: &[u8]) {
        let next = self.accepted.load(Ordering::SeqCst);
        self.cutter.send_if_modified(|wire| {
            let is_match =
                |&(text, _): &(&[u8], Cut)| message.windows(text.len()).any(|part| part == text);
            match wire.cut_after.take_if(|cut| is_match(cut)) {
                Some((_, Cut::All)) => wire.is_open = false,
                Some((_, Cut::Existing)) => wire.first_open = next,
                None => return false,
            }
            true
        });
    }

    /// Waits for the latency, and while the connection is blocked.
    async fn pass(&mut self) {
        let delay = self.wire.borrow().delay;
        if !delay.is_zero() {
            sleep(delay).await;
        }
        let number = self.number;
        let may_pass = move |wire: &Wire| wire.is_open && number >= wire.first_open;
        if !may_pass(&self.wire.borrow()) {
            self.blocked.fetch_add(1, Ordering::Relaxed);
            // An error means that the proxy was dropped.
            let _ = self.wire.wait_for(may_pass).await;
        }
    }
}
