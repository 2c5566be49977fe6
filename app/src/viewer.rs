//! The viewer of the site: a user or a visitor.

use domain::User;
use leptos::{ev, prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;
use serde::{Deserialize, Serialize};

use crate::error::Failure;

/// The viewer of the site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// The user; `None` for a visitor.
    pub user: Option<User>,
    /// The number of unread messages.
    pub unread: u64,
    /// Why messages are not mailed to the user; `None` if they are, or nobody is mailed anything.
    #[serde(default)]
    pub unmailed: Option<Unmailed>,
}

/// Why messages are not mailed to a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unmailed {
    /// The user has not verified the address.
    Unverified,
    /// Its mail server has refused the address.
    Refused,
}

/// The current viewer, which every page can read.
#[derive(Clone, Copy)]
pub(crate) struct CurrentViewer {
    /// Loaded again on every navigation, because a session can end at any time.
    pub resource: Resource<Result<Viewer, Failure>>,
    /// The last viewer that was loaded.
    last: StoredValue<Viewer>,
}

impl CurrentViewer {
    /// Provides the viewer. Call inside the router, because it follows the address.
    pub(crate) fn provide() -> Self {
        let path = use_location().pathname;
        let resource = Resource::new_blocking(move || path.get(), |_| load_viewer());
        let current = Self { resource, last: StoredValue::default() };
        current.watch_other_tabs();
        provide_context(current);
        current
    }

    /// The viewer, or the last known one while the server cannot be reached; a visitor at first.
    pub(crate) async fn known(self) -> Viewer {
        match self.resource.await {
            Ok(viewer) => {
                self.last.set_value(viewer.clone());
                viewer
            }
            Err(_) => self.last.get_value(),
        }
    }

    /// The last known user, without waiting.
    pub(crate) fn last_known(self) -> Option<User> {
        self.last.with_value(|viewer| viewer.user.clone())
    }

    /// Loads the viewer again when the user returns to this tab. If the user has logged out or
    /// another user has logged in in another tab meanwhile, the page is reloaded: it shows the data
    /// of the previous user, and its actions would be those of the new one.
    fn watch_other_tabs(self) {
        Effect::new(move || {
            let on_focus = window_event_listener(ev::focus, move |_| {
                spawn_local(async move {
                    let Ok(now) = load_viewer().await else { return };
                    let id = |viewer: &Viewer| viewer.user.as_ref().map(|user| user.id);
                    let before = self.last.with_value(id);
                    if before.is_some() && id(&now) != before {
                        // Reloading the current page cannot fail.
                        let _ = window().location().reload();
                    } else {
                        self.resource.set(Some(Ok(now)));
                    }
                });
            });
            on_cleanup(move || on_focus.remove());
        });
    }

    /// Loads the viewer again after each response to an action that changes the number of unread
    /// messages.
    pub(crate) fn follow(self, version: impl Into<Signal<usize>>) {
        let version = version.into();
        Effect::watch(move || version.get(), move |_, _, _| self.resource.refetch(), false);
    }
}

/// Loads the viewer.
#[server(prefix = "/fn", endpoint = "viewer")]
pub async fn load_viewer() -> Result<Viewer, Failure> {
    use crate::ssr::request;

    let (ctx, actor) = (request::context()?, request::actor()?);
    let Some(user) = actor.try_user() else { return Ok(Viewer::default()) };
    let unread = service::mail::mailbox::unread_count(&ctx, &actor).await?;
    let unmailed = match (user.email_refused, user.email_verified) {
        _ if !ctx.sends_mail() => None,
        (true, _) => Some(Unmailed::Refused),
        (false, false) => Some(Unmailed::Unverified),
        (false, true) => None,
    };
    Ok(Viewer { user: Some(user.clone()), unread, unmailed })
}
