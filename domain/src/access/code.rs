//! The access codes of a competition.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::Value;

use crate::{
    AccessCode, Faults, Raw,
    account::{refuse_unknown_in, text},
    raw::FromJson,
};

/// The most access codes of a competition, those of its invitations apart.
pub const MAX_ACCESS_CODES: usize = 50;
/// The highest number of uses of an access code.
const MAX_USES: u32 = 1_000_000;

/// An access code of a new or edited competition, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct AccessCodeInput {
    /// What participants type, in upper or lower case.
    #[cfg_attr(feature = "openapi", schema(value_type = AccessCode, required))]
    #[serde(default)]
    pub code: Raw<String>,
    /// How many registrations can be active with it, 1 to 1,000,000; any number when it is absent
    /// or null.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<u32>, minimum = 1, maximum = 1000000)
    )]
    #[serde(default)]
    pub max_uses: Raw<i64>,
    /// Ignored, so that an [`AccessCodeUse`] that was read can be sent back.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u32>))]
    #[serde(default)]
    pub uses: IgnoredAny,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

/// An access code that has been checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccessCodeDraft {
    /// The text of an [`AccessCode`].
    pub code: String,
    /// How many registrations can be active with it: 1 to 1,000,000; `None` for any number.
    pub max_uses: Option<u32>,
}

impl AccessCodeDraft {
    /// Whether one more registration can be made with it when `uses` are active.
    pub fn admits_after(&self, uses: u64) -> bool {
        self.max_uses.is_none_or(|max| uses < u64::from(max))
    }
}

/// An access code of a competition, as its organizer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AccessCodeUse {
    /// What participants type.
    #[cfg_attr(feature = "openapi", schema(example = "EARLY-BIRD"))]
    pub code: String,
    /// How many registrations can be active with it; `null` for any number.
    #[cfg_attr(feature = "openapi", schema(required, example = 20))]
    pub max_uses: Option<u32>,
    /// How many are: registrations with a seat, on the waiting list, or waiting for approval.
    #[cfg_attr(feature = "openapi", schema(example = 3))]
    pub uses: u32,
}

impl FromJson for Vec<AccessCodeInput> {
    fn from_json(value: Value) -> Option<Self> {
        serde_json::from_value(value).ok()
    }
}

/// Checks the access codes of a competition; adds each fault.
pub(crate) fn access_codes(
    faults: &mut Faults,
    raw: Raw<Vec<AccessCodeInput>>,
) -> Option<Vec<AccessCodeDraft>> {
    let inputs = match raw {
        Raw::Missing => return Some(Vec::new()),
        Raw::Given(inputs) if inputs.len() <= MAX_ACCESS_CODES => inputs,
        Raw::Given(_) => {
            faults.add("accessCodes", format!("Access codes must be at most {MAX_ACCESS_CODES}"));
            return None;
        }
        Raw::WrongType => {
            faults.add("accessCodes", "Access codes must be a list of objects");
            return None;
        }
    };
    let mut checked: Vec<AccessCodeDraft> = Vec::with_capacity(inputs.len());
    let mut is_whole = true;
    for (index, input) in inputs.into_iter().enumerate() {
        match input.check(index, faults) {
            Some(draft) if checked.iter().any(|earlier| earlier.code == draft.code) => {
                faults.add(&field(index, "code"), "This access code is in the list already");
                is_whole = false;
            }
            Some(draft) => checked.push(draft),
            None => is_whole = false,
        }
    }
    is_whole.then_some(checked)
}

/// The name of a field of the access code at `index` in errors.
fn field(index: usize, name: &str) -> String {
    format!("accessCodes.{index}.{name}")
}

impl AccessCodeInput {
    fn check(self, index: usize, faults: &mut Faults) -> Option<AccessCodeDraft> {
        let code = text(self.code, "Access code").and_then(|text| AccessCode::parse(&text));
        let code = faults.check(&field(index, "code"), code);
        let max_uses = faults.check(&field(index, "maxUses"), max_uses(&self.max_uses));
        refuse_unknown_in(faults, &field(index, ""), &self.unknown);
        Some(AccessCodeDraft { code: code?.into_string(), max_uses: max_uses? })
    }
}

fn max_uses(raw: &Raw<i64>) -> Result<Option<u32>, String> {
    let number = match raw {
        Raw::Missing => return Ok(None),
        Raw::Given(number) => u32::try_from(*number).ok(),
        Raw::WrongType => None,
    };
    match number.filter(|number| (1..=MAX_USES).contains(number)) {
        Some(number) => Ok(Some(number)),
        None => Err(format!("Uses must be a whole number from 1 to {MAX_USES}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(codes: &Value) -> Result<Vec<AccessCodeDraft>, Vec<String>> {
        let mut faults = Faults::default();
        let checked = access_codes(&mut faults, Raw::from_value(codes.clone()));
        let fields =
            |error: crate::PublicError| error.fields.into_iter().map(|fault| fault.field).collect();
        faults.finish(checked).map_err(fields)
    }

    #[test]
    fn access_codes_have_any_number_of_uses_unless_it_is_given() {
        let codes = check(&json!([{ "code": "early-bird" }, { "code": "VIP1", "maxUses": "3" }]));
        let codes = codes.unwrap();
        assert_eq!((&*codes[0].code, codes[0].max_uses), ("EARLY-BIRD", None));
        assert_eq!(codes[1].max_uses, Some(3));
        assert!(codes[0].admits_after(u64::MAX));
        assert!(codes[1].admits_after(2));
        assert!(!codes[1].admits_after(3));
        let read = json!([{ "code": "VIP1", "maxUses": null, "uses": 7 }]);
        assert_eq!(check(&read).unwrap()[0].max_uses, None);
        assert_eq!(check(&Value::Null).unwrap(), []);
    }

    #[test]
    fn every_fault_of_access_codes_is_reported_at_once() {
        let codes = json!([
            { "code": "A", "maxUses": 0 },
            { "maxUses": 1_000_001 },
            { "code": "VIP1", "color": "red" },
            { "code": "vip1" },
        ]);
        assert_eq!(
            check(&codes).unwrap_err(),
            [
                "accessCodes.0.code",
                "accessCodes.0.maxUses",
                "accessCodes.1.code",
                "accessCodes.1.maxUses",
                "accessCodes.2.color",
                "accessCodes.3.code",
            ]
        );
        assert_eq!(check(&json!("VIP1")).unwrap_err(), ["accessCodes"]);
        let many: Vec<_> =
            (0..=MAX_ACCESS_CODES).map(|n| json!({ "code": format!("CODE{n}") })).collect();
        assert_eq!(check(&many.into()).unwrap_err(), ["accessCodes"]);
    }
}
