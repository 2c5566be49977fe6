//! How the world reaches the site.

/// How the world reaches the site, without a slash at the end: `https://compete.example`.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug)]
pub struct SiteUrl(pub std::sync::Arc<str>);

#[cfg(feature = "ssr")]
impl SiteUrl {
    /// Whether browsers reach the site through https.
    pub(crate) fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

/// The whole address of a path of ours, as other sites need it.
pub(crate) fn absolute(path: &str) -> String {
    format!("{}{path}", site_url())
}

#[cfg(feature = "ssr")]
fn site_url() -> String {
    leptos::prelude::use_context::<SiteUrl>().map(|url| url.0.to_string()).unwrap_or_default()
}

/// What the server wrote stays as it was written; whoever comes through here has reached us already.
#[cfg(not(feature = "ssr"))]
fn site_url() -> String {
    leptos::prelude::window().location().origin().unwrap_or_default()
}
