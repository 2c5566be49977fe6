//! The CPU time of processes.

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
        Self::read("/proc/self/stat", parse)
    }

    pub(crate) fn of(pid: u32) -> io::Result<Self> {
        Self::read(&format!("/proc/{pid}/stat"), parse)
    }

    /// Of all processes and of the kernel.
    pub(crate) fn of_machine() -> io::Result<Self> {
        Self::read("/proc/stat", parse_machine)
    }

    fn read(file: &str, parse: fn(&str) -> Option<Self>) -> io::Result<Self> {
        let invalid = || io::Error::new(io::ErrorKind::InvalidData, file);
        parse(&fs::read_to_string(file)?).ok_or_else(invalid)
    }

    /// The time for each of `count`, in microseconds.
    pub(crate) fn micros_each(self, count: usize) -> u128 {
        self.0.as_micros() / (count.max(1) as u128)
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

/// All columns of the first line but those of an idle processor: the fourth and the fifth
/// (proc_stat(5)).
fn parse_machine(stat: &str) -> Option<CpuTime> {
    let columns = stat.lines().next()?.strip_prefix("cpu ")?.split_whitespace();
    // The columns behind the eighth, of guests, are in the first two.
    let busy = columns.take(8).enumerate().filter(|(column, _)| !matches!(column, 3 | 4));
    let ticks = busy.map(|(_, ticks)| ticks.parse::<u32>().ok()).sum::<Option<u32>>()?;
    Some(CpuTime(TICK * ticks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_the_machine_leaves_out_idle_processors() {
        let stat = "cpu  100 0 50 9000 70 1 2 47 10 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n";
        assert_eq!(parse_machine(stat).unwrap().0, Duration::from_secs(2));
    }

    #[test]
    fn user_and_system_time_are_added() {
        let stat = "7 (a (b) c) R 1 7 7 0 -1 4194304 1 2 3 4 150 50 5 6 20 0 2 0 99 0 0";
        assert_eq!(parse(stat).unwrap().0, Duration::from_secs(2));
    }
}
