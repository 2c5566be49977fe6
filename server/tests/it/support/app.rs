//! The whole router over its own world.

use std::{
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::Arc,
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderValue, Method, Request, header},
};
use chrono::TimeDelta;
use domain::JobId;
use leptos::config::LeptosOptions;
use serde_json::Value;
use server::{
    AppState, HttpLimits, ResponseCache, StateParts, StreamLimits, TokenLifetime, Tokens,
    TrustedProxies,
    options::{Origins, ServerOptions, TrafficOptions},
    router,
};
use service::{
    Actor, Context, cron,
    housekeeping::CleanUp,
    jobs::{self, Operator},
    testing::{self, PASSWORD, World},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::Response;

/// The configured CORS origin.
pub(crate) const CORS_ORIGIN: &str = "https://client.example";

/// The server, without a socket.
pub(crate) struct App {
    pub(crate) world: World,
    pub(crate) router: Router,
    /// Makes the server drain.
    pub(crate) draining: CancellationToken,
    /// Stops the server.
    pub(crate) stop: CancellationToken,
    tokens: Arc<Tokens>,
}

impl App {
    pub(crate) async fn new() -> Self {
        Self::configured(|_| {}).await
    }

    /// With changed options.
    pub(crate) async fn configured(change: impl FnOnce(&mut ServerOptions)) -> Self {
        let world = World::new().await;
        let ctx = world.ctx.clone();
        Self::over(world, ctx, leptos(None), change)
    }

    /// With limits on how often a client may ask.
    pub(crate) async fn limiting(change: impl FnOnce(&mut ServerOptions)) -> Self {
        let world = World::new().await;
        let ctx = world.limiting().await;
        Self::over(world, ctx, leptos(None), change)
    }

    /// Where addresses of organizers' accounts are not public.
    pub(crate) async fn hiding_organizer_emails() -> Self {
        let world = World::new().await;
        let ctx = world.hiding_organizer_emails().await;
        Self::over(world, ctx, leptos(None), |_| {})
    }

    /// Where mail is sent through the server at `url`.
    pub(crate) async fn sending_mail(url: &str) -> Self {
        let world = World::new().await;
        let ctx = world.process_with_mail(url).await;
        Self::over(world, ctx, leptos(None), |_| {})
    }

    /// In production mode.
    pub(crate) async fn in_production() -> Self {
        let world = World::new().await;
        let ctx = world.production().await;
        Self::over(world, ctx, leptos(None), |_| {})
    }

    /// The same world, reached at this address.
    pub(crate) fn with_site_url(self, url: &str) -> Self {
        let ctx = self.world.ctx.clone();
        Self::over(self.world, ctx, leptos(None), |options| options.site_url = Some(url.to_owned()))
    }

    /// The same world, with files to serve.
    pub(crate) fn with_site(self, folder: &Path) -> Self {
        let ctx = self.world.ctx.clone();
        Self::over(self.world, ctx, leptos(Some(folder)), |_| {})
    }

    /// The same world, with hashed file names but without the file that lists the hashes.
    pub(crate) fn with_hashed_files(self) -> Self {
        let ctx = self.world.ctx.clone();
        let mut leptos = leptos(None);
        leptos.hash_files = true;
        Self::over(self.world, ctx, leptos, |_| {})
    }

    fn over(
        world: World,
        ctx: Context,
        leptos: LeptosOptions,
        change: impl FnOnce(&mut ServerOptions),
    ) -> Self {
        let mut options = ServerOptions {
            host: [127, 0, 0, 1].into(),
            port: 0,
            site_url: None,
            cors_origins: Origins(vec![HeaderValue::from_static(CORS_ORIGIN)]),
            trusted_proxies: TrustedProxies::default(),
            jwt_secret: None,
            jwt_expiration: TokenLifetime::default(),
            site_root: None,
            traffic: TrafficOptions::default(),
            streams: StreamLimits::default(),
            limits: HttpLimits::default(),
        };
        change(&mut options);
        let tokens = Tokens::new("a secret of at least thirty-two characters");
        let tokens = Arc::new(tokens.valid_for(options.jwt_expiration));
        let (draining, stop) = (CancellationToken::new(), CancellationToken::new());
        let state = AppState::from(StateParts {
            response_cache: ResponseCache::new(ctx.clone()),
            ctx,
            tokens: Arc::clone(&tokens),
            draining: draining.clone(),
            stop: stop.clone(),
            leptos,
        });
        Self { world, router: router(state, &options), draining, stop, tokens }
    }

    /// A token for the actor.
    pub(crate) fn token(&self, actor: &Actor) -> String {
        self.tokens.issue(&testing::account(actor), self.world.ctx.now())
    }

    /// Logs the actor in through the form. Returns the cookie of the session, `name=value`.
    pub(crate) async fn log_in(&self, actor: &Actor) -> String {
        let email = &actor.user().expect("a user").email;
        let body = format!("email={email}&password={}", PASSWORD.replace(' ', "+"));
        let form = "application/x-www-form-urlencoded";
        let response = self.post("/fn/log_in").header("accept", "text/html").text(form, body);
        let response = response.send().await;
        let cookie = response.header("set-cookie").expect("a session");
        cookie.split(';').next().expect("a name and a value").to_owned()
    }

    /// The id of a new dead letter.
    pub(crate) async fn dead_job(&self) -> JobId {
        let ctx = &self.world.ctx;
        cron::fire(ctx, "clean_up", ctx.now(), CleanUp {}).await.expect("a job");
        while let Some(claim) = jobs::claim(ctx, 1).await.expect("claims").pop() {
            jobs::fail(ctx, &claim, "the disk is full").await.expect("a failure");
            self.world.clock.advance(TimeDelta::seconds(5));
        }
        let dead = jobs::dead_letters(ctx, Operator::Console).await.expect("dead letters");
        dead[0].id
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
        let call = Call { app: self, request };
        let mut call = call.from([127, 0, 0, 1].into());
        *call.request.method_mut() = method;
        *call.request.uri_mut() = path.parse().expect("a path");
        call
    }
}

fn leptos(site: Option<&Path>) -> LeptosOptions {
    let mut options = LeptosOptions::builder().output_name("mini-compete").build();
    if let Some(site) = site {
        options.site_root = site.display().to_string().into();
    }
    options
}

/// A request that is being built.
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

    /// Over a connection from this address.
    pub(crate) fn from(mut self, peer: IpAddr) -> Self {
        let peer = SocketAddr::new(peer, 50_000);
        self.request.extensions_mut().insert(ConnectInfo(peer));
        self
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

    /// With a body without `Content-Type`.
    pub(crate) fn body(mut self, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self
    }

    pub(crate) async fn send(self) -> Response {
        let router = self.app.router.clone();
        let response = router.oneshot(self.request()).await.expect("the router answers");
        Response::read(response).await
    }

    /// The request as the router receives it.
    pub(crate) fn request(mut self) -> Request<Body> {
        let host = HeaderValue::from_static("localhost");
        self.request.headers_mut().entry(header::HOST).or_insert(host);
        self.request
    }
}
