//! Signing up, in and out.

mod log_out;
mod login;
mod signup;

pub use log_out::LogOut;
pub use login::{LoginPage, LoginScreen, TypedLogin};
pub use signup::{SignupPage, TypedSignup};
