//! Who looks at the site.

use domain::User;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use serde::{Deserialize, Serialize};

use crate::error::Failure;

/// Who looks at the site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// The user, if somebody is signed in.
    pub user: Option<User>,
    /// Messages in their mailbox that they have not opened.
    pub unread: u64,
}

/// Who looks at the site, known to every page.
#[derive(Clone, Copy)]
pub(crate) struct CurrentViewer {
    /// Loaded again at every change of page, for a session can end at any time.
    pub resource: Resource<Result<Viewer, Failure>>,
}

impl CurrentViewer {
    /// Makes the viewer known. Inside the router, for it follows the address.
    pub(crate) fn provide() -> Self {
        let path = use_location().pathname;
        let resource = Resource::new_blocking(move || path.get(), |_| load_viewer());
        let current = Self { resource };
        provide_context(current);
        current
    }

    /// Loads the viewer again after each answer of an action that changed what the head of the page counts.
    pub(crate) fn follow(self, version: impl Into<Signal<usize>>) {
        let version = version.into();
        Effect::watch(move || version.get(), move |_, _, _| self.resource.refetch(), false);
    }
}

/// Who looks at the site.
#[server(prefix = "/fn", endpoint = "viewer")]
pub async fn load_viewer() -> Result<Viewer, Failure> {
    use crate::ssr::request;

    let actor = request::actor()?;
    let unread = match actor.try_user() {
        Some(_) => service::mailbox::unread_count(&request::context()?, &actor).await?,
        None => 0,
    };
    Ok(Viewer { user: actor.try_user().cloned(), unread })
}
