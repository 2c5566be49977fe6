//! The public address of the site.

/// The public address of the site, without a slash at the end: `https://compete.example`.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug)]
pub struct SiteUrl(pub std::sync::Arc<str>);

#[cfg(feature = "ssr")]
impl SiteUrl {
    /// Whether the site is served through https.
    pub(crate) fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

/// The absolute address of a path.
pub(crate) fn absolute(path: &str) -> String {
    format!("{}{path}", site_url())
}

#[cfg(feature = "ssr")]
fn site_url() -> String {
    leptos::prelude::use_context::<SiteUrl>().map(|url| url.0.to_string()).unwrap_or_default()
}

/// In the browser the origin of the page is the public address.
#[cfg(not(feature = "ssr"))]
fn site_url() -> String {
    leptos::prelude::window().location().origin().unwrap_or_default()
}
