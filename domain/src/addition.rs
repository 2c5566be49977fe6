//! Adding a participant: the organizer registers another user.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

use crate::{
    Email, Faults, PublicError, Raw,
    account::{flag, refuse_unknown, text},
};

/// The body that adds a participant, unchecked.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({ "email": "participant1@minicompete.com", "addSeat": true }))
)]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct AdditionInput {
    /// The address of a participant's account, in any case.
    #[cfg_attr(feature = "openapi", schema(value_type = Email, required))]
    #[serde(default)]
    pub email: Raw<String>,
    /// Whether the capacity grows when no seat is free; `false` if missing.
    #[cfg_attr(feature = "openapi", schema(value_type = bool, default = false))]
    #[serde(default)]
    pub add_seat: Raw<bool>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

/// The participant whom an organizer adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addition {
    /// The address of the account.
    pub email: Email,
    /// Whether the capacity grows when no seat is free.
    pub adds_seat: bool,
}

impl AdditionInput {
    /// Applies every rule that needs no database.
    ///
    /// # Errors
    /// All faults at once.
    pub fn check(self) -> Result<Addition, PublicError> {
        let mut faults = Faults::default();
        let email = text(self.email, "Email").and_then(|text| Email::parse(&text));
        let email = faults.check("email", email);
        let adds_seat = faults.check("addSeat", flag(&self.add_seat, "Adding a seat"));
        refuse_unknown(&mut faults, &self.unknown);
        let addition = email.zip(adds_seat);
        faults.finish(addition.map(|(email, adds_seat)| Addition { email, adds_seat }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_fault_of_an_addition_is_reported_at_once() {
        let body = json!({ "email": "grace", "addSeat": "yes", "name": "Grace" });
        let input: AdditionInput = serde_json::from_value(body).unwrap();
        let faults = input.check().unwrap_err().fields;
        let fields: Vec<_> = faults.iter().map(|fault| &*fault.field).collect();
        assert_eq!(fields, ["email", "addSeat", "name"]);
    }

    #[test]
    fn an_addition_adds_no_seat_unless_it_says_so() {
        for (body, adds_seat) in [
            (json!({ "email": "grace@example.com" }), false),
            (json!({ "email": "grace@example.com", "addSeat": true }), true),
        ] {
            let input: AdditionInput = serde_json::from_value(body).unwrap();
            assert_eq!(input.check().unwrap().adds_seat, adds_seat);
        }
    }
}
