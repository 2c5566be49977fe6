//! A description of the machine.

use std::{
    fs::{self, File},
    io::Write as _,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use crate::{Result, http::Latencies, sql::Shell, stage::Stage};

/// The size of a page of PostgreSQL, as a small transaction writes.
const BLOCK: [u8; 8192] = [0; 8192];
/// The number of writes.
const BLOCKS: usize = 200;

/// The machine and the versions of the programs, as a list.
pub(crate) fn describe(stage: &Stage) -> Result<String> {
    let cores = std::thread::available_parallelism()?;
    let memory =
        field("/proc/meminfo", "MemTotal:").and_then(|text| gibibytes(&text)).unwrap_or_default();
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_default();
    let sync = sync_time(stage.folder())?;
    let postgres = Shell::postgres(&stage.options.postgres)?.value("SHOW server_version")?;
    let sizes = stage.sizes;
    let quick = if stage.options.quick { " (a quick run: figures mean little)" } else { "" };
    let rounds = match stage.options.scale {
        true => String::new(),
        false => format!(
            "- Rounds: {}, of {} s for registrations and reads{quick}\n",
            sizes.rounds,
            sizes.time.as_secs()
        ),
    };
    Ok(format!(
        "- Machine: {cores} cores, {processor}, {memory} GiB of memory, {}\n\
         - Disk: {} file system; writing 8 KiB with fsync takes {:.2} ms (p99 {:.2} ms)\n\
         - Versions: {}, PostgreSQL {postgres}, {}, SQLite {}, Node.js {}\n{rounds}",
        output("uname", &["-sr"]),
        // The first line is the heading.
        output("df", &["--output=fstype", &stage.folder().display().to_string()])
            .lines()
            .last()
            .unwrap_or_default(),
        1000.0 * sync.p50().as_secs_f64(),
        1000.0 * sync.p99().as_secs_f64(),
        output(&stage.options.binary.display().to_string(), &["--version"]),
        output("redis-server", &["--version"]).split(" sha").next().unwrap_or_default(),
        output("sqlite3", &["--version"]).split(' ').next().unwrap_or_default(),
        output("node", &["--version"]),
    ))
}

/// The latency of fsync, a lower bound on the latency of a commit.
fn sync_time(folder: &Path) -> Result<Latencies> {
    let mut file = File::create(folder.join("sync"))?;
    file.write_all(&BLOCK.repeat(BLOCKS))?;
    file.sync_all()?;
    let mut times: Vec<Duration> = Vec::with_capacity(BLOCKS);
    let mut file = File::options().write(true).open(folder.join("sync"))?;
    for _ in 0..BLOCKS {
        let began = Instant::now();
        file.write_all(&BLOCK)?;
        file.sync_data()?;
        times.push(began.elapsed());
    }
    Ok(Latencies::new(times))
}

/// The value of `name : value` in a file of the kernel.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim_start_matches([' ', '\t', ':']).trim().to_owned())
}

/// Parses `24684092 kB`.
fn gibibytes(text: &str) -> Option<u64> {
    let kibibytes: u64 = text.strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes.div_ceil(1024 * 1024))
}

/// The output of a program, which `setup.sh` has installed.
fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&text).trim().to_owned()
}
