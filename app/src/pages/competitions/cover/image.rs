//! The cover of a competition as an image.

#[cfg(feature = "ssr")]
use domain::{CompetitionId, Cover, CoverFocus, PictureWidth};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The attributes of the image that shows a cover, or the pattern of a competition without one. The
/// server makes them, so that browsers load no code for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverPicture {
    /// The address of a picture for any screen.
    pub src: String,
    /// The addresses by width; a pattern has none.
    pub srcset: Option<String>,
    /// What the cover shows; empty for a pattern.
    pub alt: String,
    /// Keeps a part in view.
    pub class: String,
}

#[cfg(feature = "ssr")]
impl CoverPicture {
    /// The picture of a competition.
    pub(crate) fn of(competition: CompetitionId, cover: Option<&Cover>) -> Self {
        match cover {
            Some(Cover { asset_id, alt, focus, .. }) => {
                let path =
                    |width: PictureWidth| format!("{} {}w", width.path(*asset_id), width.pixels());
                Self {
                    src: PictureWidth::Medium.path(*asset_id),
                    srcset: Some(PictureWidth::ALL.map(path).join(", ")),
                    alt: alt.clone(),
                    class: format!("cover {}", focus_class(*focus)),
                }
            }
            None => Self {
                src: format!("/media/patterns/{competition}.svg"),
                srcset: None,
                alt: String::new(),
                class: "cover".to_owned(),
            },
        }
    }
}

/// The class that keeps this part in view.
#[cfg(feature = "ssr")]
fn focus_class(focus: CoverFocus) -> &'static str {
    match focus {
        CoverFocus::TopLeft => "cover-top-left",
        CoverFocus::Top => "cover-top",
        CoverFocus::TopRight => "cover-top-right",
        CoverFocus::Left => "cover-left",
        CoverFocus::Center => "cover-center",
        CoverFocus::Right => "cover-right",
        CoverFocus::BottomLeft => "cover-bottom-left",
        CoverFocus::Bottom => "cover-bottom",
        CoverFocus::BottomRight => "cover-bottom-right",
    }
}

/// The cover of a competition, or its pattern, cropped to the shape of its place.
#[component]
pub(crate) fn CoverImage(
    /// What it shows.
    picture: CoverPicture,
    /// The width on the page, as the attribute `sizes` has it.
    sizes: &'static str,
    /// When it is loaded: `lazy` for when it comes into view, or `eager`.
    loading: &'static str,
) -> impl IntoView {
    let CoverPicture { src, srcset, alt, class } = picture;
    let sizes = srcset.is_some().then_some(sizes);
    view! {
        <img
            class=class
            src=src
            srcset=srcset
            sizes=sizes
            alt=alt
            width="1600"
            height="800"
            loading=loading
            decoding="async"
        />
    }
}
