//! What a browser may load and run: <https://www.w3.org/TR/CSP3/>.

use axum::http::{HeaderValue, header};
use leptos::{nonce::use_nonce, prelude::use_context};
use leptos_axum::ResponseOptions;

/// For what is no page: nothing at all.
const NOTHING: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The pages that explain the API. Swagger UI's scripts are files of ours; it writes styles into the page, which no
/// nonce can cover. They are only shown what is in our own description, and hold nobody's data.
const DOCS: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";
/// Where they are.
const DOCS_PATH: &str = "/api/docs";

/// The policy of an answer that has none of its own.
pub(super) fn without_scripts(path: &str) -> &'static str {
    if path.starts_with(DOCS_PATH) { DOCS } else { NOTHING }
}

/// The policy of pages.
#[derive(Clone, Debug, Default)]
pub(crate) struct PagePolicy {
    /// Where `cargo leptos watch` tells that something has changed, if it watches.
    reload: String,
}

impl PagePolicy {
    /// `reload_port` is that of `cargo leptos watch`, if it started this program.
    pub(crate) fn new(reload_port: Option<u32>) -> Self {
        let reload =
            reload_port.map(|port| format!(" ws://localhost:{port} ws://127.0.0.1:{port}"));
        Self { reload: reload.unwrap_or_default() }
    }

    /// Announces the policy of the page that is being rendered; to be called where Leptos provides its contexts. Does
    /// nothing in a server function.
    pub(crate) fn announce(&self) {
        let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else {
            return;
        };
        if let Ok(policy) = HeaderValue::from_str(&self.with_nonce(&nonce)) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }

    /// The one inline script, which starts hydration, carries the nonce; it imports a file of ours, hence 'self'.
    /// 'strict-dynamic' would do as well, but then nothing may be announced for loading ahead. WebAssembly is compiled
    /// in the page.
    fn with_nonce(&self, nonce: &str) -> String {
        let Self { reload } = self;
        format!(
            "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
             img-src 'self' data:; connect-src 'self'{reload}; object-src 'none'; base-uri 'none'; \
             form-action 'self'; frame-ancestors 'none'"
        )
    }
}
