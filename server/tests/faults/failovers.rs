//! Failovers to a standby: while the old primary keeps running read-only, and after it was killed.
//!
//! Guards: a connection whose server rejects a write is closed with all connections as old, and the
//! write is retried on another; readiness requires a server that accepts writes.

use std::time::Duration;

use crate::support::{
    Ledger, Proxy, Server, Site, check, create_competition, seeded_rng, status, wait_until,
};

const TIMEOUT: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn writes_continue_after_a_standby_is_promoted() {
    let mut rng = seeded_rng();
    let mut site = Site::open().await;
    let standby = site.postgres.standby().await;
    let network = Proxy::to(site.postgres.port()).await;
    let variables =
        site.variables().with("DATABASE_URL", site.postgres.url_through(network.port()));
    let servers = [Server::start(&variables).await, Server::start(&variables).await];
    let ready = format!("{}/health/ready", servers[0].url());
    assert_eq!(status(&ready, "").await, 200);
    let participants = site.new_participants(80).await;
    let competition = (site.competition(60).await, 60);
    let before = participants.register(&Server::urls(&servers), competition, &mut rng).await;

    // All clients stay connected to a read-only server, and there is no other.
    site.postgres.demote().await;
    wait_until("the server is not ready", TIMEOUT, async || status(&ready, "").await == 503).await;
    let token = site.token(&site.organizer);
    let create = format!("{}/api/competitions", servers[0].url());
    let refused = create_competition(&create, &token).await;
    assert_eq!(refused.0, 503, "a write is rejected");
    assert!(refused.1, "Retry-After is missing");

    let caught_up = async || site.postgres.has_been_replicated_to(&standby).await;
    wait_until("the standby has caught up", TIMEOUT, caught_up).await;
    standby.promote().await;
    network.redirect_to(standby.port());
    // The old primary and the connections to it stay.
    let old = site.move_to(standby).await;
    wait_until("the server is ready", TIMEOUT, async || status(&ready, "").await == 200).await;
    let next = (site.competition(60).await, 60);
    let after = participants.register(&Server::urls(&servers), next, &mut rng).await;
    assert_eq!(
        Ledger::total_failures(std::slice::from_ref(&after)).server_error,
        0,
        "a request was answered 500"
    );
    check(&site, &[before, after]).await;
    drop(old);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_synchronous_standby_has_every_acknowledged_registration_of_a_killed_primary() {
    let mut rng = seeded_rng();
    let mut site = Site::open().await;
    let standby = site.postgres.standby().await;
    site.postgres.wait_for_standbys().await;
    let network = Proxy::to(site.postgres.port()).await;
    let variables =
        site.variables().with("DATABASE_URL", site.postgres.url_through(network.port()));
    let servers = [Server::start(&variables).await, Server::start(&variables).await];
    let competition = (site.competition(900).await, 900);
    let participants = site.new_participants(1_200).await;
    let (urls, waiting) = (Server::urls(&servers), participants.clone());
    let registering =
        tokio::spawn(async move { waiting.register(&urls, competition, &mut rng).await });
    let has_some = async || participants.responses() >= 20;
    wait_until("some have a response", TIMEOUT, has_some).await;

    site.postgres.kill();
    // The servers retry most of what the kill hits, so clients may see no failure.
    assert!(participants.responses() < 1_200, "every response came before the kill");
    standby.promote().await;
    network.redirect_to(standby.port());
    let killed = site.move_to(standby).await;
    let ledger = registering.await.expect("a ledger");
    check(&site, &[ledger]).await;
    drop(killed);
}
