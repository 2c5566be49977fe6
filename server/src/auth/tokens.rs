//! The API's tokens: JSON Web Tokens (RFC 7519), HS256 and nothing else.

use std::fmt;

use domain::{Timestamp, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use service::accounts::{Account, CredentialsVersion};

/// How long a token is good for, in seconds. Whoever copies one has it for so long, and a client renews its own four
/// times an hour.
pub(crate) const LIFETIME: i64 = 15 * 60;
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
    /// Which of the user's passwords it was given for.
    ver: CredentialsVersion,
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

    /// A token for the owner of an account, good for a quarter of an hour from `now`, or until the password changes.
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
            exp: now + LIFETIME,
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            ver: *credentials,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
            .expect("plain claims and a symmetric key")
    }

    /// Whose token this is, and which password it was given for: `None` unless it is ours and has not expired.
    pub fn read(&self, token: &str, now: Timestamp) -> Option<(UserId, CredentialsVersion)> {
        let data = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation).ok()?;
        let Claims { sub, ver, exp, .. } = data.claims;
        (exp > now.utc().timestamp()).then_some((sub, ver))
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
            time_zone: None,
        };
        Account { user, credentials: CredentialsVersion::FIRST }
    }

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    /// The same claims, changed and signed by `key` with `algorithm`.
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
    fn a_token_is_good_for_a_quarter_of_an_hour() {
        let tokens = Tokens::new(SECRET);
        let token = tokens.issue(&ada(), at(NOW));
        let owner = (ada().user.id, CredentialsVersion::FIRST);
        assert_eq!(tokens.read(&token, at("2026-11-23T12:14:59Z")), Some(owner));
        assert_eq!(tokens.read(&token, at("2026-11-23T12:15:00Z")), None);
    }

    /// A good token whose payload was exchanged under its signature.
    fn with_payload(change: impl Fn(&mut Claims)) -> String {
        let (mine, ours) = (forged(SECRET, Algorithm::HS256, change), Tokens::new(SECRET));
        let ours = ours.issue(&ada(), at(NOW));
        let part = |token: &str, number| token.split('.').nth(number).unwrap().to_owned();
        format!("{}.{}.{}", part(&ours, 0), part(&mine, 1), part(&ours, 2))
    }

    /// A token of ours that lacks a claim.
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
    fn forged_tokens_are_refused() {
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
            ("expired", forged(SECRET, Algorithm::HS256, |c| c.exp = c.iat)),
            ("another role", with_payload(|claims| claims.role = "ADMIN".into())),
            ("no version", signed_without("ver")),
            ("no expiry", signed_without("exp")),
            ("no audience", signed_without("aud")),
            ("no issuer", signed_without("iss")),
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
