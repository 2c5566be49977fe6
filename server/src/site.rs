//! The files of the site: where they are, and how they are cached.

use std::{
    env, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use axum::{
    extract::Request,
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};
use leptos::config::LeptosOptions;

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

/// Compiled files carry a hash in their names, so they are kept for ever, and faces do not change; everything else may show who is
/// signed in, and is asked for again. Files lie there compressed in several ways.
pub(crate) async fn cache(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_lasting = LASTING.iter().any(|folder| path.starts_with(folder));
    let mut response = next.run(request).await;
    let keep_for_ever = is_lasting && response.status().is_success();
    let value =
        if keep_for_ever { "public, max-age=31536000, immutable" } else { "private, no-cache" };
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(value));
    headers.entry(header::VARY).or_insert(HeaderValue::from_static("accept-encoding"));
    response
}
