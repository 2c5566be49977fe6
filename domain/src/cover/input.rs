//! The cover of a new or edited competition.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::Value;

use super::focus::{CoverFocus, cover_focus};
use crate::{
    AssetId, CoverAlt, Faults, Raw,
    account::{refuse_unknown_in, text},
    raw::FromJson,
};

/// The cover of a new or edited competition, unchecked.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", expecting = "an object")]
pub struct CoverInput {
    /// A picture that its organizer has uploaded.
    #[cfg_attr(feature = "openapi", schema(value_type = AssetId, required))]
    #[serde(default)]
    pub asset_id: Raw<String>,
    /// What the picture shows, for those who do not see it: one line, at most 250 characters.
    #[cfg_attr(feature = "openapi", schema(value_type = CoverAlt, required))]
    #[serde(default)]
    pub alt: Raw<String>,
    /// The part that stays in view where the picture is cropped; `CENTER` when it is absent or
    /// null.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<CoverFocus>))]
    #[serde(default)]
    pub focus: Raw<String>,
    /// Ignored, so that a cover that was read can be sent back.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 2048))]
    #[serde(default)]
    pub path: IgnoredAny,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

/// A cover that has been checked, apart from whether its picture exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CoverDraft {
    /// The picture.
    pub asset_id: AssetId,
    /// The text of a [`CoverAlt`].
    pub alt: String,
    /// The part that stays in view.
    pub focus: CoverFocus,
}

impl FromJson for CoverInput {
    fn from_json(value: Value) -> Option<Self> {
        serde_json::from_value(value).ok()
    }
}

/// Checks the cover of a competition; adds each fault. `Some(None)` is none.
pub(crate) fn cover(faults: &mut Faults, raw: Raw<CoverInput>) -> Option<Option<CoverDraft>> {
    match raw {
        Raw::Missing => Some(None),
        Raw::Given(input) => input.check(faults).map(Some),
        Raw::WrongType => {
            faults.add("cover", "Cover must be an object");
            None
        }
    }
}

impl CoverInput {
    fn check(self, faults: &mut Faults) -> Option<CoverDraft> {
        let asset_id = text(self.asset_id, "Picture").and_then(|id| {
            id.parse().map_err(|_| "Picture must be the id of one that you have uploaded".into())
        });
        let asset_id = faults.check("cover.assetId", asset_id);
        let alt = text(self.alt, "Description of the picture");
        let alt = faults.check("cover.alt", alt.and_then(|alt| CoverAlt::parse(&alt)));
        let focus = faults.check("cover.focus", cover_focus(&self.focus));
        refuse_unknown_in(faults, "cover.", &self.unknown);
        Some(CoverDraft { asset_id: asset_id?, alt: alt?.into_string(), focus: focus? })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ASSET: &str = "01939c2e-7b5a-7000-8000-000000000001";

    fn check(body: Value) -> Result<Option<CoverDraft>, Vec<String>> {
        let mut faults = Faults::default();
        let checked = cover(&mut faults, Raw::from_value(body));
        let fields =
            |error: crate::PublicError| error.fields.into_iter().map(|fault| fault.field).collect();
        faults.finish(checked).map_err(fields)
    }

    #[test]
    fn a_cover_shows_the_middle_of_its_picture_unless_a_focus_is_given() {
        let draft = check(json!({ "assetId": ASSET, "alt": " Two teams " })).unwrap().unwrap();
        assert_eq!((&*draft.alt, draft.focus), ("Two teams", CoverFocus::Center));
        let body = json!({ "assetId": ASSET, "alt": "x", "focus": "TOP_LEFT", "path": "/media" });
        assert_eq!(check(body).unwrap().unwrap().focus, CoverFocus::TopLeft);
        assert_eq!(check(Value::Null).unwrap(), None);
    }

    #[test]
    fn every_fault_of_a_cover_is_reported_at_once() {
        let body = json!({ "assetId": "x", "alt": "", "focus": "LOW", "color": "red" });
        let fields = ["cover.assetId", "cover.alt", "cover.focus", "cover.color"];
        assert_eq!(check(body).unwrap_err(), fields);
        assert_eq!(check(json!({})).unwrap_err(), fields[..2]);
        assert_eq!(check(json!("x")).unwrap_err(), ["cover"]);
    }

    #[test]
    fn a_focus_has_one_name_everywhere() {
        for focus in CoverFocus::ALL {
            assert_eq!(json!(focus), focus.as_str());
            assert_eq!(focus.as_str().parse(), Ok(focus));
        }
    }
}
