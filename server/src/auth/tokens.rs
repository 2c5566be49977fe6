//! The API's tokens: JSON Web Tokens (RFC 7519), HS256 only.

use std::{fmt, str::FromStr};

use domain::{Timestamp, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use service::accounts::{Account, CredentialsVersion};

use crate::cursor_key::CursorKey;

/// The default lifetime of a token: a day, because clients of the first version of the API never
/// refresh.
const DEFAULT_LIFETIME: TokenLifetime = TokenLifetime(24 * 60 * 60);
/// The longest lifetime, in seconds: a year.
const MAX_LIFETIME: u32 = 365 * 24 * 60 * 60;
const ISSUER: &str = "mini-compete";
const AUDIENCE: &str = "mini-compete-api";

/// The lifetime of a token in seconds, from 1 to a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenLifetime(u32);

impl Default for TokenLifetime {
    fn default() -> Self {
        DEFAULT_LIFETIME
    }
}

impl TokenLifetime {
    pub(crate) fn seconds(self) -> i64 {
        self.0.into()
    }
}

impl FromStr for TokenLifetime {
    type Err = String;

    /// Reads `90s`, `15m`, `24h` or `7d`.
    fn from_str(text: &str) -> Result<Self, String> {
        let unit = match text.trim().chars().last() {
            Some('s') => Some(1),
            Some('m') => Some(60),
            Some('h') => Some(60 * 60),
            Some('d') => Some(24 * 60 * 60),
            _ => None,
        };
        let number = text.trim().trim_end_matches(['s', 'm', 'h', 'd']);
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        let is_whole = number.len() + 1 == text.trim().len() && is_number;
        let seconds = unit.filter(|_| is_whole).and_then(|unit| {
            number.parse::<u32>().ok().and_then(|number| number.checked_mul(unit))
        });
        seconds.filter(|seconds| (1..=MAX_LIFETIME).contains(seconds)).map(Self).ok_or_else(|| {
            "it must be a whole number and a unit, such as 15m, 24h or 7d, from 1s to 365d"
                .to_owned()
        })
    }
}

/// Why a token is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFault {
    /// It was issued here and has expired.
    Expired,
    /// It is malformed, or was not issued here.
    Invalid,
}

/// Issues and verifies tokens.
pub struct Tokens {
    lifetime: TokenLifetime,
    cursors: CursorKey,
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}

/// `email` and `role` are for clients to display; the server reads them from the database.
#[derive(Serialize, Deserialize)]
struct Claims {
    sub: UserId,
    email: String,
    role: String,
    iat: i64,
    exp: i64,
    iss: String,
    aud: String,
    /// The version of the password that it was issued for.
    ver: CredentialsVersion,
}

impl Tokens {
    /// Tokens signed with `secret`.
    pub fn new(secret: &str) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        // `read` compares it with the clock of the application.
        validation.validate_exp = false;
        Self {
            encoding: EncodingKey::from_secret(secret.as_bytes()),
            decoding: DecodingKey::from_secret(secret.as_bytes()),
            validation,
            lifetime: DEFAULT_LIFETIME,
            cursors: CursorKey::derived_from(secret),
        }
    }

    /// The key of the cursors of lists, derived from the same secret.
    pub(crate) fn cursors(&self) -> &CursorKey {
        &self.cursors
    }

    /// Issues tokens that are valid for `lifetime`.
    pub fn valid_for(mut self, lifetime: TokenLifetime) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// How long a new token is valid.
    pub fn lifetime(&self) -> TokenLifetime {
        self.lifetime
    }

    /// A token for an account, valid from `now` for [`Self::lifetime`] or until the password
    /// changes.
    ///
    /// # Panics
    /// Never: the claims are plain JSON and the key is symmetric.
    pub fn issue(&self, account: &Account, now: Timestamp) -> String {
        let now = now.utc().timestamp();
        let Account { user, credentials } = account;
        let claims = Claims {
            sub: user.id,
            email: user.email.clone(),
            role: user.role.to_string(),
            iat: now,
            exp: now + self.lifetime.seconds(),
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            ver: *credentials,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
            .expect("plain claims and a symmetric key")
    }

    /// The user of a token, and the version of the password that it was issued for.
    ///
    /// # Errors
    /// [`TokenFault::Expired`] for a token that is valid in every other respect.
    pub fn read(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<(UserId, CredentialsVersion), TokenFault> {
        let data = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation);
        let Claims { sub, ver, exp, .. } = data.map_err(|_| TokenFault::Invalid)?.claims;
        if exp > now.utc().timestamp() { Ok((sub, ver)) } else { Err(TokenFault::Expired) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-23T12:00:00Z";
    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn ada() -> Account {
        let user = domain::User {
            id: UserId("01939c2e-7b5a-7000-8000-000000000001".parse().unwrap()),
            email: "ada@example.com".into(),
            name: "Ada".into(),
            role: domain::Role::Participant,
            roles: vec![domain::Role::Participant],
            time_zone: None,
            email_verified: true,
            email_refused: false,
        };
        Account { user, credentials: CredentialsVersion::FIRST }
    }

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    /// A token with changed claims, signed by `key` with `algorithm`.
    fn forged(key: &str, algorithm: Algorithm, change: impl Fn(&mut Claims)) -> String {
        let issued = Tokens::new(SECRET).issue(&ada(), at(NOW));
        let tokens = Tokens::new(SECRET);
        let mut claims =
            jsonwebtoken::decode::<Claims>(&issued, &tokens.decoding, &tokens.validation)
                .unwrap()
                .claims;
        change(&mut claims);
        let key = EncodingKey::from_secret(key.as_bytes());
        jsonwebtoken::encode(&Header::new(algorithm), &claims, &key).unwrap()
    }

    #[test]
    fn a_token_is_valid_for_its_lifetime_and_then_expired() {
        let owner = (ada().user.id, CredentialsVersion::FIRST);
        for (tokens, last, first) in [
            (Tokens::new(SECRET), "2026-11-24T11:59:59Z", "2026-11-24T12:00:00Z"),
            (
                Tokens::new(SECRET).valid_for("15m".parse().unwrap()),
                "2026-11-23T12:14:59Z",
                "2026-11-23T12:15:00Z",
            ),
        ] {
            let token = tokens.issue(&ada(), at(NOW));
            assert_eq!(tokens.read(&token, at(last)), Ok(owner));
            assert_eq!(tokens.read(&token, at(first)), Err(TokenFault::Expired));
        }
    }

    #[test]
    fn a_lifetime_is_a_whole_number_and_a_unit() {
        for (text, seconds) in
            [("90s", 90), ("15m", 900), (" 24h ", 86_400), ("7d", 604_800), ("365d", 31_536_000)]
        {
            assert_eq!(text.parse::<TokenLifetime>().unwrap().seconds(), seconds, "{text}");
        }
        for text in
            ["", "15", "m", "0m", "-1h", "+1h", "1.5h", "15 m", "1hd", "1w", "366d", "99999999999d"]
        {
            assert!(text.parse::<TokenLifetime>().is_err(), "{text}");
        }
    }

    /// A valid token whose payload was replaced under its signature.
    fn with_payload(change: impl Fn(&mut Claims)) -> String {
        let (forged, tokens) = (forged(SECRET, Algorithm::HS256, change), Tokens::new(SECRET));
        let issued = tokens.issue(&ada(), at(NOW));
        let part = |token: &str, number| token.split('.').nth(number).unwrap().to_owned();
        format!("{}.{}.{}", part(&issued, 0), part(&forged, 1), part(&issued, 2))
    }

    /// A signed token that lacks a claim.
    fn signed_without(claim: &str) -> String {
        let tokens = Tokens::new(SECRET);
        let issued = tokens.issue(&ada(), at(NOW));
        let (key, rules) = (&tokens.decoding, &tokens.validation);
        let decoded = jsonwebtoken::decode::<serde_json::Value>(&issued, key, rules);
        let mut claims = decoded.unwrap().claims;
        claims.as_object_mut().unwrap().remove(claim).unwrap();
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &tokens.encoding).unwrap()
    }

    #[test]
    fn a_forged_token_is_invalid() {
        let unsigned = {
            let token = Tokens::new(SECRET).issue(&ada(), at(NOW));
            let payload = token.split('.').nth(1).unwrap();
            // {"alg":"none","typ":"JWT"}
            format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}.")
        };
        for (what, token) in [
            ("no signature", unsigned),
            ("another key", forged("another key that is long enough", Algorithm::HS256, |_| {})),
            ("another algorithm", forged(SECRET, Algorithm::HS512, |_| {})),
            ("another audience", forged(SECRET, Algorithm::HS256, |c| c.aud = "else".into())),
            ("another issuer", forged(SECRET, Algorithm::HS256, |c| c.iss = "else".into())),
            ("another role", with_payload(|claims| claims.role = "ADMIN".into())),
            ("no version", signed_without("ver")),
            ("no expiry", signed_without("exp")),
            ("no audience", signed_without("aud")),
            ("no issuer", signed_without("iss")),
            ("no token", "x.y.z".into()),
            ("nothing", String::new()),
        ] {
            let read = Tokens::new(SECRET).read(&token, at(NOW));
            assert_eq!(read, Err(TokenFault::Invalid), "{what}");
        }
        assert!(
            Tokens::new(SECRET).read(&forged(SECRET, Algorithm::HS256, |_| {}), at(NOW)).is_ok()
        );
    }
}
