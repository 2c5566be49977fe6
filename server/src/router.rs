//! All routes, and the layers around them.

use std::{any::Any, env, sync::Arc, time::Duration};

use app::SiteUrl;
use axum::{
    Extension, Router,
    body::Body,
    http::{Method, header},
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
    compression::{
        CompressionBody, CompressionLayer, DefaultPredicate, Predicate,
        predicate::NotForContentType,
    },
    cors::CorsLayer,
    services::ServeDir,
    trace::TraceLayer,
};

use crate::{
    AppState, ResponseCache, api,
    auth::{self, Authenticator, Sessions},
    crawlers, entity_tag, error_pages, graceful_shutdown,
    headers::{IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED, X_REQUEST_ID, X_TOTAL_COUNT},
    mail_previews, media, observability,
    options::ServerOptions,
    problem::Problem,
    request_isolation::{self, RenderPermits},
    security::{
        self, BodyLimits, CsrfGuard, Headers, PagePolicy, RATE_LIMIT, RATE_LIMIT_POLICY,
        RateLimits, ResponseMemory, Uploads,
    },
    server_functions,
    share::Share,
    shared_responses::{self, SharedResponses},
    site,
    stream_limiter::StreamLimiter,
    time_limit, unsubscribe,
};

/// The whole site.
pub fn router(state: AppState, options: &ServerOptions) -> Router {
    let site_url = SiteUrl(options.site_url().into());
    let own_origin = options.site_url.as_deref().and_then(security::origin);
    let csrf = CsrfGuard::new(own_origin, options.cors_origins.0.clone());
    let (api, mut classes) = api::router();
    classes.extend(server_functions::rate_classes());
    let rate_limits = if state.ctx.has_rate_limits() {
        let traffic = &options.traffic;
        RateLimits::new(traffic.address_allowances(), traffic.user_allowances(), classes)
    } else {
        RateLimits::off()
    };
    let headers = Headers { is_https: options.is_https() };
    let shared = Arc::new(SharedResponses {
        cache: ResponseCache::without_tags(state.ctx.clone()),
        proxies: options.trusted_proxies.clone(),
        rate_limits: rate_limits.clone(),
        draining: state.draining.clone(),
        headers,
    });
    let guards = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(
            options.trusted_proxies.clone(),
            security::resolve_client,
        ))
        .layer(Share)
        .layer(middleware::from_fn_with_state(rate_limits.clone(), security::limit_by_address))
        .layer(Share)
        .layer(middleware::from_fn_with_state(csrf, security::reject_cross_site))
        .layer(Share);
    let authentication = Authentication {
        sessions: Sessions::new(state.ctx.clone(), options.is_https()),
        authenticator: Authenticator { ctx: state.ctx.clone(), tokens: Arc::clone(&state.tokens) },
        rate_limits,
        body_limits: BodyLimits { limits: options.limits, uploads: Uploads::default() },
    };
    let streams = StreamLimiter::new(options.streams, state.ctx.has_rate_limits());
    let draining = state.draining.clone();
    let outer = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(
            options.trusted_proxies.clone(),
            observability::respond,
        ))
        .layer(Share)
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(observability::span)
                .on_response(observability::RecordResponse),
        )
        // Also for a panic while an error page is rendered.
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(state.clone(), error_pages::render))
        .layer(Share)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(options.limits, time_limit::enforce))
        .layer(Share)
        .map_response(entity_tag::tell_codings_apart::<CompressionBody<Body>>)
        .layer(compression())
        .layer(middleware::from_fn_with_state(
            ResponseMemory::new(&options.limits),
            security::reserve_memory,
        ))
        .layer(Share)
        .layer(middleware::from_fn(security::bound_head))
        .layer(Share);
    Router::new()
        // CORS is outside of the guards, so that other sites can read their rejections.
        .nest(
            "/api",
            authentication
                .wrap(api)
                .layer(guards.clone())
                .layer((cors(options), Share))
                .layer(Extension(site_url.clone()))
                .layer(Extension(streams)),
        )
        // Axum does not route the prefix of a nested router with a trailing slash.
        .route("/api/", routing::any(api::not_found))
        .merge(pages(&state, site_url, &authentication).layer(guards))
        .merge(api::probes(state.ctx.clone(), state.draining.clone()))
        .layer(outer)
        .layer((middleware::from_fn_with_state(headers, security::add_headers), Share))
        .layer((
            middleware::from_fn_with_state(draining, graceful_shutdown::close_connections),
            Share,
        ))
        // Answers with what the layers inside of it have made.
        .layer((middleware::from_fn_with_state(shared, shared_responses::share), Share))
        .with_state(state)
}

/// The layers that identify the actor, and limit what a user may send. Files do not need them.
#[derive(Clone)]
struct Authentication {
    sessions: Sessions,
    authenticator: Authenticator,
    rate_limits: RateLimits,
    body_limits: BodyLimits,
}

impl Authentication {
    fn wrap(&self, routes: Router<AppState>) -> Router<AppState> {
        let Self { sessions, authenticator, rate_limits, body_limits } = self.clone();
        routes.layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn_with_state(sessions, auth::attach))
                .layer(Share)
                .layer(middleware::from_fn_with_state(authenticator, auth::resolve))
                .layer(Share)
                .layer(middleware::from_fn_with_state(rate_limits, security::limit_by_user))
                .layer(Share)
                .layer(middleware::from_fn_with_state(body_limits, security::bound_body))
                .layer(Share),
        )
    }
}

/// Pages, server functions, and static files.
fn pages(state: &AppState, site_url: SiteUrl, authentication: &Authentication) -> Router<AppState> {
    let leptos = state.leptos.clone();
    let crawlers = crawlers::router(site_url.clone());
    let is_development = state.ctx.is_development();
    let previews = if is_development { mail_previews::router() } else { Router::new() };
    // `cargo leptos watch` sets this variable.
    let is_watching = env::var_os("LEPTOS_WATCH").is_some();
    let policy = PagePolicy::new(is_watching.then_some(leptos.reload_port));
    let provide = {
        let ctx = state.ctx.clone();
        move || {
            provide_context(ctx.clone());
            provide_context(site_url.clone());
            policy.apply();
        }
    };
    let shell = move || app::shell(leptos.clone());
    let not_found = leptos_axum::file_and_error_handler_with_context::<AppState, _>(
        provide.clone(),
        app::shell,
    );
    let permits = RenderPermits::default();
    let not_found = Router::new()
        .fallback(not_found)
        .layer(middleware::from_fn_with_state(permits.clone(), request_isolation::isolate_in_task));
    let not_found = authentication.wrap(not_found).with_state(state.clone());
    let files = ServeDir::new(&*state.leptos.site_root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .call_fallback_on_method_not_allowed(true)
        .fallback(not_found);
    let rendered = Router::new()
        .leptos_routes_with_context(state, generate_route_list(app::App), provide, shell)
        .layer(middleware::from_fn_with_state(permits, request_isolation::isolate));
    authentication
        .wrap(rendered)
        .layer(middleware::from_fn(security::allow_by_hash))
        .layer(Share)
        .merge(media::router())
        .merge(crawlers)
        .merge(previews)
        .merge(unsubscribe::router())
        .merge(api::calendars())
        .fallback_service(files)
        .layer(middleware::from_fn(site::set_cache_control))
        .layer(middleware::from_fn(site::strip_trailing_slash))
}

/// Compresses responses, with Zstandard where the client accepts it: it takes a quarter of the time
/// of Brotli and gzip for about the same size. Not WebAssembly: a release holds it compressed, and
/// that of a debug build is so large that compressing takes longer than sending.
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
            header::IF_NONE_MATCH,
            IDEMPOTENCY_KEY,
        ])
        .expose_headers([
            header::ETAG,
            header::LINK,
            header::LOCATION,
            header::RETRY_AFTER,
            header::WWW_AUTHENTICATE,
            IDEMPOTENCY_REPLAYED,
            RATE_LIMIT,
            RATE_LIMIT_POLICY,
            X_REQUEST_ID,
            X_TOTAL_COUNT,
        ])
        .max_age(Duration::from_secs(600))
}

/// Turns a panic into a 500, so that the connection survives.
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = text.unwrap_or("no message"), "a handler panicked");
    Problem::new(ErrorCode::Internal, "Something went wrong on our side.").into_response()
}
