//! The pages: one module for each noun, one file for each page.

pub mod account;
pub mod admin;
pub mod auth;
pub mod competitions;
pub mod dashboard;
mod dashboard_view;
mod home;
pub mod mailbox;
mod not_found;
pub mod pictures;
mod unsubscribe;
pub mod webhooks;

pub use home::{HomePage, load_closing_soon};
pub use not_found::NotFoundPage;
pub use unsubscribe::{UnsubscribePage, UnsubscribeScreen};
