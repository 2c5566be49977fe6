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

/// A new code of six decimal digits. It is enough where only a few wrong ones are accepted.
pub(crate) fn new_digits() -> String {
    /// The greatest multiple of a million that fits, so that every code is as likely.
    const END: u32 = u32::MAX - u32::MAX % 1_000_000;
    loop {
        let mut bytes = [0; 4];
        getrandom::fill(&mut bytes).expect("the operating system has randomness");
        let number = u32::from_le_bytes(bytes);
        if number < END {
            return format!("{:06}", number % 1_000_000);
        }
    }
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
    fn a_code_of_digits_has_six_of_them_and_is_random() {
        let codes: std::collections::BTreeSet<_> = (0..100).map(|_| new_digits()).collect();
        assert!(codes.len() > 90, "{codes:?}");
        for code in codes {
            assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        }
    }

    #[test]
    fn secrets_are_random_and_hashed_with_sha_256() {
        let (one, two) = (new_secret(), new_secret());
        assert_eq!((one.len(), two.len()), (64, 64));
        assert_ne!(one, two);
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash("abc"), expected);
    }
}
