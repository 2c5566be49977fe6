//! One request in a batch of 128 that makes the database fail.
//!
//! Guard: a batch that fails is split until only the failing request fails.

use std::time::Duration;

use tokio::time::sleep;

use crate::support::{Failures, Ledger, Server, Site, check, seeded_rng};

/// The largest batch in one transaction.
const BATCH: usize = 128;

#[tokio::test(flavor = "multi_thread")]
async fn one_failing_request_in_a_batch_of_128_fails_alone() {
    let mut rng = seeded_rng();
    let site = Site::open().await;
    let server = Server::start(&site.variables()).await;
    let competition = (site.competition(2 * BATCH).await, 2 * BATCH);
    let participants = site.world.participants_in_bulk(1 + BATCH).await;
    let (first, others) = participants.split_at(1);
    let poisoned = rng.choice(others).expect("a participant");
    site.world.poison(poisoned).await;

    // The first request waits for the row, and the others queue behind it, for less than their two
    // seconds.
    let row = site.world.hold(competition.0).await;
    let (first, others) = (
        site.participants(first).without_retries(1),
        site.participants(others).without_retries(BATCH),
    );
    let (servers, mut rngs) = ([server.url()], [rng.fork(), rng.fork()]);
    let [one, two] = &mut rngs;
    let (head, ledger, ()) = tokio::join!(
        first.register(&servers, competition, one),
        async {
            sleep(Duration::from_millis(300)).await;
            others.register(&servers, competition, two).await
        },
        async {
            sleep(Duration::from_millis(1_600)).await;
            row.release().await;
        },
    );
    assert_eq!(head.registered(), 1);
    assert_eq!(ledger.failures, Failures { server_error: 1, ..Failures::default() });
    assert_eq!(ledger.registered(), BATCH - 1);
    assert!(!ledger.outcomes.contains_key(&poisoned.user().expect("a user").id));
    // It fails in the whole batch, in one of its halves, and so on down to a batch of one.
    assert_eq!(site.world.poisonings().await, 8, "it was not in a batch of {BATCH}");
    let ledger = Ledger { failures: Failures::default(), ..ledger };
    assert_eq!(check(&site, &[head.and(ledger)]).await, 0);
}
