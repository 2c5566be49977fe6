//! SIGKILL at three points of a registration: before and after its COMMIT, and before its answer is cached.
//!
//! Guards: the key's row in the transaction of its effect, and that nobody is answered before the COMMIT.

use std::os::unix::process::ExitStatusExt;

use crate::support::{Ledger, Server, Site, chance, check};

/// Lets twenty ask a server that kills itself at `failpoint`, and again once it is back. Answers with how many seats
/// were taken when it died, and with what the twenty were told.
async fn die_at(site: &Site, failpoint: &str) -> (usize, Ledger) {
    let mut chance = chance();
    let competition = site.competition(20).await;
    let variables = site.variables();
    let mut server = Server::start(&variables.clone().with("FAILPOINT", failpoint)).await;
    let servers = [server.url()];
    let crowd = site.crowd_of(20).await;
    let dying = async {
        let end = server.process.end().await;
        assert!(end.signal().is_some(), "it did not die at {failpoint}: {end}");
        let seats = site.world.tally(competition).await.registered;
        server.start_again(&variables).await;
        usize::try_from(seats).expect("a number of seats")
    };
    let (ledger, seats) = tokio::join!(crowd.ask(&servers, (competition, 20), &mut chance), dying);
    assert!(ledger.trouble.broken > 0, "the kill hit no request");
    assert_eq!(ledger.seated(), 20);
    (seats, ledger)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_commit_nothing_happened_and_the_retry_is_the_first() {
    let site = Site::open().await;
    let (seats, ledger) = die_at(&site, "before_commit").await;
    assert_eq!(seats, 0, "nothing was committed");
    assert_eq!(check(&site, &[ledger]).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_after_the_commit_the_seat_is_taken_and_the_retry_is_told_so() {
    let site = Site::open().await;
    let (seats, ledger) = die_at(&site, "after_commit").await;
    assert!(seats > 0, "something was committed");
    assert!(ledger.replayed >= seats, "nobody who has a seat was answered before the kill");
    assert_eq!(check(&site, &[ledger]).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_cache_is_filled_the_log_answers_the_retry() {
    let site = Site::open().await;
    let (seats, ledger) = die_at(&site, "before_cache_fill:2").await;
    assert!(seats > 0, "something was committed");
    assert!(ledger.replayed > 0, "an answer was lost on its way to the cache");
    assert_eq!(check(&site, &[ledger]).await, 0);
}
