//! Signing up, logging in and out, and resetting a password.

mod confirm_email;
mod forgot;
mod log_out;
mod login;
mod reset;
mod signup;

pub use confirm_email::{ConfirmEmailPage, ConfirmEmailScreen};
pub use forgot::{ForgotPage, ForgotScreen, TypedEmail};
pub use log_out::LogOut;
pub use login::{LoginPage, LoginScreen, TypedLogin};
pub use reset::{ResetPage, ResetScreen};
pub use signup::{SignupPage, TypedSignup};
