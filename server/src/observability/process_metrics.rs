//! Metrics of the process, under the names that Prometheus' own clients use. Linux only: elsewhere
//! there are none.

use std::{fmt::Write, fs, io};

use rustix::{
    param::{clock_ticks_per_second, page_size},
    process::{Resource, getrlimit},
};

/// Appends the metrics in Prometheus' text format.
pub(super) fn append_to(text: &mut String) {
    if let Ok(usage) = Usage::read() {
        usage.write(text).expect("writing to a string cannot fail");
    }
}

struct Usage {
    cpu_seconds: f64,
    resident_bytes: u64,
    open_fds: usize,
    max_fds: Option<u64>,
}

impl Usage {
    fn read() -> io::Result<Self> {
        let stat = fs::read_to_string("/proc/self/stat")?;
        // The name of the program, in brackets, may have spaces.
        let (_, fields) = stat.rsplit_once(')').unwrap_or_default();
        let field = |number: usize| {
            let text = fields.split_whitespace().nth(number);
            text.and_then(|text| text.parse::<u64>().ok()).unwrap_or_default()
        };
        let (user, system, resident_pages) = (field(11), field(12), field(21));
        let ticks = u32::try_from(user + system).unwrap_or(u32::MAX);
        let per_second = u32::try_from(clock_ticks_per_second()).unwrap_or(100);
        Ok(Self {
            cpu_seconds: f64::from(ticks) / f64::from(per_second),
            resident_bytes: resident_pages * page_size() as u64,
            open_fds: fs::read_dir("/proc/self/fd")?.count(),
            max_fds: getrlimit(Resource::Nofile).current,
        })
    }

    fn write(&self, text: &mut String) -> std::fmt::Result {
        let mut metric = |name: &str, kind: &str, help: &str, value: &dyn std::fmt::Display| {
            writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n")
        };
        metric(
            "process_cpu_seconds_total",
            "counter",
            "CPU time of the process, in seconds.",
            &self.cpu_seconds,
        )?;
        metric(
            "process_resident_memory_bytes",
            "gauge",
            "Memory of the process that is resident.",
            &self.resident_bytes,
        )?;
        metric("process_open_fds", "gauge", "Open files and sockets.", &self.open_fds)?;
        if let Some(max) = self.max_fds {
            metric("process_max_fds", "gauge", "Most open files and sockets.", &max)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_has_memory_and_open_files() {
        let usage = Usage::read().unwrap();
        assert!(usage.resident_bytes > 1_000_000 && usage.open_fds >= 3);
        let mut text = String::new();
        append_to(&mut text);
        assert!(text.contains("\nprocess_resident_memory_bytes "), "{text}");
    }
}
