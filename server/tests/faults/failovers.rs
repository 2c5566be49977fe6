//! A standby that takes over from its primary, which goes on as a server that takes no changes.
//!
//! Guards: a connection whose server refuses a change is thrown away with all that are as old, and
//! the change is tried on another; readiness asks whether changes are taken.

use std::time::Duration;

use crate::support::{
    Ledger, Proxy, Server, Site, chance, check, create_competition, status, until,
};

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn changes_go_on_after_a_standby_was_promoted() {
    let mut chance = chance();
    let mut site = Site::open().await;
    let standby = site.postgres.standby().await;
    let network = Proxy::to(site.postgres.port()).await;
    let variables =
        site.variables().with("DATABASE_URL", site.postgres.url_through(network.port()));
    let servers = [Server::start(&variables).await, Server::start(&variables).await];
    let ready = format!("{}/health/ready", servers[0].url());
    assert_eq!(status(&ready, "").await, 200);
    let crowd = site.crowd_of(80).await;
    let competition = (site.competition(60).await, 60);
    let before = crowd.ask(&Server::urls(&servers), competition, &mut chance).await;

    // Everybody stays connected to a server that takes no changes, and there is no other.
    site.postgres.demote().await;
    until("it is not ready", PATIENCE, async || status(&ready, "").await == 503).await;
    let token = site.token(&site.organizer);
    let create = format!("{}/api/competitions", servers[0].url());
    let refused = create_competition(&create, &token).await;
    assert_eq!(refused.0, 503, "a change is refused for now");
    assert!(refused.1, "it says when to come back");

    let caught_up = async || site.postgres.is_followed_by(&standby).await;
    until("the standby has everything", PATIENCE, caught_up).await;
    standby.promote().await;
    network.lead_to(standby.port());
    // The old server goes on, and so do the connections to it.
    let old = site.move_to(standby).await;
    until("it is ready", PATIENCE, async || status(&ready, "").await == 200).await;
    let next = (site.competition(60).await, 60);
    let after = crowd.ask(&Server::urls(&servers), next, &mut chance).await;
    assert_eq!(Ledger::trouble_of(std::slice::from_ref(&after)).failed, 0, "somebody was told 500");
    check(&site, &[before, after]).await;
    drop(old);
}
