//! PgBouncer between the program and PostgreSQL.
//!
//! Guards: the isolation that every transaction says when it begins; what is decided on is read
//! after the row is locked; the proof that a session is ours alone and keeps what it was told.

use domain::RegistrationStatus;
use reqwest::Client;

use crate::support::{Pooler, Server, Site, chance, check, scale};

/// Two servers behind a pooler in session mode, without what keeps their batches apart besides the
/// database.
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
    let [grace, alan] = &site.world.crowd_of(2).await[..] else { panic!("two guests") };
    for _ in 0..scale(5, 30) {
        let id = site.competition(2).await;
        for guest in [grace, alan] {
            service::registration::register(&site.world.ctx, guest, id, None)
                .await
                .expect("an answer")
                .outcome
                .expect("a seat");
        }
        let client = Client::builder().no_proxy().build().expect("a client");
        let cancel = |url: &String| {
            let url = format!("{url}/api/competitions/{id}/register");
            client.delete(url).bearer_auth(site.token(grace)).send()
        };
        let (one, two) = tokio::join!(cancel(&urls[0]), cancel(&urls[1]));
        for answer in [one, two] {
            assert_eq!(answer.expect("an answer").status(), 204);
        }
        let tally = site.world.tally(id).await;
        assert_eq!((tally.registered, tally.seats_held), (1, 1));
        let statuses = site.world.roster(&site.organizer, id).await;
        let cancelled = statuses.iter().filter(|status| **status == RegistrationStatus::Cancelled);
        assert_eq!(cancelled.count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_behind_a_pooler_sells_no_seat_twice() {
    let mut chance = chance();
    let site = Site::open().await;
    let pooler = Pooler::start(site.postgres.port(), "session").await;
    let servers = two_servers(&site, &pooler).await;
    let urls = Server::urls(&servers);
    let competition = (site.competition(50).await, 50);
    let told = site.crowd_of(120).await.ask(&urls, competition, &mut chance).await;
    check(&site, &[told]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_in_transaction_mode_is_refused_in_words() {
    let site = Site::open().await;
    for mode in ["transaction", "statement"] {
        let pooler = Pooler::start(site.postgres.port(), mode).await;
        let url = site.postgres.url_through(pooler.port());
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = site.variables().with("DATABASE_URL", url).command(&folder);
        let said = command.args(["jobs", "list"]).output().expect("a program");
        let words = String::from_utf8_lossy(&said.stderr).into_owned();
        assert!(!said.status.success(), "it works: {words}");
        if mode == "transaction" {
            assert!(
                words.contains("PgBouncer") && words.contains("pool_mode = session"),
                "{words}"
            );
        }
    }
}
