//! Unchecked values of fields.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A field of a request. A value of the wrong type is no error of parsing, so that all faults of a
/// body are reported at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Raw<T> {
    /// Absent or `null`.
    #[default]
    Missing,
    /// Present and of the right type.
    Given(T),
    /// Present, but of another type.
    WrongType,
}

impl<T> From<T> for Raw<T> {
    fn from(value: T) -> Self {
        Self::Given(value)
    }
}

/// A type that can be read from a JSON value, or from the text of a form field.
pub trait FromJson: Sized {
    /// `None` when the value is of another type.
    fn from_json(value: Value) -> Option<Self>;
}

impl FromJson for String {
    fn from_json(value: Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

impl FromJson for i64 {
    /// A whole number, however JSON writes it (`50`, `50.0`, `5e1`), or text that spells one in
    /// digits.
    fn from_json(value: Value) -> Option<Self> {
        match value {
            Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }
}

impl FromJson for bool {
    fn from_json(value: Value) -> Option<Self> {
        value.as_bool()
    }
}

/// The whole number, if the conversion is exact.
fn whole(number: f64) -> Option<i64> {
    /// From 2^53 on not every whole number has a float of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let is_exact = number.fract() == 0.0 && number.abs() < EXACT;
    is_exact.then_some(number as i64)
}

impl FromJson for Vec<String> {
    fn from_json(value: Value) -> Option<Self> {
        match value {
            Value::Array(items) => items.into_iter().map(String::from_json).collect(),
            _ => None,
        }
    }
}

impl FromJson for Vec<i64> {
    fn from_json(value: Value) -> Option<Self> {
        match value {
            Value::Array(items) => items.into_iter().map(i64::from_json).collect(),
            _ => None,
        }
    }
}

impl<T: FromJson> Raw<T> {
    /// The field with this value.
    pub(crate) fn from_value(value: Value) -> Self {
        match value {
            Value::Null => Self::Missing,
            value => T::from_json(value).map_or(Self::WrongType, Self::Given),
        }
    }
}

impl<'de, T: FromJson> Deserialize<'de> for Raw<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from_value)
    }
}

/// Distinguishes `null` from absent, for a field that `null` removes.
pub(crate) fn present<'de, T: FromJson, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Raw<T>>, D::Error> {
    Raw::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_has_many_spellings_and_one_value() {
        let read = |json: &str| serde_json::from_str::<Raw<i64>>(json).unwrap();
        for json in ["50", "50.0", "5e1", "5.0E+1", "\"50\"", "\" 50 \"", "\"+50\"", "\"050\""] {
            assert_eq!(read(json), Raw::Given(50), "{json}");
        }
        assert_eq!(read("-0"), Raw::Given(0));
        for json in [
            "50.5",
            "\"5e1\"",
            "\"50.0\"",
            "\"0x32\"",
            "\"\u{665}\u{660}\"",
            "\"\"",
            "\"5 0\"",
            "1e300",
            "9223372036854775808",
            "9007199254740993.0",
            "true",
            "[50]",
        ] {
            assert_eq!(read(json), Raw::WrongType, "{json}");
        }
    }
}
