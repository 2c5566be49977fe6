//! The id of a request, in its response and in the jobs that it causes.

use std::net::{IpAddr, Ipv4Addr};

use crate::support::{App, Call};

const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));

async fn app() -> App {
    App::configured(|options| options.trusted_proxies = "10.0.0.0/8".parse().unwrap()).await
}

async fn id_of(call: Call<'_>) -> String {
    call.send().await.header("x-request-id").unwrap().to_owned()
}

#[tokio::test]
async fn a_request_id_is_taken_from_a_trusted_proxy_only() {
    let app = app().await;
    let call = |id: &'static str| app.get("/health/live").header("x-request-id", id);
    assert_eq!(id_of(call("r-7.a_B").from(PROXY)).await, "r-7.a_B");
    let other = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));
    for call in [call("r-7").from(other), call("r-7"), app.get("/health/live")] {
        let id = id_of(call).await;
        assert_eq!(id.len(), 36, "{id}");
    }
    let (one, two) = (id_of(app.get("/")).await, id_of(app.get("/")).await);
    assert_ne!(one, two);
}

#[tokio::test]
async fn an_odd_request_id_is_replaced() {
    let app = app().await;
    for odd in ["", "<b>", "ada@example.com", "a b", &"x".repeat(65)] {
        let id = id_of(app.get("/health/live").header("x-request-id", odd).from(PROXY)).await;
        assert_eq!(id.len(), 36, "{odd}: {id}");
    }
}

#[tokio::test]
async fn the_jobs_of_a_registration_carry_its_request_id() {
    let app = app().await;
    let world = &app.world;
    let ada = world.organizer("Ada").await;
    let id = world.competition(&ada).create().await;
    let grace = world.participant("Grace").await;
    let path = format!("/api/competitions/{id}/register");
    let call = app.post(&path).by(&grace).header("x-request-id", "r-8").from(PROXY);
    assert_eq!(call.send().await.status, 201);
    assert_eq!(world.request_ids_of_jobs().await, ["confirm_registrations r-8"]);
}

#[tokio::test]
async fn the_jobs_of_a_page_and_of_a_server_function_carry_their_request_id() {
    let app = app().await;
    let world = &app.world;
    let ada = world.organizer("Ada").await;
    let id = world.competition(&ada).create().await;
    let grace = world.participant("Grace").await;
    let cookie = app.log_in(&grace).await;
    let form = app.post("/fn/register").header("cookie", &cookie);
    let form = form.header("sec-fetch-site", "same-origin").header("x-request-id", "r-9");
    let form = form
        .from(PROXY)
        .text("application/x-www-form-urlencoded", format!("competition={id}&idempotency_key=k"));
    let response = form.send().await;
    assert!(!response.status.is_client_error(), "{}", response.text);
    assert_eq!(world.request_ids_of_jobs().await, ["confirm_registrations r-9"]);
}
