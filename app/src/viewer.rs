//! The viewer of the site: a user or a visitor.

use std::time::Duration;

use domain::User;
use leptos::{ev, prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;
use serde::{Deserialize, Serialize};

use crate::error::Failure;

/// How often the viewer is loaded again while a page is visible.
const POLL_EVERY: Duration = Duration::from_secs(30);

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
    /// The number of times that new messages were found since the mailbox was shown.
    pub arrivals: RwSignal<u64>,
}

impl CurrentViewer {
    /// Provides the viewer. Call inside the router, because it follows the address.
    pub(crate) fn provide() -> Self {
        let path = use_location().pathname;
        let resource = Resource::new_blocking(move || path.get(), |_| load_viewer());
        let current =
            Self { resource, last: StoredValue::default(), arrivals: RwSignal::default() };
        current.watch_other_tabs();
        current.poll();
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

    /// Loads the viewer again when the user returns to this tab.
    fn watch_other_tabs(self) {
        Effect::new(move || {
            let on_focus =
                window_event_listener(ev::focus, move |_| spawn_local(self.load_again()));
            on_cleanup(move || on_focus.remove());
        });
    }

    /// Loads the viewer again now and then while a user looks at the page, so that the header
    /// counts messages that arrive.
    fn poll(self) {
        Effect::new(move || {
            let load = move || {
                if self.last_known().is_some() && !document().hidden() {
                    spawn_local(self.load_again());
                }
            };
            if let Ok(timer) = set_interval_with_handle(load, POLL_EVERY) {
                on_cleanup(move || timer.clear());
            }
        });
    }

    /// Loads the viewer. If the user has logged out or another user has logged in in another tab
    /// meanwhile, the page is reloaded: it shows the data of the previous user, and its actions
    /// would be those of the new one.
    async fn load_again(self) {
        let Ok(now) = load_viewer().await else { return };
        // Leaving the site disposes the values.
        let Some(before) = self.last.try_get_value() else { return };
        let id = |viewer: &Viewer| viewer.user.as_ref().map(|user| user.id);
        if before.user.is_some() && id(&now) != id(&before) {
            // Reloading the current page cannot fail.
            let _ = window().location().reload();
            return;
        }
        if now.unread > before.unread {
            self.arrivals.update(|arrivals| *arrivals += 1);
        }
        // The header is rendered again: not for nothing, because it may have the focus.
        if now != before {
            self.resource.set(Some(Ok(now)));
        }
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
