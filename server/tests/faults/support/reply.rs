//! What comes back from a server, if anything does.

use std::time::Duration;

use domain::RegistrationId;
use reqwest::{Client, Response};
use serde_json::Value;

/// How long a probe is waited for.
const A_WHILE: Duration = Duration::from_secs(5);

/// What a participant who asked for a seat was told in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// 201.
    Seated(RegistrationId),
    /// 400 `Competition is full`.
    Full,
}

/// What happened to requests that were not answered in the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// No answer: the server was gone, or took too long.
    pub(crate) broken: usize,
    /// 409: an earlier request with the same key was still worked on.
    pub(crate) in_flight: usize,
    /// 503.
    pub(crate) busy: usize,
    /// 500.
    pub(crate) failed: usize,
}

impl std::ops::AddAssign for Trouble {
    fn add_assign(&mut self, other: Self) {
        self.broken += other.broken;
        self.in_flight += other.in_flight;
        self.busy += other.busy;
        self.failed += other.failed;
    }
}

/// The status that comes for a GET; 0 for no answer in a while.
pub(crate) async fn status(url: &str, token: &str) -> u16 {
    let client = Client::builder().timeout(A_WHILE).no_proxy().build().expect("a client");
    let answer = client.get(url).bearer_auth(token).send().await;
    answer.map_or(0, |answer| answer.status().as_u16())
}

/// The status that comes for a new competition, and whether the answer says when to try again.
pub(crate) async fn create_competition(url: &str, token: &str) -> (u16, bool) {
    let client = Client::builder().timeout(3 * A_WHILE).no_proxy().build().expect("a client");
    let body = serde_json::json!({
        "title": "Sprint", "description": "Fast", "tags": [], "capacity": 3, "regDeadline": "2099-01-01T00:00:00.000Z"
    });
    let answer = client.post(url).bearer_auth(token).json(&body).send().await.expect("an answer");
    (answer.status().as_u16(), answer.headers().contains_key("retry-after"))
}

/// What came back.
pub(super) enum Reply {
    Told {
        answer: Answer,
        /// Whether it is marked as answered before.
        is_replay: bool,
    },
    /// To be sent again, with the same key.
    Trouble(Trouble),
}

impl Reply {
    pub(super) async fn read(response: Response) -> Self {
        let status = response.status().as_u16();
        let is_replay = response.headers().contains_key("idempotency-replayed");
        // The server may go away half-way through its answer.
        let Ok(body) = response.json::<Value>().await else { return Self::broken() };
        let none = Trouble::default();
        match (status, body["code"].as_str().unwrap_or_default()) {
            (201, _) => {
                let id = body["id"].as_str().expect("an id");
                Self::Told { answer: Answer::Seated(id.parse().expect("an id")), is_replay }
            }
            (400, "competition_full") => Self::Told { answer: Answer::Full, is_replay },
            (409, "idempotency_in_flight") => Self::Trouble(Trouble { in_flight: 1, ..none }),
            (503, _) => Self::Trouble(Trouble { busy: 1, ..none }),
            (500, _) => Self::Trouble(Trouble { failed: 1, ..none }),
            // Above all 409 `already_registered`: a retry must be told what the first request did.
            _ => panic!("nobody should be told this: {status} {body}"),
        }
    }

    pub(super) fn broken() -> Self {
        Self::Trouble(Trouble { broken: 1, ..Trouble::default() })
    }
}
