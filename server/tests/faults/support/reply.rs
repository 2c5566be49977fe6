//! Responses of a server, and their absence.

use std::time::Duration;

use domain::RegistrationId;
use reqwest::{Client, Response};
use serde_json::Value;

/// The timeout of a single request.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

/// The final response to a participant who registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// 201 with a seat.
    Registered(RegistrationId),
    /// 201 on the waiting list.
    Waitlisted(RegistrationId),
    /// 201, waiting for approval.
    Requested(RegistrationId),
    /// 400 `Competition is full`.
    Full,
}

/// Counts requests without a final response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Failures {
    /// No response: the server was gone, or exceeded the client's timeout.
    pub(crate) no_response: usize,
    /// 409: an earlier request with the same key is in flight.
    pub(crate) in_flight: usize,
    /// 503.
    pub(crate) unavailable: usize,
    /// 500.
    pub(crate) server_error: usize,
}

impl std::ops::AddAssign for Failures {
    fn add_assign(&mut self, other: Self) {
        self.no_response += other.no_response;
        self.in_flight += other.in_flight;
        self.unavailable += other.unavailable;
        self.server_error += other.server_error;
    }
}

/// The status of a GET; 0 for no response within the timeout.
pub(crate) async fn status(url: &str, token: &str) -> u16 {
    let client = Client::builder().timeout(PROBE_TIMEOUT).no_proxy().build().expect("a client");
    let response = client.get(url).bearer_auth(token).send().await;
    response.map_or(0, |response| response.status().as_u16())
}

/// Creates a competition. Returns the status, and whether the response has `Retry-After`.
pub(crate) async fn create_competition(url: &str, token: &str) -> (u16, bool) {
    let client = Client::builder().timeout(3 * PROBE_TIMEOUT).no_proxy().build().expect("a client");
    let body = serde_json::json!({
        "title": "Sprint", "description": "Fast", "tags": [], "capacity": 3,
        "regDeadline": "2099-01-01T00:00:00.000Z"
    });
    let response = client.post(url).bearer_auth(token).json(&body).send().await;
    let response = response.expect("a response");
    (response.status().as_u16(), response.headers().contains_key("retry-after"))
}

/// One attempt to register.
pub(super) enum Reply {
    Final {
        outcome: Outcome,
        /// Whether the response is marked as replayed.
        is_replay: bool,
    },
    /// The client retries with the same key.
    Failure(Failures),
}

impl Reply {
    pub(super) async fn read(response: Response) -> Self {
        let status = response.status().as_u16();
        let is_replay = response.headers().contains_key("idempotency-replayed");
        // The server may be killed in the middle of its response.
        let Ok(body) = response.json::<Value>().await else { return Self::no_response() };
        let none = Failures::default();
        match (status, body["code"].as_str().unwrap_or_default()) {
            (201, _) => {
                let id = body["id"].as_str().expect("an id").parse().expect("an id");
                let outcome = match body["status"].as_str() {
                    Some("WAITLISTED") => Outcome::Waitlisted(id),
                    Some("AWAITING_APPROVAL") => Outcome::Requested(id),
                    _ => Outcome::Registered(id),
                };
                Self::Final { outcome, is_replay }
            }
            (400, "competition_full") => Self::Final { outcome: Outcome::Full, is_replay },
            (409, "idempotency_in_flight") => Self::Failure(Failures { in_flight: 1, ..none }),
            (503, _) => Self::Failure(Failures { unavailable: 1, ..none }),
            (500, _) => Self::Failure(Failures { server_error: 1, ..none }),
            // Above all 409 `already_registered`: a retry must get the response of the first
            // request.
            _ => panic!("unexpected response: {status} {body}"),
        }
    }

    pub(super) fn no_response() -> Self {
        Self::Failure(Failures { no_response: 1, ..Failures::default() })
    }
}
