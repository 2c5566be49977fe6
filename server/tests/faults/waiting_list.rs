//! The waiting list on several servers, under load and SIGKILL.
//!
//! Guards: one transaction for the seat that is freed and the seat that is given; the number that
//! orders the list, whatever the clocks of the servers say; the row lock and the compare-and-set.

use std::{collections::HashSet, time::Duration};

use domain::{CompetitionId, UserId};
use tokio::time::sleep;

use crate::support::{Failures, Ledger, Outcome, Server, Site, check, scale, seeded_rng};

const SEATS: usize = 100;

/// Participants with a seat, some of them, in any order.
fn some_with_seat(ledger: &Ledger, number: usize) -> HashSet<UserId> {
    let seats = ledger.outcomes.iter().filter(|(_, one)| matches!(one, Outcome::Registered(_)));
    seats.map(|(user, _)| *user).take(number).collect()
}

/// The first `promoted` of the list have left it, and the others are still in their order.
async fn assert_promoted(site: &Site, id: CompetitionId, before: &[UserId], promoted: usize) {
    assert_eq!(site.world.waiting_list(id).await, before[promoted..], "the order has changed");
    let tally = site.world.tally(id).await;
    assert_eq!(tally.registered, SEATS as u64, "a seat is free while registrations wait");
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_freed_at_once_on_four_servers_go_to_the_first_in_line_in_order() {
    const WAITLIST: u32 = 200;
    const CANCELLED: usize = 50;
    let mut rng = seeded_rng();
    let site = Site::open().await;
    let variables = site.variables();
    let servers = [
        Server::start(&variables).await,
        Server::start(&variables).await,
        Server::start(&variables).await,
        Server::start(&variables).await,
    ];
    let urls = Server::urls(&servers);
    let size = scale(800, 5_000);
    let everyone = site.new_participants(size).await.without_retries(256);
    let id = site.competition_with_waiting_list(SEATS, WAITLIST).await;
    let ledger = everyone.register(&urls, (id, SEATS), &mut rng).await;
    assert_eq!(ledger.outcomes.len(), size);
    assert_eq!(ledger.registered(), SEATS, "not every seat is taken");
    let line = site.world.waiting_list(id).await;
    assert_eq!(line.len(), WAITLIST as usize, "the list is not full");

    let cancelled = some_with_seat(&ledger, CANCELLED);
    let failures = everyone.cancel(&cancelled, &urls, id, &mut rng).await;
    assert_eq!(failures, Failures::default(), "a request had no final response at once");
    assert_promoted(&site, id, &line, CANCELLED).await;
    assert_eq!(check(&site, &[ledger]).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_killed_while_seats_are_passed_on_give_each_seat_once() {
    const WAITLIST: u32 = 90;
    const CANCELLED: usize = 20;
    let mut rng = seeded_rng();
    let site = Site::open().await;
    let variables = site.variables();
    let [mut one, mut two] = [Server::start(&variables).await, Server::start(&variables).await];
    let servers = [one.url(), two.url()];
    let everyone = site.new_participants(SEATS + WAITLIST as usize).await;
    let mut ledgers = Vec::new();
    let mut failures = Failures::default();
    for _ in 0..scale(3, 15) {
        let id = site.competition_with_waiting_list(SEATS, WAITLIST).await;
        let ledger = everyone.register(&servers, (id, SEATS), &mut rng).await;
        let line = site.world.waiting_list(id).await;
        assert_eq!((ledger.registered(), line.len()), (SEATS, WAITLIST as usize));
        let cancelled = some_with_seat(&ledger, CANCELLED);
        let pause = Duration::from_millis(rng.u64(1..30));
        let mut order = rng.fork();
        let (failed, ()) =
            tokio::join!(everyone.cancel(&cancelled, &servers, id, &mut order), async {
                sleep(pause).await;
                one.process.kill();
                two.process.kill();
                tokio::join!(one.restart(&variables), two.restart(&variables));
            });
        failures += failed;
        assert_promoted(&site, id, &line, CANCELLED).await;
        ledgers.push(ledger);
    }
    assert!(failures.no_response > 0, "no kill hit a request");
    assert_eq!(check(&site, &ledgers).await, 0, "a job is dead although no worker was killed");
}
