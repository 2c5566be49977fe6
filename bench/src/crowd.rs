//! Participants with tokens in their hands.

use std::net::SocketAddr;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Map, Value, json};

use crate::{
    Result,
    http::{Connection, post_json},
    sql::{email, uuid},
    stage::{PASSWORD, SECRET, Stage},
};

/// In seconds.
const A_DAY: u64 = 24 * 60 * 60;

/// Participants, numbered from 1, and who registers next.
#[derive(Debug)]
pub(crate) struct Crowd {
    tokens: Vec<String>,
    next: usize,
}

impl Crowd {
    /// Logs the first one in, and makes the tokens of the others of that token: what the claims are is the server's affair.
    pub(crate) fn arrive(stage: &Stage, server: SocketAddr) -> Result<Self> {
        let token = stage.runtime.block_on(log_in(server))?;
        let key = DecodingKey::from_secret(SECRET.as_bytes());
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_aud = false;
        let mut claims =
            jsonwebtoken::decode::<Map<String, Value>>(&token, &key, &validation)?.claims;
        // A run may take longer than a token is good for.
        let expiry = claims.get("exp").and_then(Value::as_u64).ok_or("a token without end")?;
        claims.insert("exp".to_owned(), (expiry + A_DAY).into());
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

    /// The next participants, with their numbers; after the last one the first comes again.
    pub(crate) fn take(&mut self, count: usize) -> impl Iterator<Item = (usize, &str)> {
        let first = self.next;
        self.next += count;
        let tokens = &self.tokens;
        (first..self.next).map(move |turn| {
            let at = turn % tokens.len();
            (at + 1, tokens[at].as_str())
        })
    }

    /// Those who came last have not had their turn: they come again.
    pub(crate) fn give_back(&mut self, count: usize) {
        self.next -= count;
    }
}

/// What the first participant, or another, sends to sign in.
pub(crate) fn login(number: usize) -> Vec<u8> {
    post_json(
        "/api/auth/login",
        &json!({ "email": email(number), "password": PASSWORD }).to_string(),
    )
}

async fn log_in(server: SocketAddr) -> Result<String> {
    let mut connection = Connection::open(server).await?;
    let answer = connection.exchange(&login(1)).await?;
    let body: Value = serde_json::from_slice(answer.body)?;
    let token = body["token"].as_str();
    Ok(token.ok_or_else(|| format!("no token at login: {} {body}", answer.status))?.to_owned())
}
