//! A database lock that is held for longer than the statement timeout.
//!
//! Guards: database failures do not count as attempts of a job; a batch that hits one is postponed
//! as a whole; the backoff has no upper bound on its retries.

use std::time::Duration;

use tokio::time::sleep;

use crate::support::{Server, Site, Worker, check, scale, seeded_rng, wait_until};

const SEATS: usize = 60;
/// The longest backoff before the next retry once the lock is released.
const TIMEOUT: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread")]
async fn confirmations_survive_a_long_lock_on_the_mailbox() {
    let mut rng = seeded_rng();
    let site = Site::open().await;
    let server = Server::start(&site.variables()).await;
    let competition = (site.competition(SEATS).await, SEATS);
    let lock = site.world.lock_mailbox().await;
    let _worker = Worker::start(&site.variables()).await;
    let participants = site.new_participants(SEATS).await;
    let ledger = participants.register(&[server.url()], competition, &mut rng).await;
    // Longer than the statement timeout; in the long form, longer than three attempts of a job with
    // their backoff.
    sleep(Duration::from_secs(scale(14, 50))).await;
    let jobs = site.world.confirmation_jobs().await;
    assert_eq!(jobs.iter().map(|job| job.items).sum::<usize>(), SEATS, "a job is dead");
    assert!(jobs.iter().any(|job| job.postponements > 0), "the lock postponed no job");
    assert!(
        jobs.iter().all(|job| job.attempts == 0),
        "the lock has counted as an attempt: {jobs:?}"
    );
    assert_eq!(site.world.mails().await, 0, "a mail was delivered despite the lock");

    lock.release().await;
    let all_are_sent = async || site.world.mails().await == SEATS as u64;
    wait_until("every confirmation is sent", TIMEOUT, all_are_sent).await;
    assert_eq!(check(&site, &[ledger]).await, 0);
}
