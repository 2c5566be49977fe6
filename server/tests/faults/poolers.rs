//! PgBouncer between the program and PostgreSQL.
//!
//! Guards: every transaction states its isolation level; rows are read after they are locked; the
//! check at connection time that the pooler keeps sessions apart and keeps their settings.

use domain::RegistrationStatus;
use reqwest::Client;

use crate::support::{Pooler, Server, Site, check, scale, seeded_rng};

/// Two servers behind a pooler in session mode, without Redis, so that only the database serializes
/// their batches.
async fn two_servers(site: &Site, pooler: &Pooler) -> [Server; 2] {
    let variables = site.variables().with("DATABASE_URL", site.postgres.url_through(pooler.port()));
    let variables = variables.with("REDIS_URL", "");
    [Server::start(&variables).await, Server::start(&variables).await]
}

#[tokio::test(flavor = "multi_thread")]
async fn two_cancellations_by_one_user_behind_a_pooler_free_one_seat() {
    let site = Site::open().await;
    let pooler = Pooler::start(site.postgres.port(), "session").await;
    let servers = two_servers(&site, &pooler).await;
    let urls = Server::urls(&servers);

    // One participant cancels over both servers at once; the other stays.
    let [grace, alan] = &site.world.participants_in_bulk(2).await[..] else {
        panic!("two participants")
    };
    for _ in 0..scale(5, 30) {
        let id = site.competition(2).await;
        for participant in [grace, alan] {
            service::registration::register(&site.world.ctx, participant, id, None)
                .await
                .expect("a response")
                .outcome
                .expect("a seat");
        }
        let client = Client::builder().no_proxy().build().expect("a client");
        let cancel = |url: &String| {
            let url = format!("{url}/api/competitions/{id}/register");
            client.delete(url).bearer_auth(site.token(grace)).send()
        };
        let (one, two) = tokio::join!(cancel(&urls[0]), cancel(&urls[1]));
        for response in [one, two] {
            assert_eq!(response.expect("a response").status(), 204);
        }
        let tally = site.world.tally(id).await;
        assert_eq!((tally.registered, tally.seats_taken), (1, 1));
        let statuses = site.world.roster(&site.organizer, id).await;
        let cancelled = statuses.iter().filter(|status| **status == RegistrationStatus::Cancelled);
        assert_eq!(cancelled.count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_registrations_behind_a_pooler_do_not_oversell() {
    let mut rng = seeded_rng();
    let site = Site::open().await;
    let pooler = Pooler::start(site.postgres.port(), "session").await;
    let servers = two_servers(&site, &pooler).await;
    let urls = Server::urls(&servers);
    let competition = (site.competition(50).await, 50);
    let ledger = site.new_participants(120).await.register(&urls, competition, &mut rng).await;
    check(&site, &[ledger]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_in_transaction_mode_is_rejected_with_a_reason() {
    let site = Site::open().await;
    for mode in ["transaction", "statement"] {
        let pooler = Pooler::start(site.postgres.port(), mode).await;
        let url = site.postgres.url_through(pooler.port());
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = site.variables().with("DATABASE_URL", url).command(&folder);
        let output = command.args(["jobs", "list"]).output().expect("a program");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "it succeeded: {error}");
        if mode == "transaction" {
            assert!(
                error.contains("PgBouncer") && error.contains("pool_mode = session"),
                "{error}"
            );
        }
    }
}
