//! The limit of open files, of which each connection needs one.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files for anything but client connections: the database, Redis, mail, the site's files, the log.
const RESERVED: usize = 256;
/// The fewest connections, however low the limit is.
const MIN_CONNECTIONS: usize = 64;

/// Raises the soft limit of open files to the hard limit, and returns it; `None` without a limit.
///
/// # Errors
/// When the system refuses.
pub(crate) fn raise_limit() -> io::Result<Option<usize>> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum {
        setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })?;
    }
    Ok(getrlimit(Resource::Nofile).current.and_then(|limit| usize::try_from(limit).ok()))
}

/// The hard limit of open files; `None` without a limit.
pub(crate) fn hard_limit() -> Option<usize> {
    getrlimit(Resource::Nofile).maximum.and_then(|limit| usize::try_from(limit).ok())
}

/// How many of the `wanted` connections fit into `open_files`.
pub(crate) fn connections(wanted: usize, open_files: Option<usize>) -> usize {
    let Some(open_files) = open_files else { return wanted };
    wanted.min(open_files.saturating_sub(RESERVED).max(MIN_CONNECTIONS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_capped_by_open_files() {
        for (wanted, open_files, expected) in [
            (10_000, None, 10_000),
            (10_000, Some(1_048_576), 10_000),
            (10_000, Some(1_024), 768),
            (10_000, Some(256), 64),
            (10, Some(256), 10),
        ] {
            assert_eq!(connections(wanted, open_files), expected, "{wanted} of {open_files:?}");
        }
    }
}
