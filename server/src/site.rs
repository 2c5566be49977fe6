//! The files of the site: where they are, and how they are cached.

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

/// The name of the files below `/pkg`; `output-name` in Cargo.toml.
const OUTPUT_NAME: &str = "mini-compete";
/// Where files are served that never change under one name: compiled ones, and faces.
const LASTING: [&str; 2] = ["/pkg/", "/fonts/"];
/// Lists the hashes that compiled files carry in their names.
const HASH_FILE: &str = "hash.txt";

/// The folder of the site: `chosen`, or `site` beside this program or one level up.
///
/// # Errors
/// When there is no such folder.
pub(crate) fn find(chosen: Option<&Path>) -> io::Result<PathBuf> {
    if let Some(chosen) = chosen {
        return chosen.canonicalize();
    }
    let folder = program_folder()?;
    let candidates = [folder.join("site"), folder.join("../site")];
    let found = candidates.iter().find(|candidate| candidate.is_dir());
    found.ok_or_else(|| {
        let message = "the site's files are not beside this program: build them with `cargo leptos build --split`, or say --site-root";
        io::Error::new(io::ErrorKind::NotFound, message)
    })?
    .canonicalize()
}

/// What Leptos needs to know, without any variable being set.
pub(crate) fn options(site_root: &Path, address: SocketAddr) -> LeptosOptions {
    // `cargo leptos watch` tells by a variable on which port it announces changes.
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

/// A page has one address, without a slash at its end; who asks with one is led there.
pub(crate) async fn without_slash(request: Request, next: Next) -> Response {
    match shorter(request.method(), request.uri()) {
        Some(address) => Redirect::permanent(&address).into_response(),
        None => next.run(request).await,
    }
}

/// The address without the slash at its end. None where browsers would read it as that of another site.
fn shorter(method: &Method, uri: &Uri) -> Option<String> {
    let path = uri.path().strip_suffix('/').filter(|path| !path.is_empty())?;
    let is_ours = !path.contains("//") && !path.contains('\\') && !path.ends_with('/');
    (is_ours && (method == Method::GET || method == Method::HEAD)).then(|| match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    })
}

/// Compiled files carry a hash in their names, so they are kept for ever, and faces do not change; everything else may show who is
/// signed in, and is asked for again. What somebody sees who is signed in is not kept at all: the way back would show it
/// after they have logged out. Files lie there compressed in several ways.
pub(crate) async fn cache(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_lasting = LASTING.iter().any(|folder| path.starts_with(folder));
    let mut response = next.run(request).await;
    let is_signed_in = response.extensions().get::<ForUser>().is_some();
    let is_success = response.status().is_success();
    let value = match (is_lasting && is_success, is_signed_in) {
        (true, _) => "public, max-age=31536000, immutable",
        (false, true) => "private, no-store",
        (false, false) => "private, no-cache",
    };
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(value));
    headers.entry(header::VARY).or_insert(HeaderValue::from_static("accept-encoding"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_at_the_end_is_left_out_and_leads_nowhere_else() {
        let shorter = |path: &str| shorter(&Method::GET, &path.parse().unwrap());
        assert_eq!(shorter("/competitions/").as_deref(), Some("/competitions"));
        assert_eq!(shorter("/auth/login/?next=/x").as_deref(), Some("/auth/login?next=/x"));
        for kept in ["/", "/competitions", "//evil.example/", "/x//", "/x//y/"] {
            assert_eq!(shorter(kept), None, "{kept}");
        }
        assert_eq!(super::shorter(&Method::POST, &Uri::from_static("/fn/x/")), None);
    }
}
