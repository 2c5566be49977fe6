//! SIGKILL at three points of a registration: before and after its COMMIT, and before its response
//! is cached.
//!
//! Guards: one transaction for the idempotency record and its effect; no response is sent before
//! the COMMIT.

use std::os::unix::process::ExitStatusExt;

use crate::support::{Ledger, Server, Site, check, seeded_rng};

/// Twenty participants register at a server that kills itself at `failpoint`, and retry once it is
/// restarted. Returns the seats taken when it died, and the outcomes.
async fn die_at(site: &Site, failpoint: &str) -> (usize, Ledger) {
    let mut rng = seeded_rng();
    let competition = site.competition(20).await;
    let variables = site.variables();
    let mut server = Server::start(&variables.clone().with("FAILPOINT", failpoint)).await;
    let servers = [server.url()];
    let participants = site.new_participants(20).await;
    let dying = async {
        let end = server.process.end().await;
        assert!(end.signal().is_some(), "it did not die at {failpoint}: {end}");
        let seats = site.world.tally(competition).await.registered;
        server.restart(&variables).await;
        usize::try_from(seats).expect("a number of seats")
    };
    let (ledger, seats) =
        tokio::join!(participants.register(&servers, (competition, 20), &mut rng), dying);
    assert!(ledger.failures.no_response > 0, "the kill hit no request");
    assert_eq!(ledger.registered(), 20);
    (seats, ledger)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_before_the_commit_leaves_nothing() {
    let site = Site::open().await;
    let (seats, ledger) = die_at(&site, "before_commit").await;
    assert_eq!(seats, 0, "a registration was committed");
    assert_eq!(check(&site, &[ledger]).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_after_the_commit_replays_the_registration_to_a_retry() {
    let site = Site::open().await;
    let (seats, ledger) = die_at(&site, "after_commit").await;
    assert!(seats > 0, "nothing was committed");
    assert!(ledger.replayed >= seats, "a committed registration was not replayed");
    assert_eq!(check(&site, &[ledger]).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_before_the_cache_is_filled_replays_from_the_database() {
    let site = Site::open().await;
    let (seats, ledger) = die_at(&site, "before_cache_fill:2").await;
    assert!(seats > 0, "nothing was committed");
    assert!(ledger.replayed > 0, "no response was replayed");
    assert_eq!(check(&site, &[ledger]).await, 0);
}
