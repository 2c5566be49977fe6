//! Toasts: short messages about the last action, in a corner of the page.

use std::time::Duration;

use leptos::{
    ev::MouseEvent, html::Div, leptos_dom::helpers::IntervalHandle, prelude::*,
    server_fn::ServerFn, task::spawn_local,
};
use leptos_router::hooks::use_location;
use web_sys::HtmlDivElement;

use super::{Awaited, Icon, Shape, focus};
use crate::{error::Failure, next};

/// The pending messages; each is returned once.
#[server(prefix = "/fn", endpoint = "toasts")]
pub async fn take_toasts() -> Result<Vec<String>, Failure> {
    crate::ssr::flash::take().await
}

/// The messages that arrived while the page was open, oldest first.
#[derive(Clone, Copy)]
pub(crate) struct Toasts(RwSignal<Vec<String>>);

impl Toasts {
    /// Called once, for all pages.
    pub(crate) fn provide() {
        provide_context(Self(RwSignal::new(Vec::new())));
    }

    /// Shows the message of this action each time it succeeds.
    pub(crate) fn after<S>(action: ServerAction<S>)
    where
        S: ServerFn<Error = Failure> + Clone + Send + Sync + 'static,
        S::Output: Clone + Send + Sync + 'static,
    {
        let (version, value) = (action.version(), action.value());
        let done = move || {
            let is_done = value.with_untracked(|value| matches!(value, Some(Ok(_))));
            version.get() > 0 && is_done
        };
        Self::when(Signal::derive(done), version.into());
    }

    /// Shows the message of each response that this is true for, by the number of responses.
    pub(crate) fn when(done: Signal<bool>, version: Signal<usize>) {
        let Self(shown) = expect_context();
        Effect::new(move || {
            version.track();
            if done.get() {
                spawn_local(async move {
                    // A lost message is no failure, because the page shows the result as well.
                    let messages = take_toasts().await.unwrap_or_default();
                    shown.update(|shown| shown.extend(messages));
                });
            }
        });
    }
}

/// The live region of the messages. It is always there, because screen readers announce changes
/// inside an existing live region.
#[component]
pub(crate) fn Toaster() -> impl IntoView {
    let Toasts(shown) = expect_context();
    let came_with_page = Resource::new_blocking(|| (), |()| take_toasts());
    let first = move || async move {
        let toast = |words: String| view! { <Toast words /> };
        came_with_page.await.unwrap_or_default().into_iter().map(toast).collect_view()
    };
    view! {
        <div role="status" class="toasts">
            <Awaited content=first />
            <For
                each=move || shown.get().into_iter().enumerate()
                key=|(index, _)| *index
                let((_, words))
            >
                <Toast words />
            </For>
        </div>
    }
}

/// How long a message stays, and the pause between checks whether it is still in use.
const STAYS: Duration = Duration::from_secs(10);

/// One message. It leaves after a time, which starts anew once neither pointer nor focus is on it,
/// so that a slow reader can finish. Without JavaScript it stays; dismissing it loads the page
/// again, which does not return the message twice.
#[component]
fn Toast(words: String) -> impl IntoView {
    let (is_shown, set_shown) = signal(true);
    let location = use_location();
    let timer = StoredValue::new(None::<IntervalHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    let card = NodeRef::<Div>::new();
    let is_used = move || {
        let is_used = |card: HtmlDivElement| card.matches(":hover, :focus-within").unwrap_or(true);
        card.get_untracked().is_some_and(is_used)
    };
    let start = move || {
        stop();
        // Without a timer the message stays.
        let tick = move || {
            if !is_used() {
                set_shown.set(false);
                stop();
            }
        };
        timer.set_value(set_interval_with_handle(tick, STAYS).ok());
    };
    Effect::new(start);
    on_cleanup(stop);
    let dismiss = move |event: MouseEvent| {
        event.prevent_default();
        set_shown.set(false);
        // The focused link is gone.
        if let Some(main) = document().get_element_by_id("main") {
            focus(main);
        }
    };
    view! {
        <div
            class="toast-card"
            class:hidden=move || !is_shown.get()
            node_ref=card
            on:pointerleave=move |_| start()
            on:focusout=move |_| start()
        >
            <Icon shape=Shape::Tick />
            <p dir="auto">{words}</p>
            <a
                class="toast-close"
                href=move || next::here(&location)
                aria-label="Dismiss this message"
                rel="external"
                on:click=dismiss
            >
                <Icon shape=Shape::Cross />
            </a>
        </div>
    }
}
