//! Who looks at the site.

use domain::User;
use leptos::{ev, prelude::*, task::spawn_local};
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
    /// Who it was when that was known last.
    last: StoredValue<Viewer>,
}

impl CurrentViewer {
    /// Makes the viewer known. Inside the router, for it follows the address.
    pub(crate) fn provide() -> Self {
        let path = use_location().pathname;
        let resource = Resource::new_blocking(move || path.get(), |_| load_viewer());
        let current = Self { resource, last: StoredValue::default() };
        current.watch_other_tabs();
        provide_context(current);
        current
    }

    /// Who it is, or was when the server could be reached; until then somebody who has not signed in.
    pub(crate) async fn known(self) -> Viewer {
        match self.resource.await {
            Ok(viewer) => {
                self.last.set_value(viewer.clone());
                viewer
            }
            Err(_) => self.last.get_value(),
        }
    }

    /// Looks again when somebody comes back to this page. If another tab has signed them out meanwhile, or somebody else
    /// in, the page is loaded anew: what it shows is not theirs, and what is done on it would be done by another.
    fn watch_other_tabs(self) {
        Effect::new(move || {
            let coming_back = window_event_listener(ev::focus, move |_| {
                spawn_local(async move {
                    let Ok(now) = load_viewer().await else { return };
                    let id = |viewer: &Viewer| viewer.user.as_ref().map(|user| user.id);
                    let before = self.last.with_value(id);
                    if before.is_some() && id(&now) != before {
                        // Nothing refuses to load a page that was loaded before.
                        let _ = window().location().reload();
                    } else {
                        self.resource.set(Some(Ok(now)));
                    }
                });
            });
            on_cleanup(move || coming_back.remove());
        });
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
