//! Signing up, logging in and out, and resetting a password.

mod forgot;
mod log_out;
mod login;
mod reset;
mod signup;
mod verify_email;

pub use forgot::{ForgotPage, ForgotScreen, TypedEmail};
pub use log_out::LogOut;
pub use login::{LoginPage, LoginScreen, TypedLogin};
pub use reset::{ResetPage, ResetScreen};
pub use signup::{SignupPage, TypedSignup};
pub use verify_email::{VerifyEmailPage, VerifyEmailScreen};
