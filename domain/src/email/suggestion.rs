//! The address that a user most likely meant to type.

use strsim::osa_distance;

/// Domains of many people's mailboxes, and those that differ from one of them by one letter.
const KNOWN: [&str; 38] = [
    "gmail.com",
    "googlemail.com",
    "mail.com",
    "email.com",
    "ymail.com",
    "hotmail.com",
    "hotmail.de",
    "hotmail.fr",
    "hotmail.it",
    "hotmail.es",
    "hotmail.co.uk",
    "outlook.com",
    "outlook.de",
    "outlook.fr",
    "outlook.es",
    "live.com",
    "live.de",
    "live.fr",
    "live.nl",
    "live.co.uk",
    "yahoo.com",
    "yahoo.de",
    "yahoo.fr",
    "yahoo.es",
    "yahoo.co.uk",
    "yahoo.co.jp",
    "yahoo.com.br",
    "icloud.com",
    "proton.me",
    "protonmail.com",
    "fastmail.com",
    "fastmail.fm",
    "t-online.de",
    "freenet.de",
    "arcor.de",
    "orange.fr",
    "libero.it",
    "comcast.net",
];
/// Domains shorter than this have too many neighbours of one letter that exist.
const SHORTEST: usize = 9;

/// The address with the domain of a large mail provider, if its domain differs from that by one
/// letter that is missing, added, another one, or swapped with the next (the optimal string
/// alignment distance is 1): `ada@gmail.com` for `ada@gmial.com`. A suggestion only: the typed
/// domain may exist.
pub fn suggested_email(typed: &str) -> Option<String> {
    let (name, domain) = typed.trim().rsplit_once('@')?;
    let domain = domain.to_lowercase();
    if name.is_empty() || KNOWN.contains(&&*domain) {
        return None;
    }
    let known = KNOWN.into_iter().filter(|known| known.len() >= SHORTEST);
    let meant = known.into_iter().find(|known| osa_distance(known, &domain) == 1)?;
    Some(format!("{name}@{meant}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_domain_of_a_large_provider_has_a_suggestion() {
        for (typed, meant) in [
            ("ada@gmial.com", "ada@gmail.com"),
            ("ada@gmail.con", "ada@gmail.com"),
            ("ada@gmail.co", "ada@gmail.com"),
            ("Ada@GMAL.com", "Ada@gmail.com"),
            (" ada@hotmial.com ", "ada@hotmail.com"),
            ("ada@outlok.com", "ada@outlook.com"),
            ("ada@yahooo.com", "ada@yahoo.com"),
            ("ada@iclould.com", "ada@icloud.com"),
            ("ada@t-onlin.de", "ada@t-online.de"),
        ] {
            assert_eq!(suggested_email(typed).as_deref(), Some(meant), "{typed}");
        }
    }

    #[test]
    fn other_addresses_have_no_suggestion() {
        for typed in [
            "",
            "ada",
            "@gmial.com",
            "ada@gmail.com",
            "ada@mail.com",
            "ada@example.com",
            "ada@live.com",
            "ada@life.com",
            "ada@uni-mainz.de",
            "ada@gmaill.co",
        ] {
            assert_eq!(suggested_email(typed), None, "{typed}");
        }
    }

    #[test]
    fn no_known_domain_is_a_misspelling_of_another() {
        for known in KNOWN {
            assert_eq!(suggested_email(&format!("ada@{known}")), None);
        }
    }
}
