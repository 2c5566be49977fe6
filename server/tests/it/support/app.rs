//! The whole router over a world of its own.

use std::{path::Path, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{HeaderValue, Method, Request, header},
};
use leptos::config::LeptosOptions;
use serde_json::Value;
use server::{
    AppState, SessionCache, SharedReads, Tokens,
    cli::{Origins, ServerOptions},
    router,
};
use service::{
    Actor,
    testing::{self, World},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::Response;

/// The site whose pages may call the API in tests.
pub(crate) const FRIEND: &str = "https://friend.example";

/// The server, without a socket.
pub(crate) struct App {
    pub(crate) world: World,
    pub(crate) router: Router,
    /// Stops the server.
    pub(crate) stop: CancellationToken,
    tokens: Arc<Tokens>,
}

impl App {
    pub(crate) async fn new() -> Self {
        Self::over(World::new().await, LeptosOptions::builder().output_name("mini-compete").build())
    }

    /// The same world, with files to serve.
    pub(crate) fn with_site(self, folder: &Path) -> Self {
        let options = LeptosOptions::builder().output_name("mini-compete");
        Self::over(self.world, options.site_root(folder.display().to_string()).build())
    }

    fn over(world: World, leptos: LeptosOptions) -> Self {
        let tokens = Arc::new(Tokens::new("a secret of at least thirty-two characters"));
        let options = ServerOptions {
            host: [127, 0, 0, 1].into(),
            port: 0,
            site_url: None,
            cors_origins: Origins(vec![HeaderValue::from_static(FRIEND)]),
            jwt_secret: None,
            site_root: None,
        };
        let stop = CancellationToken::new();
        let state = AppState {
            ctx: world.ctx.clone(),
            tokens: Arc::clone(&tokens),
            reads: SharedReads::new(world.ctx.clone()),
            session_cache: session_cache(&world),
            stop: stop.clone(),
            leptos,
        };
        Self { world, router: router(state, &options), stop, tokens }
    }

    /// A token of the actor's.
    pub(crate) fn token(&self, actor: &Actor) -> String {
        self.tokens.issue(&testing::account(actor), self.world.ctx.now())
    }

    pub(crate) fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> Call<'_> {
        self.call(Method::POST, path)
    }

    pub(crate) fn patch(&self, path: &str) -> Call<'_> {
        self.call(Method::PATCH, path)
    }

    pub(crate) fn call(&self, method: Method, path: &str) -> Call<'_> {
        let request = Request::new(Body::empty());
        let mut call = Call { app: self, request };
        *call.request.method_mut() = method;
        *call.request.uri_mut() = path.parse().expect("a path");
        call
    }
}

/// In the Redis of the world, if it has one.
fn session_cache(world: &World) -> Option<SessionCache> {
    let [(_, url), (_, prefix)] = &world.redis_variables()[..] else { panic!("two variables") };
    let cache = || SessionCache::connect(url, prefix).expect("a URL");
    (!url.is_empty()).then(cache)
}

/// A request to be sent.
pub(crate) struct Call<'a> {
    app: &'a App,
    request: Request<Body>,
}

impl Call<'_> {
    /// With the token of an actor.
    pub(crate) fn by(self, actor: &Actor) -> Self {
        let token = self.app.token(actor);
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).expect("a header");
        self.request.headers_mut().append(name, value);
        self
    }

    /// With a JSON body.
    pub(crate) fn json(self, body: &Value) -> Self {
        self.text("application/json", body.to_string())
    }

    /// With a body of any kind.
    pub(crate) fn text(mut self, content_type: &'static str, body: impl Into<Body>) -> Self {
        let content_type = HeaderValue::from_static(content_type);
        self.request.headers_mut().insert(header::CONTENT_TYPE, content_type);
        *self.request.body_mut() = body.into();
        self
    }

    pub(crate) async fn send(self) -> Response {
        let router = self.app.router.clone();
        let response = router.oneshot(self.request).await.expect("the router answers");
        Response::read(response).await
    }
}
