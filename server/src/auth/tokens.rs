//! The API's tokens: JSON Web Tokens (RFC 7519), HS256 and nothing else.

use std::fmt;

use domain::{Timestamp, User, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

/// How long a token is good for, in seconds: a day.
const LIFETIME: i64 = 24 * 60 * 60;
const ISSUER: &str = "mini-compete";
const AUDIENCE: &str = "mini-compete-api";

/// Makes and reads tokens.
pub struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(…)")
    }
}

/// `email` and `role` are for clients to show; what counts is the database's.
#[derive(Serialize, Deserialize)]
struct Claims {
    sub: UserId,
    email: String,
    role: String,
    iat: i64,
    exp: i64,
    iss: String,
    aud: String,
}

impl Tokens {
    /// Tokens signed with `secret`.
    pub fn new(secret: &str) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        // Compared with our own clock below.
        validation.validate_exp = false;
        Self {
            encoding: EncodingKey::from_secret(secret.as_bytes()),
            decoding: DecodingKey::from_secret(secret.as_bytes()),
            validation,
        }
    }

    /// A token for a user, good for a day from `now`.
    ///
    /// # Panics
    /// Never: the claims are plain JSON and the key is symmetric.
    pub fn issue(&self, user: &User, now: Timestamp) -> String {
        let now = now.utc().timestamp();
        let claims = Claims {
            sub: user.id,
            email: user.email.clone(),
            role: user.role.to_string(),
            iat: now,
            exp: now + LIFETIME,
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
            .expect("plain claims and a symmetric key")
    }

    /// Whose token this is: `None` unless it is ours and has not expired.
    pub fn read(&self, token: &str, now: Timestamp) -> Option<UserId> {
        let data = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation).ok()?;
        (data.claims.exp > now.utc().timestamp()).then_some(data.claims.sub)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-23T12:00:00Z";
    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn user() -> User {
        User {
            id: UserId("01939c2e-7b5a-7000-8000-000000000001".parse().unwrap()),
            email: "ada@example.com".into(),
            name: "Ada".into(),
            role: domain::Role::Participant,
        }
    }

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    /// The same claims, changed and signed by `key` with `algorithm`.
    fn forged(key: &str, algorithm: Algorithm, change: impl Fn(&mut Claims)) -> String {
        let issued = Tokens::new(SECRET).issue(&user(), at(NOW));
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
    fn a_token_is_good_for_a_day() {
        let tokens = Tokens::new(SECRET);
        let token = tokens.issue(&user(), at(NOW));
        assert_eq!(tokens.read(&token, at("2026-11-24T11:59:59Z")), Some(user().id));
        assert_eq!(tokens.read(&token, at("2026-11-24T12:00:00Z")), None);
    }

    #[test]
    fn forged_tokens_are_refused() {
        let unsigned = {
            let token = Tokens::new(SECRET).issue(&user(), at(NOW));
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
            ("no token", "x.y.z".into()),
            ("nothing", String::new()),
        ] {
            assert_eq!(Tokens::new(SECRET).read(&token, at(NOW)), None, "{what}");
        }
        assert!(
            Tokens::new(SECRET).read(&forged(SECRET, Algorithm::HS256, |_| {}), at(NOW)).is_some()
        );
    }
}
