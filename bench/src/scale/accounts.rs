//! Those who ask for the lists: the accounts that `mini-compete seed` prints.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::{
    Result,
    http::{Connection, get_as, post_form, post_json},
};

/// The password of generated accounts.
const PASSWORD: &str = "password123";

/// Who asks for a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Visitor,
    Participant,
    Organizer,
    Admin,
}

/// The headers of each account: a token, and the cookie of a session.
#[derive(Debug)]
pub(super) struct Accounts {
    participant: String,
    organizer: String,
    admin: String,
}

impl Accounts {
    /// Logs each in.
    pub(super) async fn log_in(server: SocketAddr) -> Result<Self> {
        Ok(Self {
            participant: headers(server, "participant1@fill.example").await?,
            organizer: headers(server, "organizer1@fill.example").await?,
            admin: headers(server, "admin@fill.example").await?,
        })
    }

    /// A request: with the token for the API, with the cookie for a page.
    pub(super) fn get(&self, who: Who, path: &str) -> Vec<u8> {
        get_as(
            path,
            match who {
                Who::Visitor => "",
                Who::Participant => &self.participant,
                Who::Organizer => &self.organizer,
                Who::Admin => &self.admin,
            },
        )
    }
}

async fn headers(server: SocketAddr, email: &str) -> Result<String> {
    let mut connection = Connection::open(server).await?;
    let body = json!({ "email": email, "password": PASSWORD }).to_string();
    let response = connection.exchange(&post_json("/api/auth/login", &body)).await?;
    let body: Value = serde_json::from_slice(response.body)?;
    let token = body["token"].as_str().ok_or_else(|| format!("{email} cannot log in: {body}"))?;
    let token = token.to_owned();
    let form = format!("email={email}&password={PASSWORD}");
    let response = connection.exchange(&post_form("/fn/log_in", &form)).await?;
    let cookie = response.header("set-cookie").ok_or("a login without a session")?;
    let cookie = cookie.split(';').next().unwrap_or_default();
    Ok(format!("Authorization: Bearer {token}\r\nCookie: {cookie}\r\n"))
}
