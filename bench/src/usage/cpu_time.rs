//! The CPU time of this process.

use std::{fs, io, time::Duration};

/// The unit of the kernel's figures (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);
/// User time and system time, counted from the field after the name in brackets (proc_pid_stat(5)).
const FIELDS: [usize; 2] = [11, 12];

/// The CPU time of all threads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CpuTime(Duration);

impl CpuTime {
    pub(crate) fn of_this_process() -> io::Result<Self> {
        parse(&fs::read_to_string("/proc/self/stat")?)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "/proc/self/stat"))
    }

    pub(crate) fn since(self, earlier: Self) -> Self {
        Self(self.0.saturating_sub(earlier.0))
    }

    /// The share of all cores: 1 when every core was busy the whole time.
    pub(crate) fn share_of_machine(self, elapsed: Duration) -> f64 {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        self.0.div_duration_f64(elapsed * u32::try_from(cores).unwrap_or(u32::MAX))
    }
}

fn parse(stat: &str) -> Option<CpuTime> {
    // The name may hold spaces and brackets.
    let (_, fields) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    let ticks =
        FIELDS.iter().map(|field| fields.get(*field)?.parse::<u32>().ok()).sum::<Option<u32>>()?;
    Some(CpuTime(TICK * ticks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_and_system_time_are_added() {
        let stat = "7 (a (b) c) R 1 7 7 0 -1 4194304 1 2 3 4 150 50 5 6 20 0 2 0 99 0 0";
        assert_eq!(parse(stat).unwrap().0, Duration::from_secs(2));
    }
}
