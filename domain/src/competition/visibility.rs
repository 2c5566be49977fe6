//! Who can see a competition, and who can find it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{PublicError, Raw, UserId};

/// Who can see a competition, and who can find it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
#[cfg_attr(
    feature = "sea-orm",
    sea_orm(rs_type = "String", db_type = "Text", rename_all = "UPPERCASE")
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Visibility {
    /// Its organizer sees it.
    Draft,
    /// Everyone with the link sees it. No list, search or count has it.
    Unlisted,
    /// Everyone finds it.
    #[default]
    Public,
}

impl Visibility {
    /// Every visibility there is.
    pub const ALL: [Self; 3] = [Self::Draft, Self::Unlisted, Self::Public];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Unlisted => "UNLISTED",
            Self::Public => "PUBLIC",
        }
    }

    /// Whether only its organizer sees the competition.
    pub fn is_draft(self) -> bool {
        self == Self::Draft
    }

    /// Refuses a viewer who may not see the competition of this organizer, as if it did not exist;
    /// `None` is a visitor.
    ///
    /// # Errors
    /// [`crate::ErrorCode::CompetitionNotFound`] for a draft of another organizer.
    pub fn visible_to(self, viewer: Option<UserId>, organizer: UserId) -> Result<(), PublicError> {
        if self.is_draft() && viewer != Some(organizer) {
            return Err(PublicError::competition_not_found());
        }
        Ok(())
    }
}

impl fmt::Display for Visibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Visibility {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|visibility| visibility.as_str() == text);
        found.ok_or_else(|| "Visibility must be DRAFT, UNLISTED or PUBLIC".into())
    }
}

/// The visibility of a new competition is [`Visibility::Public`] unless it is given.
pub(super) fn visibility(raw: &Raw<String>) -> Result<Visibility, String> {
    match raw {
        Raw::Missing => Ok(Visibility::default()),
        Raw::WrongType => "".parse(),
        Raw::Given(text) => text.parse(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;
    use crate::{CompetitionInput, CompetitionPatch, ErrorCode};

    fn create(visibility: Value) -> Result<Visibility, PublicError> {
        let body = json!({
            "title": "Chess", "description": "Seven rounds", "capacity": 5,
            "regDeadline": "2026-11-24T12:00:00Z", "visibility": visibility,
        });
        let input: CompetitionInput = serde_json::from_value(body).unwrap();
        let new =
            input.check("2026-11-23T12:00:00Z".parse().unwrap(), |zone| Some(zone.clone()))?;
        Ok(new.visibility)
    }

    fn edit(body: Value) -> Result<Option<Visibility>, PublicError> {
        let patch: CompetitionPatch = serde_json::from_value(body).unwrap();
        Ok(patch.check(|zone| Some(zone.clone()))?.visibility)
    }

    #[test]
    fn names_are_the_same_on_the_wire_and_in_text() {
        for visibility in Visibility::ALL {
            assert_eq!(json!(visibility), visibility.as_str());
            assert_eq!(visibility.to_string().parse(), Ok(visibility));
        }
    }

    #[test]
    fn a_competition_is_public_and_stays_as_it_is_unless_the_request_says_otherwise() {
        assert_eq!(create(Value::Null).unwrap(), Visibility::Public);
        assert_eq!(edit(json!({})).unwrap(), None);
        assert_eq!(edit(json!({ "visibility": null })).unwrap(), None);
        for visibility in Visibility::ALL {
            assert_eq!(create(json!(visibility)).unwrap(), visibility);
            let edited = edit(json!({ "visibility": visibility })).unwrap();
            assert_eq!(edited, Some(visibility));
        }
    }

    #[test]
    fn an_unknown_visibility_is_a_fault_of_its_field() {
        for wrong in [json!("HIDDEN"), json!("draft"), json!(""), json!(1)] {
            let body = json!({ "visibility": wrong });
            for error in [create(wrong.clone()).unwrap_err(), edit(body).unwrap_err()] {
                assert_eq!(error.code, ErrorCode::ValidationFailed, "{wrong}");
                assert_eq!(error.fields[0].field, "visibility", "{wrong}");
                assert_eq!(error.fields[0].message, "Visibility must be DRAFT, UNLISTED or PUBLIC");
            }
        }
    }

    #[test]
    fn a_draft_is_visible_to_its_organizer_only() {
        let [ada, eve] = [1, 2].map(|number| UserId(Uuid::from_u128(number)));
        for visibility in Visibility::ALL {
            let sees = |viewer| visibility.visible_to(viewer, ada).is_ok();
            let is_shown = visibility != Visibility::Draft;
            assert_eq!([Some(ada), Some(eve), None].map(sees), [true, is_shown, is_shown]);
        }
    }
}
