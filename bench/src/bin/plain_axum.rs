//! A minimal Axum server: answers every GET with the bytes of a file, on the port in `PORT`. The
//! read benchmarks compare the product with it.

use std::{env, error::Error, fs, net::Ipv4Addr};

use axum::{Router, body::Bytes, http::header, routing};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let file = env::args().nth(1).ok_or("the path of a file is missing")?;
    let body = Bytes::from(fs::read(file)?);
    let port = env::var("PORT")?.parse()?;
    let respond = move || async move { ([(header::CONTENT_TYPE, "application/json")], body) };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    Ok(axum::serve(listener, Router::new().fallback(routing::get(respond))).await?)
}
