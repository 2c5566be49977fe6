//! Restoring the scroll position.

use std::collections::HashMap;

use leptos::{ev, prelude::*};

/// The scroll position of each address, restored when the user goes back. The browser would restore
/// it at once, before the content is loaded.
#[derive(Clone, Copy)]
pub(crate) struct ScrollMemory {
    /// In CSS pixels from the top, by address.
    left: StoredValue<HashMap<String, f64>>,
    /// The position to restore, until it is reached or the user scrolls.
    wanted: StoredValue<Option<f64>>,
}

impl ScrollMemory {
    /// Starts to record positions.
    pub(crate) fn provide() {
        let memory = Self { left: StoredValue::default(), wanted: StoredValue::default() };
        provide_context(memory);
        Effect::new(move || memory.listen());
    }

    fn listen(self) {
        let scrolled = window_event_listener(ev::scroll, move |_| {
            if self.wanted.get_value().is_none() {
                self.left.update_value(|left| {
                    left.insert(address(), scroll_y());
                });
            }
        });
        let travelled = window_event_listener(ev::popstate, move |_| {
            self.wanted.set_value(self.left.with_value(|left| left.get(&address()).copied()));
        });
        let stop = move || self.wanted.set_value(None);
        let pointed = window_event_listener(ev::pointerdown, move |_| stop());
        let wheeled = window_event_listener(ev::wheel, move |_| stop());
        let typed = window_event_listener(ev::keydown, move |_| stop());
        on_cleanup(move || {
            for listener in [scrolled, travelled, pointed, wheeled, typed] {
                listener.remove();
            }
        });
    }

    /// Whether the user has gone back to an address whose position is still to be restored.
    pub(crate) fn is_restoring() -> bool {
        use_context().is_some_and(|Self { wanted, .. }| wanted.get_value().is_some())
    }

    /// Scrolls to the position to restore. Called when content appears that was loaded after the
    /// page.
    pub(crate) fn restore() {
        let Some(Self { wanted, .. }) = use_context() else { return };
        Effect::new(move || {
            request_animation_frame(move || {
                let Some(Some(y)) = wanted.try_get_value() else { return };
                window().scroll_to_with_x_and_y(0.0, y);
                if (scroll_y() - y).abs() < 1.0 {
                    wanted.set_value(None);
                }
            });
        });
    }
}

fn address() -> String {
    // A document that runs code has an address.
    location().href().unwrap_or_default()
}

fn scroll_y() -> f64 {
    window().scroll_y().unwrap_or_default()
}
