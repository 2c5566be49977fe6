//! The size and form of a request's head (RFC 9110, sections 4.2.1 and 7.2; RFC 9112, section 3.2).
//!
//! A head above these limits gets an error with a message. hyper rejects one far above them with
//! the same status and no body (`listen.rs`).

use axum::{
    extract::Request,
    http::{
        HeaderMap, HeaderValue, Method, StatusCode, Uri, Version, header,
        uri::{Authority, PathAndQuery},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{ErrorCode, PublicError};

use super::rejection::Rejection;

/// The longest path and query, in bytes.
pub(crate) const MAX_URI: usize = 8 * 1024;
/// The most bytes of all header names and values.
pub(crate) const MAX_HEADERS: usize = 32 * 1024;
/// The methods that some route answers.
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PATCH, DELETE, OPTIONS");

/// Rejects heads that are too large or malformed. Behind this layer the target of a request is a
/// path with an optional query, and there is at most one `Host`.
pub(crate) async fn bound(mut request: Request, next: Next) -> Response {
    if request.method() == Method::OPTIONS && request.uri().path() == "*" {
        return (StatusCode::NO_CONTENT, [(header::ALLOW, METHODS)]).into_response();
    }
    match check_size(&request).and_then(|()| normalize(&mut request)) {
        Ok(()) => next.run(request).await,
        Err(error) => {
            let is_method = error.code == ErrorCode::MethodNotAllowed;
            let mut response = Rejection::of(&request).because(error);
            if is_method {
                response.headers_mut().insert(header::ALLOW, METHODS);
            }
            response
        }
    }
}

/// Whether [`bound`] passes a GET without a body on as it is.
pub(crate) fn is_plain<B>(request: &axum::http::Request<B>) -> bool {
    let is_path = request.uri().scheme().is_none() && request.uri().path().starts_with('/');
    let is_old = request.version() < Version::HTTP_11;
    is_path && check_size(request).is_ok() && check_host(request.headers(), is_old).is_ok()
}

fn check_size<B>(request: &axum::http::Request<B>) -> Result<(), PublicError> {
    let uri = request.uri().path_and_query().map_or(0, |uri| uri.as_str().len());
    let headers = request.headers().iter();
    let headers: usize = headers.map(|(name, value)| name.as_str().len() + value.len()).sum();
    if uri > MAX_URI {
        return Err(PublicError::new(ErrorCode::UriTooLong, "The address is longer than 8 KiB"));
    }
    if headers > MAX_HEADERS {
        let message = "The headers are larger than 32 KiB";
        return Err(PublicError::new(ErrorCode::HeadersTooLarge, message));
    }
    Ok(())
}

/// Checks the method, the host and the target, and turns an absolute target into a path and a
/// `Host` header.
fn normalize<B>(request: &mut axum::http::Request<B>) -> Result<(), PublicError> {
    if request.method() == Method::CONNECT {
        let message = "This server is no proxy";
        return Err(PublicError::new(ErrorCode::MethodNotAllowed, message));
    }
    let is_old = request.version() < Version::HTTP_11;
    check_host(request.headers(), is_old)?;
    let codings = request.headers().get_all(header::TRANSFER_ENCODING);
    if codings.iter().any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"chunked")) {
        let message = "No Transfer-Encoding but chunked is understood here";
        return Err(PublicError::new(ErrorCode::UnsupportedMediaType, message));
    }
    if request.uri().scheme().is_some()
        && let Some(authority) = request.uri().authority()
    {
        // It replaces the header (RFC 9112, section 3.2.2).
        let host = Some(authority)
            .filter(|authority| is_host(authority))
            .and_then(|authority| HeaderValue::from_str(authority.as_str()).ok());
        let host = host.ok_or_else(|| malformed("The host in the address is malformed"))?;
        request.headers_mut().insert(header::HOST, host);
        let path = request.uri().path_and_query().cloned();
        *request.uri_mut() = Uri::from(path.unwrap_or_else(|| PathAndQuery::from_static("/")));
    }
    if request.uri().path().starts_with('/') {
        Ok(())
    } else {
        Err(malformed("The address must begin with a slash"))
    }
}

fn check_host(headers: &HeaderMap, is_old: bool) -> Result<(), PublicError> {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) if is_old => Ok(()),
        (None, _) => Err(malformed("The Host header is missing")),
        (Some(_), Some(_)) => Err(malformed("There is more than one Host header")),
        (Some(host), None) => {
            let authority = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
            let is_good = authority.is_some_and(|authority| is_host(&authority));
            is_good.then_some(()).ok_or_else(|| malformed("The Host header is malformed"))
        }
    }
}

/// Whether it is a host with an optional valid port, and without user information.
fn is_host(authority: &Authority) -> bool {
    let text = authority.as_str();
    let port = text.strip_prefix(authority.host()).and_then(|rest| rest.strip_prefix(':'));
    let has_good_port = port.is_none_or(|port| port.is_empty() || port.parse::<u16>().is_ok());
    !authority.host().is_empty() && !text.contains('@') && has_good_port
}

fn malformed(message: &str) -> PublicError {
    PublicError::new(ErrorCode::MalformedRequest, message)
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    /// The target and host after normalization, or the status of the error.
    fn outcome(method: &str, uri: &str, hosts: &[&str]) -> Result<(String, String), u16> {
        let mut request = Request::builder().method(method).uri(uri).body(()).unwrap();
        for host in hosts {
            request.headers_mut().append(header::HOST, HeaderValue::from_str(host).unwrap());
        }
        normalize(&mut request).map_err(|error| error.code.status())?;
        let host = request.headers()[header::HOST].to_str().unwrap().to_owned();
        Ok((request.uri().to_string(), host))
    }

    fn origin(path: &str, host: &str) -> Result<(String, String), u16> {
        Ok((path.to_owned(), host.to_owned()))
    }

    #[test]
    fn a_request_has_exactly_one_valid_host() {
        for host in ["a.example", "a.example:8443", "127.0.0.1", "[::1]:3000", "localhost:"] {
            assert_eq!(outcome("GET", "/x?y", &[host]), origin("/x?y", host));
        }
        for hosts in [
            &[][..],
            &["a.example", "a.example"],
            &[""],
            &["a b"],
            &["a.example/path"],
            &["user@a.example"],
            &["a.example:port"],
            &["a.example:99999"],
            &[":80"],
            &["[::1"],
        ] {
            assert_eq!(outcome("GET", "/x", hosts), Err(400), "{hosts:?}");
        }
    }

    #[test]
    fn http_1_0_requires_no_host() {
        let mut request = Request::builder().version(Version::HTTP_10).body(()).unwrap();
        assert_eq!(normalize(&mut request), Ok(()));
    }

    #[test]
    fn an_absolute_target_replaces_the_host() {
        let absolute = outcome("GET", "http://b.example/x?y", &["a.example"]);
        assert_eq!(absolute, origin("/x?y", "b.example"));
        assert_eq!(outcome("GET", "http://b.example", &["a.example"]), origin("/", "b.example"));
        assert_eq!(outcome("GET", "http://u:p@b.example/", &["a.example"]), Err(400));
        assert_eq!(outcome("GET", "http://b.example/", &[]), Err(400), "the header is missing");
    }

    #[test]
    fn a_target_that_is_no_path_is_rejected() {
        assert_eq!(outcome("CONNECT", "a.example:443", &["a.example"]), Err(405));
        assert_eq!(outcome("GET", "*", &["a.example"]), Err(400));
        assert_eq!(outcome("GET", "a.example:80", &["a.example"]), Err(400));
    }

    #[test]
    fn chunked_is_the_only_transfer_encoding() {
        for (coding, expected) in
            [("chunked", None), ("Chunked", None), ("gzip, chunked", Some(415))]
        {
            let request =
                Request::builder().header(header::HOST, "a").header("transfer-encoding", coding);
            let error = normalize(&mut request.body(()).unwrap()).err();
            assert_eq!(error.map(|error| error.code.status()), expected, "{coding}");
        }
    }
}
