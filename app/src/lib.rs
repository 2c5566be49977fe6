//! The pages of Mini Compete: Leptos components and server functions.
//!
//! Every page is rendered on the server and works without JavaScript; with it, the same components
//! run in the browser. A server function is in the file of its page and holds no business rules:
//! those are in `service`.

#![expect(unreachable_pub, reason = "the component macro makes items public")]

mod bundles;
mod components;
mod email_note;
mod error;
#[cfg(feature = "ssr")]
mod failure_page;
mod footer;
mod form;
mod hand_over;
mod header;
mod hydration;
mod moment;
mod next;
pub mod pages;

mod server_fn_error;
mod shell;
mod site;
mod site_url;
#[cfg(feature = "ssr")]
mod ssr;
mod viewer;

pub use error::Failure;
#[cfg(feature = "ssr")]
pub use failure_page::failure_page;
pub use form::Returned;
pub use hand_over::{hand_over, is_handed_over};
pub use hydration::{mark_hydrated, yield_to_browser};
pub use moment::{Moment, ViewerText};
pub use shell::shell;
pub use site::App;
#[cfg(feature = "ssr")]
pub use site_url::SiteUrl;
