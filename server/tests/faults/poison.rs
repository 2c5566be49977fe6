//! One request among 128 that makes the database fail.
//!
//! Guard: the batch that failed is taken apart until only the offender fails.

use std::time::Duration;

use tokio::time::sleep;

use crate::support::{Ledger, Server, Site, Trouble, chance, check};

/// As many as share one transaction.
const BATCH: usize = 128;

#[tokio::test(flavor = "multi_thread")]
async fn a_poisoned_request_among_128_fails_alone() {
    let mut chance = chance();
    let site = Site::open().await;
    let server = Server::start(&site.variables()).await;
    let competition = (site.competition(2 * BATCH).await, 2 * BATCH);
    let everybody = site.world.crowd_of(1 + BATCH).await;
    let (first, others) = everybody.split_at(1);
    let poisoned = chance.choice(others).expect("somebody");
    site.world.poison(poisoned).await;

    // The first waits for the row, and all the others for the first; less than the two seconds that they would.
    let row = site.world.hold(competition.0).await;
    let (first, others) = (site.crowd(first).once_over(1), site.crowd(others).once_over(BATCH));
    let (servers, mut chances) = ([server.url()], [chance.fork(), chance.fork()]);
    let [one, two] = &mut chances;
    let (head, ledger, ()) = tokio::join!(
        first.ask(&servers, competition, one),
        async {
            sleep(Duration::from_millis(300)).await;
            others.ask(&servers, competition, two).await
        },
        async {
            sleep(Duration::from_millis(1_600)).await;
            row.release().await;
        },
    );
    assert_eq!(head.seated(), 1);
    assert_eq!(ledger.trouble, Trouble { failed: 1, ..Trouble::default() });
    assert_eq!(ledger.seated(), BATCH - 1);
    assert!(!ledger.answers.contains_key(&poisoned.user().expect("a user").id));
    // In the whole batch, in its half, and so on down to itself alone.
    assert_eq!(site.world.poisonings().await, 8, "it did not stand in a batch of {BATCH}");
    let ledger = Ledger { trouble: Trouble::default(), ..ledger };
    assert_eq!(check(&site, &[head.and(ledger)]).await, 0);
}
