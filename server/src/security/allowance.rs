//! How many requests a client may send.

use std::{fmt, num::NonZeroU32, str::FromStr};

use super::RateClass;

/// A burst, and a rate per minute after it: `12000/600`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Requests at once, after a pause.
    pub burst: NonZeroU32,
    /// Requests per minute.
    pub per_minute: NonZeroU32,
}

impl Allowance {
    pub(crate) const fn new(burst: u32, per_minute: u32) -> Self {
        let (Some(burst), Some(per_minute)) = (NonZeroU32::new(burst), NonZeroU32::new(per_minute))
        else {
            panic!("an allowance of nothing");
        };
        Self { burst, per_minute }
    }
}

impl fmt::Display for Allowance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.burst, self.per_minute)
    }
}

impl FromStr for Allowance {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text.split_once('/').and_then(|(burst, per_minute)| {
            Some(Self {
                burst: burst.trim().parse().ok()?,
                per_minute: per_minute.trim().parse().ok()?,
            })
        });
        parsed.ok_or_else(|| "it must be a burst and a rate per minute, like 12000/600".to_owned())
    }
}

/// The allowances of a client, by rate limit class.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowances {
    pub(crate) read: Allowance,
    pub(crate) write: Allowance,
    pub(crate) credentials: Allowance,
}

impl Allowances {
    pub(super) fn of(&self, class: RateClass) -> Allowance {
        match class {
            RateClass::Read => self.read,
            RateClass::Write => self.write,
            RateClass::Credentials => self.credentials,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowance_is_two_numbers_above_zero() {
        assert_eq!("20/10".parse(), Ok(Allowance::new(20, 10)));
        for bad in ["", "20", "0/10", "20/0", "20/-1", "a/b", "1/2/3", "99999999999/1"] {
            assert!(bad.parse::<Allowance>().is_err(), "{bad}");
        }
    }
}
