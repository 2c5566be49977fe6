//! Pages that links in mails lead to.

use serde::Serialize;

use super::{
    request::{self, RequestKind},
    response,
};
use crate::error::Failure;

/// Moves the key of a link from the address of its page to the session at once, because the address
/// stays in the history of the browser and is sent to other sites. The session has it as `name`.
pub(crate) async fn keep_key(name: &str, key: impl Serialize, page: &str) -> Result<(), Failure> {
    // Only here: on a page without referrer, browsers without Fetch Metadata send forms with the
    // origin `null`, which is refused as that of another site.
    response::no_referrer();
    request::session()?.put_secret(name, key).await?;
    if request::kind() == RequestKind::Page {
        response::redirect_page(page);
    }
    Ok(())
}
