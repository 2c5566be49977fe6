//! A fake S3 bucket that answers the requests of the store of pictures.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use tokio::{net::TcpListener, task::AbortHandle};

#[derive(Default)]
struct Content {
    /// The files by their paths.
    files: BTreeMap<String, Bytes>,
    /// The methods of the requests so far.
    methods: Vec<Method>,
}

/// Keeps files in memory, by paths that begin with the name of the bucket. Requests without a
/// signature are refused; signatures are not checked.
pub(crate) struct Bucket {
    pub(crate) endpoint: String,
    content: Arc<Mutex<Content>>,
    task: AbortHandle,
}

impl Bucket {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let content = Arc::<Mutex<Content>>::default();
        let routes = Router::new().fallback(answer).with_state(Arc::clone(&content));
        let task = tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { endpoint, content, task: task.abort_handle() }
    }

    /// The paths of its files, in order.
    pub(crate) fn paths(&self) -> Vec<String> {
        let content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
        content.files.keys().cloned().collect()
    }

    /// The methods of the requests so far.
    pub(crate) fn methods(&self) -> Vec<Method> {
        let content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
        content.methods.clone()
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(
    State(content): State<Arc<Mutex<Content>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let signature = headers.get("authorization").and_then(|value| value.to_str().ok());
    if !signature.is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 Credential=")) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut content = content.lock().unwrap_or_else(PoisonError::into_inner);
    content.methods.push(method.clone());
    let files = &mut content.files;
    let path = uri.path().to_owned();
    let tag = [("etag", "\"1\""), ("last-modified", "Mon, 30 Nov 2026 12:00:00 GMT")];
    match method {
        Method::PUT => {
            files.insert(path, body);
            tag.into_response()
        }
        Method::GET | Method::HEAD => match files.get(&path) {
            Some(file) => (tag, file.clone()).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        Method::DELETE => {
            files.remove(&path);
            StatusCode::NO_CONTENT.into_response()
        }
        // Several are deleted by one request.
        Method::POST if uri.query().is_some_and(|query| query.starts_with("delete")) => {
            let keys = String::from_utf8(body.into()).expect("XML");
            let keys = keys.split("<Key>").skip(1).filter_map(|rest| rest.split_once("</Key>"));
            let mut deleted = String::new();
            for (key, _) in keys {
                files.remove(&format!("{}/{key}", path.trim_end_matches('/')));
                deleted += &format!("<Deleted><Key>{key}</Key></Deleted>");
            }
            format!("<DeleteResult>{deleted}</DeleteResult>").into_response()
        }
        _ => StatusCode::NOT_IMPLEMENTED.into_response(),
    }
}
