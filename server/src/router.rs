//! All routes, and what every request passes through.

use std::{any::Any, env, time::Duration};

use app::SiteUrl;
use axum::{
    Extension, Router,
    http::{Method, Request, StatusCode, header},
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
    timeout::TimeoutLayer,
    trace::TraceLayer,
};
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite, cookie::time};

use crate::{
    AppState, api,
    auth::{self, Sessions},
    failures,
    headers::{IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED, X_REQUEST_ID, X_TOTAL_COUNT},
    isolation,
    options::ServerOptions,
    problem::Problem,
    security::{self, CsrfGuard, Headers, PagePolicy, RateLimits},
    site,
    stream_limiter::StreamLimiter,
};

/// A request that takes longer has met something that will not get better.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// How long a browser stays signed in.
const SESSION: time::Duration = time::Duration::days(14);
const SESSION_COOKIE: &str = "mini_compete_session";

/// The whole site.
pub fn router(state: AppState, options: &ServerOptions) -> Router {
    let store = Sessions { ctx: state.ctx.clone(), cache: state.session_cache.clone() };
    let sessions = SessionManagerLayer::new(store)
        .with_name(SESSION_COOKIE)
        .with_same_site(SameSite::Lax)
        .with_secure(options.is_https())
        .with_expiry(Expiry::OnInactivity(SESSION));
    let site_url = SiteUrl(options.site_url().into());
    let own_origin = options.site_url.as_deref().and_then(security::origin);
    let csrf = CsrfGuard::new(own_origin, options.cors_origins.0.clone());
    let limits = RateLimits::new(state.ctx.has_rate_limits());
    let guards = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(
            options.trusted_proxies.clone(),
            security::resolve_client,
        ))
        .layer(middleware::from_fn_with_state(limits.clone(), security::by_address))
        .layer(middleware::from_fn_with_state(csrf, security::refuse_other_sites))
        .layer(sessions)
        .layer(middleware::from_fn_with_state(state.clone(), auth::resolve))
        .layer(middleware::from_fn_with_state(limits, security::by_user))
        .layer(middleware::from_fn_with_state(options.limits, security::bound_body));
    let streams = StreamLimiter::new(options.streams, state.ctx.has_rate_limits());
    let headers = Headers { is_https: options.is_https() };
    let around = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(X_REQUEST_ID, MakeRequestUuid))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(PropagateRequestIdLayer::new(X_REQUEST_ID))
        // For the page of a failure as well.
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(state.leptos.clone(), failures::as_pages))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIME_LIMIT))
        .layer(compression())
        .layer(middleware::from_fn(security::bound_head));
    Router::new()
        // A site that may call the API may also read that it was refused.
        .nest(
            "/api",
            api::router()
                .layer(guards.clone())
                .layer(cors(options))
                .layer(Extension(site_url.clone()))
                .layer(Extension(streams)),
        )
        // A nested router does not own the address of its own with a slash behind it.
        .route("/api/", routing::any(api::not_found))
        .merge(pages(&state, site_url).layer(guards))
        .merge(api::probes())
        .layer(around)
        .layer(middleware::from_fn_with_state(headers, security::add_headers))
        .with_state(state)
}

/// Pages, their server functions, and the files of the site.
fn pages(state: &AppState, site_url: SiteUrl) -> Router<AppState> {
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
    let not_found = routing::any(not_found).with_state(state.clone());
    let files = ServeDir::new(&*state.leptos.site_root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .call_fallback_on_method_not_allowed(true)
        .fallback(not_found);
    Router::new()
        .leptos_routes_with_context(state, generate_route_list(app::App), provide, shell)
        .layer(middleware::from_fn(isolation::begin))
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
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, IDEMPOTENCY_KEY])
        .expose_headers([
            header::LINK,
            header::RETRY_AFTER,
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
