//! Use of CPU and memory.

mod cpu_time;
mod memory;

pub(crate) use cpu_time::CpuTime;
pub(crate) use memory::Memory;
