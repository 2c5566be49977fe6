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
    wire: Arc<watch::Sender<Wire>>,
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
    /// The next message to the target that holds this is the last to come through before a cut.
    last: Option<&'static [u8]>,
}

/// What both directions of every connection go by.
#[derive(Clone)]
struct Rules {
    wire: watch::Receiver<Wire>,
    cutter: Arc<watch::Sender<Wire>>,
    accepted: Arc<AtomicUsize>,
    held: Arc<AtomicUsize>,
    /// Which connection this is.
    number: usize,
}

impl Proxy {
    pub(crate) async fn to(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (wire, receiver) = watch::channel(Wire {
            is_whole: true,
            first_whole: 0,
            target,
            delay: Duration::ZERO,
            last: None,
        });
        let wire = Arc::new(wire);
        let (accepted, held) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
        let rules = Rules {
            wire: receiver,
            cutter: Arc::clone(&wire),
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

    /// Cuts as soon as a message that holds `text` has reached the target: its answer does not come
    /// through.
    pub(crate) fn cut_after(&self, text: &'static [u8]) {
        self.wire.send_modify(|wire| wire.last = Some(text));
    }

    pub(crate) fn is_cut(&self) -> bool {
        !self.wire.borrow().is_whole
    }

    pub(crate) fn heal(&self) {
        self.wire.send_modify(|wire| wire.is_whole = true);
    }

    /// From now on nothing comes through on the connections that there are, and nobody is told; new
    /// ones work.
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
                pump(from_client, to_server, rules.clone(), true),
                pump(from_server, to_client, rules, false)
            );
        });
    }
}

/// Passes one direction on until its source ends, and ends its destination then.
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
            rules.cut_if_last(message);
        }
        if to.write_all(message).await.is_err() {
            return;
        }
    }
    rules.pass().await;
    let _ = to.shutdown().await;
}

impl Rules {
    /// Cuts behind this message if it is the one that was waited for.
    fn cut_if_last(&self, message: &[u8]) {
        self.cutter.send_if_modified(|wire| {
            let is_last =
                wire.last.is_some_and(|text| message.windows(text.len()).any(|part| part == text));
            if is_last {
                (wire.last, wire.is_whole) = (None, false);
            }
            is_last
        });
    }

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
