//! Secrets that are issued once and stored as hashes, so that a copy of the database reveals none.

use sha2::{Digest, Sha256};

/// Bytes of a secret.
const BYTES: usize = 32;

/// A new secret, in hexadecimal.
pub(crate) fn new_secret() -> String {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    hex::encode(bytes)
}

/// A new code that people may have to type: 80 random bits in hexadecimal and upper case. It is
/// enough where wrong ones are limited.
pub(crate) fn new_code() -> String {
    let mut bytes = [0; 10];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    hex::encode_upper(bytes)
}

/// SHA-256 of a text, in hexadecimal. Secrets of 256 random bits need no salt and no rounds.
pub(crate) fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// A secret of the same form as [`new_secret`], derived from another one and a salt.
pub(crate) fn derive(secret: &str, salt: &str) -> String {
    hash(&format!("{secret}:{salt}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_random_and_hashed_with_sha_256() {
        let (one, two) = (new_secret(), new_secret());
        assert_eq!((one.len(), two.len()), (64, 64));
        assert_ne!(one, two);
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash("abc"), expected);
    }
}
