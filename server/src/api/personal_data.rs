//! The download of what is stored about the user.

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::{Stream, TryStreamExt, stream};
use service::personal_data::{self, DataPart, PersonalData};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{ApiRouter, responses::LoginOnly};
use crate::{AppState, auth::Owner, problem::Problem};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new().read(routes!(download_my_data))
}

/// Everything that is stored about a user, by kind: `account`, `registrations`, `messages` and so
/// on.
#[derive(ToSchema)]
#[schema(value_type = Object)]
#[expect(dead_code, reason = "describes the file, which is written in parts")]
struct DataFile(serde_json::Value);

/// Download my data
///
/// A JSON object with everything that is stored about the user: the account and its settings,
/// registrations with answers, messages, and for organizers their competitions, webhooks and
/// pictures. Passwords, tokens and secrets are not in it: only their hashes are stored, or they
/// would open the account.
#[utoipa::path(
    get, path = "/auth/me/data", tag = "accounts", security(("bearer" = [])),
    responses(
        (status = 200, description = "The file", body = DataFile, headers(("Content-Disposition")),
            example = json!({ "account": { "name": "Ada Lovelace" } })),
        LoginOnly,
    ),
)]
async fn download_my_data(
    State(state): State<AppState>,
    Owner(actor): Owner,
) -> Result<Response, Problem> {
    let data = personal_data::export(&state.ctx, &actor)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"mini-compete-data.json\""),
        ),
        // Personal data must not be cached.
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((headers, Body::from_stream(text(data))).into_response())
}

/// What has been written of the object.
struct Writer {
    data: PersonalData,
    /// The list that is open.
    list: Option<&'static str>,
    is_empty: bool,
    is_done: bool,
}

/// The text of the file in parts. An error aborts the download, so that a browser does not save an
/// incomplete file.
fn text(data: PersonalData) -> impl Stream<Item = Result<Bytes, service::Error>> {
    let writer = Writer { data, list: None, is_empty: true, is_done: false };
    let parts = stream::try_unfold(writer, async |mut writer: Writer| {
        if writer.is_done {
            return Ok(None);
        }
        let part = writer.data.next_part().await.inspect_err(|error| {
            let error = error as &dyn std::error::Error;
            tracing::error!(error, "a download of personal data was aborted");
        })?;
        let text = writer.write(part);
        Ok(Some((text, writer)))
    });
    parts.map_ok(Bytes::from)
}

impl Writer {
    /// The text of a part; `None` ends the object.
    fn write(&mut self, part: Option<DataPart>) -> String {
        let mut text = String::new();
        match part {
            Some(DataPart::Members(members)) => {
                for (name, value) in members {
                    self.member(&mut text, name);
                    text.push_str(&value.to_string());
                }
            }
            Some(DataPart::Items(name, items)) => {
                let mut is_first = self.list != Some(name);
                if is_first {
                    self.member(&mut text, name);
                    text.push('[');
                    self.list = Some(name);
                }
                for item in items {
                    if !std::mem::take(&mut is_first) {
                        text.push(',');
                    }
                    text.push_str("\n    ");
                    text.push_str(&item.to_string());
                }
            }
            None => {
                self.end_list(&mut text);
                text.push_str("\n}\n");
                self.is_done = true;
            }
        }
        text
    }

    /// Begins a member of the object.
    fn member(&mut self, text: &mut String, name: &str) {
        self.end_list(text);
        text.push_str(if std::mem::take(&mut self.is_empty) { "{" } else { "," });
        text.push_str("\n  \"");
        text.push_str(name);
        text.push_str("\": ");
    }

    fn end_list(&mut self, text: &mut String) {
        if self.list.take().is_some() {
            text.push(']');
        }
    }
}
