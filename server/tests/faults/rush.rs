//! Concurrent registrations on four servers, with Redis stopped.
//!
//! Guards: the retries after a serialization conflict, without which some requests get 503; the row
//! lock, SERIALIZABLE, the compare-and-set and the CHECK in the database, each of which is
//! sufficient.

use crate::support::{Failures, Server, Site, check, scale, seeded_rng};

const SEATS: usize = 100;
const REDIS_IS_GONE: &str = "Redis does not answer";

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_registrations_on_four_servers_without_redis_do_not_oversell() {
    let mut rng = seeded_rng();
    let mut site = Site::open().await;
    let variables = site.variables();
    let servers = [
        Server::start(&variables).await,
        Server::start(&variables).await,
        Server::start(&variables).await,
        Server::start(&variables).await,
    ];
    site.redis.stop();
    let participants = scale(800, 5_000);
    let everyone = site.new_participants(participants).await.without_retries(256);
    let competition = (site.competition(SEATS).await, SEATS);
    let ledger = everyone.register(&Server::urls(&servers), competition, &mut rng).await;
    let noticed =
        servers.iter().filter(|server| server.process.log_lines_with(REDIS_IS_GONE) > 0).count();
    assert_eq!(noticed, servers.len(), "a server did not notice that Redis is gone");
    assert_eq!(ledger.failures, Failures::default(), "a request had no final response at once");
    assert_eq!(ledger.outcomes.len(), participants);
    assert_eq!(ledger.registered(), SEATS, "not every seat is taken");
    assert_eq!(check(&site, &[ledger]).await, 0);
}
