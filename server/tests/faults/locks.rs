//! A lock in the database that is held for longer than a statement may wait.
//!
//! Guards: what the database is to blame for is no attempt of a job; a batch that met it is put off
//! as a whole; pauses that grow without end.

use std::time::Duration;

use tokio::time::sleep;

use crate::support::{Server, Site, Worker, chance, check, scale, until};

const SEATS: usize = 60;
/// How long a job may wait for its next try after the lock is gone: the pauses before have grown to
/// that.
const PATIENCE: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread")]
async fn confirmations_survive_half_a_minute_of_locks_on_the_mailbox() {
    let mut chance = chance();
    let site = Site::open().await;
    let server = Server::start(&site.variables()).await;
    let competition = (site.competition(SEATS).await, SEATS);
    let lock = site.world.lock_mailbox().await;
    let _worker = Worker::start(&site.variables()).await;
    let crowd = site.crowd_of(SEATS).await;
    let ledger = crowd.ask(&[server.url()], competition, &mut chance).await;
    // Longer than a statement may take; in the long form, than three attempts of a job with the
    // pauses between them.
    sleep(Duration::from_secs(scale(14, 50))).await;
    let jobs = site.world.confirmation_jobs().await;
    assert_eq!(jobs.len(), SEATS, "a job is dead");
    assert!(jobs.iter().any(|job| job.postponements > 0), "nothing met the lock");
    assert!(jobs.iter().all(|job| job.attempts == 0), "the lock has used up an attempt: {jobs:?}");
    assert_eq!(site.world.mails().await, 0, "the lock was none");

    lock.release().await;
    let all_are_sent = async || site.world.mails().await == SEATS as u64;
    until("every confirmation is sent", PATIENCE, all_are_sent).await;
    assert_eq!(check(&site, &[ledger]).await, 0);
}
