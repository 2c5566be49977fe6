//! All routes, and what every request passes through.

use std::{any::Any, env, time::Duration};

use app::SiteUrl;
use axum::{
    Extension, Router,
    http::{Method, Request, header},
    middleware,
    response::{IntoResponse, Response},
    routing,
};
use domain::ErrorCode;
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, DefaultPredicate, Predicate, predicate::NotForContentType},
    cors::CorsLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    services::ServeDir,
    trace::TraceLayer,
};

use crate::{
    AppState, api,
    auth::{self, Sessions},
    failures,
    headers::{IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED, X_REQUEST_ID, X_TOTAL_COUNT},
    isolation::{self, Isolation},
    options::ServerOptions,
    problem::Problem,
    security::{self, AnswerMemory, CsrfGuard, Headers, Limits, PagePolicy, RateLimits},
    server_functions, site, stopping,
    stream_limiter::StreamLimiter,
    time_limit,
};

/// The whole site.
pub fn router(state: AppState, options: &ServerOptions) -> Router {
    let site_url = SiteUrl(options.site_url().into());
    let own_origin = options.site_url.as_deref().and_then(security::origin);
    let csrf = CsrfGuard::new(own_origin, options.cors_origins.0.clone());
    let (api, mut classes) = api::router();
    classes.extend(server_functions::rate_classes());
    let rate_limits = RateLimits::new(state.ctx.has_rate_limits(), &options.traffic, classes);
    let guards = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(
            options.trusted_proxies.clone(),
            security::resolve_client,
        ))
        .layer(middleware::from_fn_with_state(rate_limits.clone(), security::by_address))
        .layer(middleware::from_fn_with_state(csrf, security::refuse_other_sites));
    let identity = Identity {
        sessions: Sessions::new(state.ctx.clone(), options.is_https()),
        state: state.clone(),
        rate_limits,
        limits: options.limits,
    };
    let streams = StreamLimiter::new(options.streams, state.ctx.has_rate_limits());
    let stopping = state.stopping.clone();
    let headers = Headers { is_https: options.is_https() };
    let around = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(X_REQUEST_ID, MakeRequestUuid))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(PropagateRequestIdLayer::new(X_REQUEST_ID))
        // For the page of a failure as well.
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(state.leptos.clone(), failures::as_pages))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(options.limits, time_limit::enforce))
        .layer(compression())
        .layer(middleware::from_fn_with_state(
            AnswerMemory::new(&options.limits),
            security::reserve_memory,
        ))
        .layer(middleware::from_fn(security::bound_head));
    Router::new()
        // A site that may call the API may also read that it was refused.
        .nest(
            "/api",
            identity
                .around(api)
                .layer(guards.clone())
                .layer(cors(options))
                .layer(Extension(site_url.clone()))
                .layer(Extension(streams)),
        )
        // A nested router does not own the address of its own with a slash behind it.
        .route("/api/", routing::any(api::not_found))
        .merge(pages(&state, site_url, &identity).layer(guards))
        .merge(api::probes())
        .layer(around)
        .layer(middleware::from_fn_with_state(headers, security::add_headers))
        .layer(middleware::from_fn_with_state(stopping, stopping::close_connections))
        .with_state(state)
}

/// Finds on whose behalf a request is, and bounds what a user may send. Files are the same for
/// everybody and pass it by.
#[derive(Clone)]
struct Identity {
    sessions: Sessions,
    state: AppState,
    rate_limits: RateLimits,
    limits: Limits,
}

impl Identity {
    fn around(&self, routes: Router<AppState>) -> Router<AppState> {
        let Self { sessions, state, rate_limits, limits } = self.clone();
        routes.layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn_with_state(sessions, auth::attach))
                .layer(middleware::from_fn_with_state(state, auth::resolve))
                .layer(middleware::from_fn_with_state(rate_limits, security::by_user))
                .layer(middleware::from_fn_with_state(limits, security::bound_body)),
        )
    }
}

/// Pages, their server functions, and the files of the site.
fn pages(state: &AppState, site_url: SiteUrl, identity: &Identity) -> Router<AppState> {
    let leptos = state.leptos.clone();
    // `cargo leptos watch` says by this variable that it watches.
    let watches = env::var_os("LEPTOS_WATCH").is_some();
    let policy = PagePolicy::new(watches.then_some(leptos.reload_port));
    let provide = {
        let ctx = state.ctx.clone();
        move || {
            provide_context(ctx.clone());
            provide_context(site_url.clone());
            policy.announce();
        }
    };
    let shell = move || app::shell(leptos.clone());
    let not_found = leptos_axum::file_and_error_handler_with_context::<AppState, _>(
        provide.clone(),
        app::shell,
    );
    let isolation = Isolation::default();
    let not_found = Router::new()
        .fallback(not_found)
        .layer(middleware::from_fn_with_state(isolation.clone(), isolation::complete));
    let not_found = identity.around(not_found).with_state(state.clone());
    let files = ServeDir::new(&*state.leptos.site_root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .call_fallback_on_method_not_allowed(true)
        .fallback(not_found);
    let rendered = Router::new()
        .leptos_routes_with_context(state, generate_route_list(app::App), provide, shell)
        .layer(middleware::from_fn_with_state(isolation, isolation::begin));
    identity
        .around(rendered)
        .fallback_service(files)
        .layer(middleware::from_fn(site::cache))
        .layer(middleware::from_fn(site::without_slash))
}

/// Compresses what is made on the fly. Our wasm is not: a release has it compressed beforehand, and that of a
/// debug build is so large that compressing takes longer than sending.
fn compression() -> CompressionLayer<impl Predicate> {
    let predicate = DefaultPredicate::new().and(NotForContentType::const_new("application/wasm"));
    CompressionLayer::new().compress_when(predicate)
}

fn cors(options: &ServerOptions) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(options.cors_origins.0.clone())
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            IDEMPOTENCY_KEY,
        ])
        .expose_headers([
            header::ETAG,
            header::LINK,
            header::RETRY_AFTER,
            header::WWW_AUTHENTICATE,
            IDEMPOTENCY_REPLAYED,
            X_REQUEST_ID,
            X_TOTAL_COUNT,
        ])
        .max_age(Duration::from_secs(600))
}

/// What the log says of a request. Not its query, in which there may be tokens.
fn span<B>(request: &Request<B>) -> tracing::Span {
    let id = request.headers().get(X_REQUEST_ID).and_then(|id| id.to_str().ok());
    tracing::info_span!(
        "request",
        http.method = %request.method(),
        http.path = request.uri().path(),
        request.id = id,
    )
}

/// A bug of ours: the client is told so, and the connection survives.
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = text.unwrap_or("no message"), "a handler panicked");
    Problem::new(ErrorCode::Internal, "Something went wrong on our side.").into_response()
}
