//! The document around every page.

use leptos::{html, nonce::use_nonce, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags};

use crate::{App, components::Theme, hand_over::SCRIPT};

/// The fonts of headings and text, preloaded together with the style sheet.
const FACES: [&str; 2] = ["/fonts/bricolage-grotesque-700.woff2", "/fonts/figtree.woff2"];
/// The colours that a phone paints around the page: `--color-base-100` in the style sheet.
const LIGHT: &str = "#ffffff";
const DARK: &str = "#18232a";

/// The HTML document. Its first element has the theme, so that no other colour flashes.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let theme = Theme::current();
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.attribute()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <DocumentHead options=options.clone() theme />
                <AutoReload options=options.clone() />
                <Code options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Our code, which starts after the first paint: until then the network and the processor serve the
/// content. Pages work without JavaScript until it has arrived.
#[component]
fn Code(options: LeptosOptions) -> impl IntoView {
    view! {
        // A template is neither fetched nor run.
        <template id="modules">
            <HydrationScripts options />
        </template>
        <script nonce=use_nonce()>{SCRIPT}</script>
    }
}

/// The part of the head that pages and failures outside of them share: theme, icons, fonts, style.
#[component]
pub(crate) fn DocumentHead(
    /// The options with the address of the style sheet.
    options: LeptosOptions,
    /// The theme chosen in this browser.
    theme: Theme,
) -> impl IntoView {
    let (on_light, on_dark) = match theme {
        Theme::System => (LIGHT, DARK),
        Theme::Light => (LIGHT, LIGHT),
        Theme::Dark => (DARK, DARK),
    };
    view! {
        <meta name="color-scheme" content=theme.attribute().unwrap_or("light dark") />
        {theme_color("(prefers-color-scheme: light)", on_light)}
        {theme_color("(prefers-color-scheme: dark)", on_dark)}
        <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
        <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
        <link rel="manifest" href="/manifest.webmanifest" />
        {FACES
            .map(|face| {
                view! {
                    <link
                        rel="preload"
                        r#as="font"
                        type="font/woff2"
                        href=face
                        crossorigin="anonymous"
                    />
                }
            })}
        <HashedStylesheet options id="style" />
    }
}

/// Not in the `view!` macro, which does not know the attribute `media` of `meta`.
fn theme_color(media: &'static str, color: &'static str) -> impl IntoView {
    html::meta().name("theme-color").content(color).attr("media", media)
}
