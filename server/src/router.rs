//! All routes, and what every request passes through.

use std::{any::Any, time::Duration};

use app::SiteUrl;
use axum::{
    Extension, Router,
    http::{Method, StatusCode, header},
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
    timeout::TimeoutLayer,
    trace::TraceLayer,
};
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite, cookie::time};

use crate::{
    AppState, api,
    auth::{self, Sessions},
    headers::{IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED, X_REQUEST_ID, X_TOTAL_COUNT},
    options::ServerOptions,
    problem::Problem,
    site,
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
    let who = ServiceBuilder::new()
        .layer(sessions)
        .layer(middleware::from_fn_with_state(state.clone(), auth::resolve));
    let around = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(X_REQUEST_ID, MakeRequestUuid))
        .layer(TraceLayer::new_for_http())
        .layer(PropagateRequestIdLayer::new(X_REQUEST_ID))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIME_LIMIT))
        .layer(compression());
    Router::new()
        .nest("/api", api::router().layer(cors(options)).layer(Extension(site_url.clone())))
        // A nested router does not own the address of its own with a slash behind it.
        .route("/api/", routing::any(api::not_found))
        .merge(pages(&state, site_url))
        .layer(who)
        .merge(api::probes())
        .layer(around)
        .with_state(state)
}

/// Pages, their server functions, and the files of the site.
fn pages(state: &AppState, site_url: SiteUrl) -> Router<AppState> {
    let leptos = state.leptos.clone();
    let provide = {
        let ctx = state.ctx.clone();
        move || {
            provide_context(ctx.clone());
            provide_context(site_url.clone());
        }
    };
    let shell = move || app::shell(leptos.clone());
    let files = leptos_axum::file_and_error_handler_with_context::<AppState, _>(
        provide.clone(),
        app::shell,
    );
    Router::new()
        .leptos_routes_with_context(state, generate_route_list(app::App), provide, shell)
        .fallback(files)
        .layer(middleware::from_fn(site::cache))
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

/// A bug of ours: the client is told so, and the connection survives.
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = text.unwrap_or("no message"), "a handler panicked");
    Problem::new(ErrorCode::Internal, "Something went wrong on our side.").into_response()
}
