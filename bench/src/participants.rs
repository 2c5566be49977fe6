//! Participants with their tokens.

use std::net::SocketAddr;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Map, Value, json};

use crate::{
    Result,
    http::{Connection, post_json},
    sql::{email, uuid},
    stage::{PASSWORD, SECRET, Stage},
};

/// A day in seconds.
const DAY: u64 = 24 * 60 * 60;

/// Participants, numbered from 1, in rotation.
#[derive(Debug)]
pub(crate) struct Participants {
    tokens: Vec<String>,
    next: usize,
}

impl Participants {
    /// Logs the first participant in, and derives the tokens of the others from that token, so that
    /// the server chooses the claims.
    pub(crate) fn log_in(stage: &Stage, server: SocketAddr) -> Result<Self> {
        let token = stage.runtime.block_on(request_token(server))?;
        let key = DecodingKey::from_secret(SECRET.as_bytes());
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_aud = false;
        let mut claims =
            jsonwebtoken::decode::<Map<String, Value>>(&token, &key, &validation)?.claims;
        // A run may take longer than the lifetime of a token.
        let expiry = claims.get("exp").and_then(Value::as_u64).ok_or("a token without expiry")?;
        claims.insert("exp".to_owned(), (expiry + DAY).into());
        let key = EncodingKey::from_secret(SECRET.as_bytes());
        let header = Header::new(Algorithm::HS256);
        let tokens = (1..=stage.sizes.people).map(|number| {
            claims.insert("sub".to_owned(), uuid(number).into());
            claims.insert("email".to_owned(), email(number).into());
            jsonwebtoken::encode(&header, &claims, &key)
        });
        Ok(Self { tokens: tokens.collect::<Result<_, _>>()?, next: 0 })
    }

    pub(crate) fn size(&self) -> usize {
        self.tokens.len()
    }

    /// The next participants, with their numbers. After the last one the first follows again.
    pub(crate) fn take(&mut self, count: usize) -> impl Iterator<Item = (usize, &str)> {
        let first = self.next;
        self.next += count;
        let tokens = &self.tokens;
        (first..self.next).map(move |position| {
            let at = position % tokens.len();
            (at + 1, tokens[at].as_str())
        })
    }

    /// Returns the participants taken last, which sent no request.
    pub(crate) fn put_back(&mut self, count: usize) {
        self.next -= count;
    }
}

/// The login request of a participant.
pub(crate) fn login(number: usize) -> Vec<u8> {
    post_json(
        "/api/auth/login",
        &json!({ "email": email(number), "password": PASSWORD }).to_string(),
    )
}

async fn request_token(server: SocketAddr) -> Result<String> {
    let mut connection = Connection::open(server).await?;
    let response = connection.exchange(&login(1)).await?;
    let body: Value = serde_json::from_slice(response.body)?;
    let token = body["token"].as_str();
    Ok(token.ok_or_else(|| format!("no token at login: {} {body}", response.status))?.to_owned())
}
