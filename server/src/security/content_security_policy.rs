//! The Content-Security-Policy of pages and of other responses (<https://www.w3.org/TR/CSP3/>).

use axum::http::{HeaderMap, HeaderValue, header};
use leptos::{nonce::use_nonce, prelude::use_context};
use leptos_axum::ResponseOptions;

/// For responses that are no pages: nothing is allowed.
pub(super) const NOTHING: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// For the API documentation. Swagger UI's scripts are served from here; its inline styles cannot
/// have a nonce. The pages show only the OpenAPI description, and no user data.
const DOCS: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";
const DOCS_PATH: &str = "/api/docs";

/// For pictures. A browser styles the page on which it shows a picture by itself.
const PICTURE: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";

/// The policy of a response that sets none itself.
pub(super) fn without_scripts(path: &str) -> &'static str {
    if path.starts_with(DOCS_PATH) {
        DOCS
    } else if path.starts_with("/media/") && path.ends_with(".jpg") {
        PICTURE
    } else {
        NOTHING
    }
}

/// The policy of pages.
#[derive(Clone, Debug, Default)]
pub(crate) struct PagePolicy {
    /// The sources of the reload socket of `cargo leptos watch`, if it runs.
    reload: String,
}

impl PagePolicy {
    /// `reload_port` is that of `cargo leptos watch`, if it started this program.
    pub(crate) fn new(reload_port: Option<u32>) -> Self {
        let reload =
            reload_port.map(|port| format!(" ws://localhost:{port} ws://127.0.0.1:{port}"));
        Self { reload: reload.unwrap_or_default() }
    }

    /// Sets the policy of the page that is being rendered. Call it where Leptos provides its
    /// contexts. In a server function it does nothing.
    pub(crate) fn apply(&self) {
        let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else {
            return;
        };
        if let Ok(policy) = HeaderValue::from_str(&self.with_nonce(&nonce)) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }

    /// The inline scripts carry the nonce, and one of them imports a file of this site, hence
    /// 'self'. 'strict-dynamic' would forbid preloading. The page compiles WebAssembly.
    fn with_nonce(&self, nonce: &str) -> String {
        let Self { reload } = self;
        format!(
            "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
             style-src 'self'; img-src 'self' data:; connect-src 'self'{reload}; \
             object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
    }
}

/// The nonce that the policy of a page allows.
pub(super) fn nonce(headers: &HeaderMap) -> Option<String> {
    let policy = headers.get(header::CONTENT_SECURITY_POLICY)?.to_str().ok()?;
    let (_, rest) = policy.split_once("'nonce-")?;
    let (nonce, _) = rest.split_once('\'')?;
    Some(nonce.to_owned())
}

/// Allows scripts by these SHA-256 hashes (in base64) instead of by the nonce.
pub(super) fn replace_nonce(headers: &mut HeaderMap, nonce: &str, hashes: &[String]) {
    let policy = headers.get(header::CONTENT_SECURITY_POLICY).and_then(|value| value.to_str().ok());
    let sources: Vec<_> = hashes.iter().map(|hash| format!("'sha256-{hash}'")).collect();
    let replaced = policy.map(|it| it.replace(&format!("'nonce-{nonce}'"), &sources.join(" ")));
    if let Some(Ok(policy)) = replaced.map(HeaderValue::try_from) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}
