//! The profile of a user.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

use crate::{
    Faults, PersonName, PublicError, Raw, TimeZoneName,
    account::{refuse_unknown, text},
    raw::present,
};

/// The body of an edit, unchecked. Absent fields stay as they are.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({ "name": "Ada Lovelace", "timeZone": "Europe/Berlin" }))
)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct ProfilePatch {
    /// The name others see; not blank. Absent or null: it stays.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<PersonName>))]
    #[serde(default)]
    pub name: Raw<String>,
    /// The name of an IANA time zone; `null` or nothing for that of the browser.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<TimeZoneName>))]
    #[serde(default, deserialize_with = "present")]
    pub time_zone: Option<Raw<String>>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

/// An edit whose fields have been checked. `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct ProfileEdit {
    /// The name others see.
    pub name: Option<PersonName>,
    /// The time zone, or that it is the browser's.
    pub time_zone: Option<Option<TimeZoneName>>,
}

impl ProfilePatch {
    /// Applies every rule; `find_zone` returns the time zone that is meant.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(
        self,
        find_zone: impl Fn(&TimeZoneName) -> Option<TimeZoneName>,
    ) -> Result<ProfileEdit, PublicError> {
        let mut faults = Faults::default();
        let name = match self.name {
            Raw::Missing => Some(None),
            raw => {
                let name = text(raw, "Name").and_then(|text| PersonName::parse(&text));
                faults.check("name", name).map(Some)
            }
        };
        let time_zone = match self.time_zone {
            None => Some(None),
            Some(raw) => faults.check("timeZone", time_zone(raw, find_zone)).map(Some),
        };
        refuse_unknown(&mut faults, &self.unknown);
        faults.finish(name.zip(time_zone).map(|(name, time_zone)| ProfileEdit { name, time_zone }))
    }
}

fn time_zone(
    raw: Raw<String>,
    find_zone: impl Fn(&TimeZoneName) -> Option<TimeZoneName>,
) -> Result<Option<TimeZoneName>, String> {
    match raw {
        Raw::Missing => Ok(None),
        Raw::Given(text) if text.trim().is_empty() => Ok(None),
        raw => {
            let zone = text(raw, "Time zone").and_then(|text| TimeZoneName::parse(&text))?;
            find_zone(&zone).map(Some).ok_or_else(|| TimeZoneName::UNKNOWN.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(body: &str) -> Result<ProfileEdit, PublicError> {
        let patch: ProfilePatch = serde_json::from_str(body).unwrap();
        patch.check(|zone| Some(zone.clone()).filter(|zone| zone.as_str() == "Europe/Berlin"))
    }

    #[test]
    fn a_time_zone_is_set_unset_or_left_alone() {
        let zone =
            |body| edit(body).unwrap().time_zone.map(|zone| zone.map(|zone| zone.to_string()));
        assert_eq!(zone("{}"), None);
        assert_eq!(zone(r#"{"timeZone":null}"#), Some(None));
        assert_eq!(zone(r#"{"timeZone":" "}"#), Some(None));
        assert_eq!(zone(r#"{"timeZone":"Europe/Berlin"}"#), Some(Some("Europe/Berlin".into())));
    }

    #[test]
    fn every_fault_of_a_profile_is_reported_at_once() {
        let error = edit(r#"{"name":" ","timeZone":"Mars/Olympus","role":"ADMIN","email":"x"}"#);
        let fields: Vec<_> = error.unwrap_err().fields.into_iter().map(|f| f.field).collect();
        assert_eq!(fields, ["name", "timeZone", "email", "role"]);
    }
}
