//! Secrets that are handed out once and kept as hashes: whoever reads the database can use none of them.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// Bytes of a secret: 256 bits, so that nobody guesses one.
const BYTES: usize = 32;

/// A new secret, in hexadecimal.
pub(crate) fn new_secret() -> String {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    hexadecimal(bytes)
}

/// SHA-256 of a text, in hexadecimal. Without salt or rounds: a text of 256 random bits needs neither.
pub(crate) fn hash(text: &str) -> String {
    hexadecimal(Sha256::digest(text))
}

/// A secret that only who knows both `secret` and `salt` can derive; as long as [`new_secret`].
pub(crate) fn derive(secret: &str, salt: &str) -> String {
    hash(&format!("{secret}:{salt}"))
}

fn hexadecimal(bytes: impl IntoIterator<Item = u8>) -> String {
    let mut text = String::with_capacity(2 * BYTES);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_their_hashes_are_those_of_everybody_else() {
        let (one, two) = (new_secret(), new_secret());
        assert_eq!((one.len(), two.len()), (64, 64));
        assert_ne!(one, two);
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash("abc"), expected);
    }
}
