//! Processes, and their use of memory and CPU.

mod child;
mod cpu_time;
mod memory;
mod product;

pub(crate) use child::Server;
pub(crate) use cpu_time::CpuTime;
pub(crate) use memory::Memory;
pub(crate) use product::Installation;
