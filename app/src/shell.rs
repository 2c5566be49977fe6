//! The document around every page.

use leptos::{html, nonce::use_nonce, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags};

use crate::{App, components::Theme, hand_over::SCRIPT};

/// The faces of headings and of text, which are fetched along with the style sheet that asks for them.
const FACES: [&str; 2] = ["/fonts/bricolage-grotesque-700.woff2", "/fonts/figtree.woff2"];
/// What a phone paints around the page: the colours of its head, `--color-base-100` in the style sheet.
const LIGHT: &str = "#ffffff";
const DARK: &str = "#18232a";

/// The HTML document. It says in its first line whether it is light or dark, so that nothing flashes.
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

/// Our code, which takes over once the page has been painted: until then the network and the processor are for what can be
/// read. Until it has arrived, pages work as they do without JavaScript.
#[component]
fn Code(options: LeptosOptions) -> impl IntoView {
    view! {
        // Neither fetched nor run in here.
        <template id="code">
            <HydrationScripts options />
        </template>
        <script nonce=use_nonce()>{SCRIPT}</script>
    }
}

/// What the pages and the failures outside of them share: colours, mark, face and style.
#[component]
pub(crate) fn DocumentHead(
    /// Where the style sheet is.
    options: LeptosOptions,
    /// What was chosen in this browser.
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
                view! { <link rel="preload" r#as="font" type="font/woff2" href=face crossorigin="anonymous" /> }
            })}
        <HashedStylesheet options id="style" />
    }
}

/// The `view!` macro knows no `media` of a `meta`.
fn theme_color(media: &'static str, color: &'static str) -> impl IntoView {
    html::meta().name("theme-color").content(color).attr("media", media)
}
