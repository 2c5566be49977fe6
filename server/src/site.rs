//! The static files of the site: where they are, and how browsers cache them.

use std::{
    env, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use axum::{
    extract::Request,
    http::{HeaderValue, Method, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use leptos::config::LeptosOptions;

use crate::auth::ForUser;

/// The name of the compiled files below `/pkg`: `output-name` in Cargo.toml.
const OUTPUT_NAME: &str = "mini-compete";
/// The folders of files that never change under one name: compiled files and fonts.
const IMMUTABLE: [&str; 2] = ["/pkg/", "/fonts/"];
/// Lists the hashes in the names of compiled files.
const HASH_FILE: &str = "hash.txt";

/// The folder of the site: `chosen`, or `site` beside this program or one level up.
///
/// # Errors
/// When the folder does not exist.
pub(crate) fn find(chosen: Option<&Path>) -> io::Result<PathBuf> {
    if let Some(chosen) = chosen {
        return chosen.canonicalize();
    }
    let folder = program_folder()?;
    let candidates = [folder.join("site"), folder.join("../site")];
    let found = candidates.iter().find(|candidate| candidate.is_dir());
    found.ok_or_else(|| {
        let message =
            "the site's files are not beside this program: build them with `cargo leptos build \
             --split`, or set --site-root";
        io::Error::new(io::ErrorKind::NotFound, message)
    })?
    .canonicalize()
}

/// The options of Leptos, which would otherwise come from environment variables.
pub(crate) fn options(site_root: &Path, address: SocketAddr) -> LeptosOptions {
    // `cargo leptos watch` sets the port of its reload socket.
    let reload_port = env::var("LEPTOS_RELOAD_PORT").ok().and_then(|port| port.parse().ok());
    let is_hashed = program_folder().is_ok_and(|folder| folder.join(HASH_FILE).is_file());
    LeptosOptions::builder()
        .output_name(OUTPUT_NAME)
        .site_root(site_root.display().to_string())
        .site_addr(address)
        .reload_port(reload_port.unwrap_or(3001))
        .hash_files(is_hashed)
        .build()
}

fn program_folder() -> io::Result<PathBuf> {
    let program = env::current_exe()?;
    Ok(program.parent().unwrap_or(Path::new("/")).to_path_buf())
}

/// Redirects a path with a trailing slash to the one address of its page.
pub(crate) async fn strip_trailing_slash(request: Request, next: Next) -> Response {
    match without_trailing_slash(request.method(), request.uri()) {
        Some(address) => Redirect::permanent(&address).into_response(),
        None => next.run(request).await,
    }
}

/// The address without its trailing slash. `None` without one, or where browsers would read the
/// result as the address of another site.
fn without_trailing_slash(method: &Method, uri: &Uri) -> Option<String> {
    let path = uri.path().strip_suffix('/').filter(|path| !path.is_empty())?;
    let is_own = !path.contains("//") && !path.contains('\\') && !path.ends_with('/');
    (is_own && (method == Method::GET || method == Method::HEAD)).then(|| match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    })
}

/// Sets `Cache-Control`. Immutable files are cached for a year. Everything else may depend on the
/// user, and is revalidated; a page for a logged-in user is not stored, because the back button
/// would show it after they have logged out.
pub(crate) async fn set_cache_control(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_immutable = IMMUTABLE.iter().any(|folder| path.starts_with(folder));
    let mut response = next.run(request).await;
    let is_for_user = response.extensions().get::<ForUser>().is_some();
    let is_success = response.status().is_success();
    let value = match (is_immutable && is_success, is_for_user) {
        (true, _) => "public, max-age=31536000, immutable",
        (false, true) => "private, no-store",
        (false, false) => "private, no-cache",
    };
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(value));
    // Files exist in several content codings.
    headers.entry(header::VARY).or_insert(HeaderValue::from_static("accept-encoding"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trailing_slash_is_stripped_and_never_leads_to_another_site() {
        let stripped = |path: &str| without_trailing_slash(&Method::GET, &path.parse().unwrap());
        assert_eq!(stripped("/competitions/").as_deref(), Some("/competitions"));
        assert_eq!(stripped("/auth/login/?next=/x").as_deref(), Some("/auth/login?next=/x"));
        for kept in ["/", "/competitions", "//evil.example/", "/x//", "/x//y/"] {
            assert_eq!(stripped(kept), None, "{kept}");
        }
        assert_eq!(without_trailing_slash(&Method::POST, &Uri::from_static("/fn/x/")), None);
    }
}
