//! Everybody at once, with Redis stopped.
//!
//! Guards: the tries after a conflict, without which some would be told 503; that the database decides, by the row's
//! lock, SERIALIZABLE, the compare-and-set and the CHECK, of which any one is enough.

use crate::support::{Server, Site, Trouble, chance, check, scale};

const SEATS: usize = 100;
const REDIS_IS_GONE: &str = "Redis does not answer";

#[tokio::test(flavor = "multi_thread")]
async fn a_rush_on_four_servers_without_redis_takes_exactly_a_hundred_seats() {
    let mut chance = chance();
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
    let crowd = site.crowd_of(participants).await.once_over(256);
    let competition = (site.competition(SEATS).await, SEATS);
    let ledger = crowd.ask(&Server::urls(&servers), competition, &mut chance).await;
    let missed_it = servers.iter().filter(|server| server.process.said(REDIS_IS_GONE) > 0).count();
    assert_eq!(missed_it, servers.len(), "a server did not notice that Redis is gone");
    assert_eq!(ledger.trouble, Trouble::default(), "each was answered at once, and never with 5xx");
    assert_eq!(ledger.answers.len(), participants);
    assert_eq!(ledger.seated(), SEATS, "the others were told that it is full");
    assert_eq!(check(&site, &[ledger]).await, 0);
}
