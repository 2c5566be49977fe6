//! The rate limit class of each endpoint.

use std::collections::HashMap;

use axum::{
    extract::MatchedPath,
    http::{Method, Request},
};

/// Which allowance a request is counted against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RateClass {
    Read,
    Write,
    /// Checks, makes or changes credentials.
    Credentials,
}

impl RateClass {
    /// Every class, in the order of their numbers.
    pub(super) const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Credentials];

    /// The name of the policy for one address.
    pub(super) fn name_by_address(self) -> &'static str {
        match self {
            Self::Read => "address-reads",
            Self::Write => "address-writes",
            Self::Credentials => "address-credentials",
        }
    }

    /// The name of the policy for one user.
    pub(super) fn name_by_user(self) -> &'static str {
        match self {
            Self::Read => "user-reads",
            Self::Write => "user-writes",
            Self::Credentials => "user-credentials",
        }
    }
}

/// The class that each endpoint has declared, by its route (`/api/competitions/{id}`) and method.
#[derive(Clone, Debug, Default)]
pub(crate) struct RateClasses(HashMap<String, Vec<(Method, RateClass)>>);

impl RateClasses {
    pub(crate) fn declare(&mut self, method: Method, route: impl Into<String>, class: RateClass) {
        self.0.entry(route.into()).or_default().push((method, class));
    }

    pub(crate) fn extend(&mut self, other: Self) {
        for (route, classes) in other.0 {
            self.0.entry(route).or_default().extend(classes);
        }
    }

    /// The class of a routed request. Safe methods only read; a request that no endpoint answers
    /// counts as a write.
    pub(super) fn of<B>(&self, request: &Request<B>) -> RateClass {
        if request.method().is_safe() {
            return RateClass::Read;
        }
        let route = request.extensions().get::<MatchedPath>();
        let classes = route.and_then(|route| self.0.get(route.as_str())).into_iter().flatten();
        let mut declared = classes.filter(|(method, _)| method == request.method());
        declared.next().map_or(RateClass::Write, |(_, class)| *class)
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware, routing};
    use tower::ServiceExt;

    use super::*;

    /// The class of a request to a router that has declared two operations of one route.
    async fn class(method: Method, path: &str) -> RateClass {
        let mut classes = RateClasses::default();
        classes.declare(Method::POST, "/accounts/{id}", RateClass::Read);
        classes.declare(Method::DELETE, "/accounts/{id}", RateClass::Credentials);
        let classify = move |request: axum::extract::Request, _: middleware::Next| {
            let class = classes.of(&request);
            async move { ([("class", format!("{class:?}"))], ()) }
        };
        let router = Router::new()
            .route("/accounts/{id}", routing::any(|| async {}))
            .layer(middleware::from_fn(classify));
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        match response.headers()["class"].to_str().unwrap() {
            "Read" => RateClass::Read,
            "Write" => RateClass::Write,
            _ => RateClass::Credentials,
        }
    }

    #[tokio::test]
    async fn an_endpoint_has_its_declared_class_and_everything_else_that_of_its_method() {
        for (method, path, expected) in [
            (Method::POST, "/accounts/1", RateClass::Read),
            (Method::DELETE, "/accounts/1", RateClass::Credentials),
            (Method::PATCH, "/accounts/1", RateClass::Write),
            (Method::GET, "/accounts/1", RateClass::Read),
            (Method::HEAD, "/accounts/1", RateClass::Read),
            (Method::DELETE, "/accounts/1/", RateClass::Write),
            (Method::GET, "/nothing", RateClass::Read),
            (Method::POST, "/nothing", RateClass::Write),
        ] {
            assert_eq!(class(method.clone(), path).await, expected, "{method} {path}");
        }
    }
}
