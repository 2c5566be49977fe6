//! Signing up, in and out.

mod forgot;
mod log_out;
mod login;
mod reset;
mod signup;

pub use forgot::{ForgotPage, ForgotScreen, TypedAddress};
pub use log_out::LogOut;
pub use login::{LoginPage, LoginScreen, TypedLogin};
pub use reset::{ResetPage, ResetScreen};
pub use signup::{SignupPage, TypedSignup};
