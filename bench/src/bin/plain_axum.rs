//! The least that an Axum server can do: answers every GET with the bytes of a file, on the port in `PORT`.
//!
//! What our answers to the same requests are compared with.

use std::{env, error::Error, fs, net::Ipv4Addr};

use axum::{Router, body::Bytes, http::header, routing};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let file = env::args().nth(1).ok_or("say which file to answer with")?;
    let body = Bytes::from(fs::read(file)?);
    let port = env::var("PORT")?.parse()?;
    let answer = move || async move { ([(header::CONTENT_TYPE, "application/json")], body) };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    Ok(axum::serve(listener, Router::new().fallback(routing::get(answer))).await?)
}
