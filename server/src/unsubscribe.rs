//! `POST /unsubscribe/{key}/{kind}`: one click in a mail program (RFC 8058).

use axum::{
    Router,
    extract::{Path, State},
    routing,
};
use domain::MailChannel;
use service::mail_preferences;

use crate::{AppState, problem::Problem};

/// What the paths of links in mails begin with.
pub(crate) const UNSUBSCRIBE: &str = "/unsubscribe/";

/// A browser shows the page of the same path, which asks first.
pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/unsubscribe/{key}/{kind}", routing::post(unsubscribe))
}

/// The mail program of the recipient, or its provider, sends this. The key in the path is the
/// permission; the body says nothing else.
async fn unsubscribe(
    State(state): State<AppState>,
    Path((key, kind)): Path<(String, String)>,
) -> Result<&'static str, Problem> {
    let kind = mail_preferences::kind_of_link(&kind)?;
    mail_preferences::set_channel(&state.ctx, &key, kind, MailChannel::Mailbox).await?;
    Ok("You get no more mails of this kind.\n")
}
