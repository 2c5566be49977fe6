//! The invariants that must hold after every fault.

use std::{collections::HashMap, time::Duration};

use domain::{RegistrationStatus, UserId};
use service::testing::Audited;

use super::{Ledger, Outcome, Site, Worker, wait_until};

/// How long a worker may take to clean up after its jobs.
const CLEAN_UP_TIMEOUT: Duration = Duration::from_secs(90);
/// Keys of Redis that exist only while jobs are queued.
const LISTS: [&str; 4] = ["ready:*", "processing:*", "delayed", "enqueued"];

/// Runs all jobs, and compares the database with the responses: there was no 500; seats taken =
/// rows with a seat ≤ capacity, and equal to it while registrations wait; each participant has at
/// most one row; every 201 is durable, and every row has its 201; each job was completed once or is
/// dead; the lists in Redis are drained. Returns the number of dead jobs.
pub(crate) async fn check(site: &Site, ledgers: &[Ledger]) -> usize {
    let outcomes: usize = ledgers.iter().map(|ledger| ledger.outcomes.len()).sum();
    let failures = Ledger::total_failures(ledgers);
    eprintln!("{outcomes} outcomes after {failures:?}");
    assert_eq!(failures.server_error, 0, "a request was answered 500");
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

/// Each job was completed once, or is dead without effect; a registration without a seat has none.
/// Those that were active in a cancelled competition were notified once.
fn check_jobs(audited: &Audited) {
    let Audited { status, mails, done, open, dead, competition_cancelled, cancellations, .. } =
        audited;
    let notices = usize::from(*competition_cancelled && status.is_active());
    assert_eq!(*cancellations, notices, "cancellation notices: {audited:?}");
    let is_right = match (done, dead) {
        // A cancelled competition confirms no pending registration.
        (1, 0) if *competition_cancelled && *status == RegistrationStatus::Pending => *mails == 0,
        // Cancelled before or after its confirmation.
        (1, 0) if *status == RegistrationStatus::Cancelled => *mails <= 1,
        (0, 0) => {
            let waiting = [RegistrationStatus::Waitlisted, RegistrationStatus::AwaitingApproval];
            waiting.contains(status) && *mails == 0
        }
        (1, 0) => (*status, *mails) == (RegistrationStatus::Confirmed, 1),
        (0, 1) => (*status, *mails) == (RegistrationStatus::Pending, 0),
        _ => false,
    };
    assert!(is_right && *open == 0, "the job was not completed once: {audited:?}");
}

async fn check_seats(site: &Site, ledger: &Ledger, rows: &[Audited]) {
    let tally = site.world.tally(ledger.competition).await;
    let taken = usize::try_from(tally.registered).expect("a number of seats");
    let with_seat = rows.iter().filter(|row| row.status.holds_seat()).count();
    assert_eq!(taken, with_seat, "seats taken and rows differ");
    assert_eq!(tally.waitlisted, tally.waiting, "waiting list and rows differ");
    assert!(taken <= ledger.seats, "{taken} of {} seats are taken", ledger.seats);
    let by_user: HashMap<UserId, &Audited> = rows.iter().map(|row| (row.user, row)).collect();
    assert_eq!(by_user.len(), rows.len(), "a participant has two rows");
    for (user, outcome) in &ledger.outcomes {
        let row = by_user.get(user).map(|row| row.id);
        match outcome {
            Outcome::Registered(id) | Outcome::Waitlisted(id) | Outcome::Requested(id) => {
                assert_eq!(row, Some(*id), "{user} has received 201")
            }
            Outcome::Full => assert_eq!(row, None, "{user} has received 400"),
        }
    }
    let every_row_has_an_outcome = by_user.keys().all(|user| ledger.outcomes.contains_key(user));
    assert!(every_row_has_an_outcome, "a registered participant has no response");
    if ledger.registered() < ledger.outcomes.len() || tally.waiting > 0 {
        assert_eq!(taken, ledger.seats, "a participant was rejected although seats were left");
    }
}

/// No job is left in the lists of Redis.
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
    wait_until("the lists are drained", CLEAN_UP_TIMEOUT, is_drained).await;
}
