//! What a client sent for one field, before any rule is applied.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// One field as it arrived. A value of the wrong type is kept as a fact and not an error, so that
/// every fault of a body can be reported at once.
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

/// A type that a JSON value, or the text of a form field, may hold.
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
    /// A whole number, or text that spells one.
    fn from_json(value: Value) -> Option<Self> {
        match value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }
}

impl FromJson for Vec<String> {
    fn from_json(value: Value) -> Option<Self> {
        match value {
            Value::Array(items) => items.into_iter().map(String::from_json).collect(),
            _ => None,
        }
    }
}

impl<'de, T: FromJson> Deserialize<'de> for Raw<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Null => Self::Missing,
            value => T::from_json(value).map_or(Self::WrongType, Self::Given),
        })
    }
}

/// Tells `null` from absent, for a field that `null` takes away.
pub(crate) fn present<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Raw<String>>, D::Error> {
    Raw::deserialize(deserializer).map(Some)
}
