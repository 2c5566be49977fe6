//! Processes: those that are measured, and what they take.

mod child;
mod cpu_time;
mod memory;
mod product;

pub(crate) use child::Server;
pub(crate) use cpu_time::CpuTime;
pub(crate) use memory::Memory;
pub(crate) use product::Installation;
