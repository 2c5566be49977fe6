//! Uploading a picture for texts.

use leptos::{
    prelude::*,
    server_fn::codec::{MultipartData, MultipartFormData},
};

use crate::error::Failure;

/// Stores a picture of the organizer's. Returns its path.
#[server(prefix = "/fn", endpoint = "upload_picture", input = MultipartFormData)]
pub async fn upload_picture(form: MultipartData) -> Result<String, Failure> {
    use domain::{ErrorCode, PublicError, Role, UserId};
    use service::assets;

    use super::PAGE;
    use crate::{
        next,
        ssr::{flash, form as forms, multipart::MultipartForm, request, response},
    };

    let (ctx, actor) = (request::context()?, request::actor()?);
    // Only the forms of organizers are received.
    if let Err(error) = actor.require_writer(Role::Organizer) {
        response::redirect_form(&next::login(PAGE));
        return Err(error.into());
    }
    let mut sent = MultipartForm::read(form, "picture").await?;
    let made_for = sent.text("made_for").parse::<UserId>().ok();
    let checked = forms::check_same_user(made_for, &actor);
    let outcome = forms::and_then_async(checked, async |()| {
        if sent.file.is_empty() {
            let message = "Choose a picture";
            return Err(
                PublicError::on_field(ErrorCode::ValidationFailed, "picture", message).into()
            );
        }
        assets::upload(&ctx, &actor, sent.file).await
    })
    .await;
    let asset = forms::redirect_back_with("upload_picture", PAGE, (), outcome).await?;
    flash::set("The picture is uploaded").await;
    response::redirect_form(PAGE);
    Ok(asset.path)
}
