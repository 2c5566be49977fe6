//! Servers and workers as child processes.

mod child;
mod product;

pub(crate) use child::Server;
pub(crate) use product::Installation;
