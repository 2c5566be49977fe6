//! The fields of the form.

#[cfg(feature = "ssr")]
use domain::{AssetId, Competition, CoverFocus, CoverInput, PictureWidth, PublicError};
use serde::{Deserialize, Serialize};

/// The fields of the form, as they are saved or were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedCover {
    /// The id of the picture: of the saved cover, or one that was uploaded with a form that was
    /// refused; empty if there is none.
    pub asset: String,
    /// The address of the picture.
    pub preview: String,
    /// What it shows.
    pub alt: String,
    /// The part that stays in view.
    pub focus: String,
    /// The version of the competition that the form is based on.
    pub version: u32,
}

/// A part of the picture that can stay in view, and its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FocusChoice {
    /// What is sent.
    pub value: String,
    /// For those who do not see where it is.
    pub name: String,
}

#[cfg(feature = "ssr")]
impl TypedCover {
    /// The fields with what is saved.
    pub(super) fn saved(competition: &Competition) -> Self {
        let version = competition.version;
        match &competition.cover {
            Some(cover) => Self {
                alt: cover.alt.clone(),
                focus: cover.focus.to_string(),
                version,
                ..Self::default()
            }
            .with(cover.asset_id),
            None => Self { focus: CoverFocus::default().to_string(), version, ..Self::default() },
        }
    }

    /// The same with this picture.
    pub(super) fn with(self, asset: AssetId) -> Self {
        Self { asset: asset.to_string(), preview: PictureWidth::Medium.path(asset), ..self }
    }

    /// The cover that is typed.
    pub(super) fn input(&self) -> CoverInput {
        CoverInput {
            asset_id: self.asset.clone().into(),
            alt: self.alt.clone().into(),
            focus: self.focus.clone().into(),
            ..CoverInput::default()
        }
    }
}

#[cfg(feature = "ssr")]
impl FocusChoice {
    /// All of them, row by row.
    pub(super) fn all() -> Vec<Self> {
        let choice = |focus: CoverFocus| {
            let words = focus.as_str().replace('_', " ").to_lowercase();
            Self { value: focus.to_string(), name: words }
        };
        CoverFocus::ALL.map(choice).into()
    }
}

/// The error with the faults of a cover at the fields of the form.
#[cfg(feature = "ssr")]
pub(super) fn as_shown(mut error: PublicError, has_picture: bool) -> PublicError {
    for fault in &mut error.fields {
        let (field, message) = match &*fault.field {
            "cover.assetId" if has_picture => ("picture", Some("Choose the picture again")),
            "cover.assetId" => ("picture", Some("Choose a picture")),
            "cover.alt" => ("alt", None),
            "cover.focus" => ("focus", Some("Choose the part that stays in view")),
            _ => continue,
        };
        fault.field = field.to_owned();
        if let Some(message) = message {
            message.clone_into(&mut fault.message);
        }
    }
    error
}
