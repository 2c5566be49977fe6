//! What must hold after every fault.

use std::{collections::HashMap, time::Duration};

use domain::{RegistrationStatus, UserId};
use service::testing::Audited;

use super::{Answer, Ledger, Site, Worker, until};

/// How long the bookkeeping of a worker may lag behind its work.
const PATIENCE: Duration = Duration::from_secs(90);
/// What is gone when it is empty.
const LISTS: [&str; 4] = ["ready:*", "processing:*", "delayed", "enqueued"];

/// Has all jobs done, and compares what is with what was told: nobody 500, seats taken = rows ≤ capacity, one row for each
/// participant, every 201 durable and nobody seated who was not told, each job done once or dead, the lists drained.
/// Answers with how many jobs are dead.
pub(crate) async fn check(site: &Site, ledgers: &[Ledger]) -> usize {
    let told: usize = ledgers.iter().map(|ledger| ledger.answers.len()).sum();
    let trouble = Ledger::trouble_of(ledgers);
    eprintln!("{told} answers after {trouble:?}");
    assert_eq!(trouble.failed, 0, "somebody was told 500");
    let _worker = Worker::start(&site.variables()).await;
    site.wait_for_jobs().await;
    let mut audit: HashMap<_, Vec<Audited>> = HashMap::new();
    let mut dead = 0;
    for audited in site.world.audit().await {
        check_jobs(&audited);
        dead += audited.dead;
        audit.entry(audited.competition).or_default().push(audited);
    }
    for ledger in ledgers {
        let rows = audit.remove(&ledger.competition).unwrap_or_default();
        check_seats(site, ledger, &rows).await;
    }
    check_lists(site).await;
    dead
}

/// Each job was done once, or is dead and did nothing; and who held a seat in what was called off heard of it once.
fn check_jobs(audited: &Audited) {
    let Audited { status, mails, done, open, dead, called_off, cancellations, .. } = audited;
    let told = usize::from(*called_off && status.holds_seat());
    assert_eq!(*cancellations, told, "it was not told once: {audited:?}");
    let is_right = match (done, dead) {
        // What was called off before it was confirmed is not confirmed any more.
        (1, 0) if *called_off && *status == RegistrationStatus::Pending => *mails == 0,
        (1, 0) => (*status, *mails) == (RegistrationStatus::Confirmed, 1),
        (0, 1) => (*status, *mails) == (RegistrationStatus::Pending, 0),
        _ => false,
    };
    assert!(is_right && *open == 0, "its job was not done once: {audited:?}");
}

async fn check_seats(site: &Site, ledger: &Ledger, rows: &[Audited]) {
    let tally = site.world.tally(ledger.competition).await;
    let taken = usize::try_from(tally.registered).expect("a number of seats");
    assert_eq!(taken, rows.len(), "seats taken and rows differ");
    assert!(taken <= ledger.seats, "{taken} of {} seats are taken", ledger.seats);
    let by_user: HashMap<UserId, &Audited> = rows.iter().map(|row| (row.user, row)).collect();
    assert_eq!(by_user.len(), rows.len(), "somebody has two rows");
    for (user, answer) in &ledger.answers {
        let row = by_user.get(user).map(|row| row.id);
        match answer {
            Answer::Seated(id) => assert_eq!(row, Some(*id), "{user} was told 201"),
            Answer::Full => assert_eq!(row, None, "{user} was told that it is full"),
        }
    }
    let everybody_was_told = by_user.keys().all(|user| ledger.answers.contains_key(user));
    assert!(everybody_was_told, "somebody has a seat and does not know");
    if ledger.seated() < ledger.answers.len() {
        assert_eq!(taken, ledger.seats, "somebody was told that it is full, and it was not");
    }
}

/// Nothing waits in Redis for a worker, nor lies in the hands of one.
async fn check_lists(site: &Site) {
    if !site.redis.is_running() {
        return;
    }
    let is_drained = async || {
        for list in LISTS {
            if !site.redis.keys(&format!("mini-compete:jobs:{list}")).await.is_empty() {
                return false;
            }
        }
        true
    };
    until("the lists are drained", PATIENCE, is_drained).await;
}
