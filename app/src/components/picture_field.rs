//! Choosing a picture to upload.

use leptos::prelude::*;

use super::FieldError;
use crate::form::FormError;

/// The files that are pictures, as `accept` has them.
pub(crate) const PICTURES: &str = "image/jpeg,image/png,image/webp";

/// A field for a picture, with the name `picture`.
#[component]
pub(crate) fn PictureField(
    /// The label.
    label: &'static str,
    /// The error of the form.
    error: FormError,
) -> impl IntoView {
    view! {
        <div class="grid gap-1.5">
            <label for="picture" class="font-semibold">
                {label}
            </label>
            <p id="picture-hint" class="text-sm text-muted">
                "JPEG, PNG or WebP, at most 8 MB, at least 480 by 200 pixels. Location and camera \
                    details are removed."
            </p>
            <FieldError id="picture" error />
            <input
                class="input"
                id="picture"
                name="picture"
                type="file"
                accept=PICTURES
                aria-describedby="picture-hint picture-error"
            />
        </div>
    }
}
