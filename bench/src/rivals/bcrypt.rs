//! bcrypt alone.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::{Result, http::Latencies, stage::PASSWORD, table::Measured};

/// Verifies the password on every core for `time`.
pub(crate) fn bcrypt(hash: &str, time: Duration) -> Result<Measured> {
    let cores = thread::available_parallelism()?.get();
    let began = Instant::now();
    let each = thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(|| compare(hash, time))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("bcrypt does not panic"))
            .collect::<Vec<_>>()
    });
    let elapsed = began.elapsed();
    let times: Vec<Duration> = each.into_iter().collect::<bcrypt::BcryptResult<Vec<_>>>()?.concat();
    Ok(Measured::rate(times.len(), elapsed).with(&Latencies::new(times)))
}

fn compare(hash: &str, time: Duration) -> bcrypt::BcryptResult<Vec<Duration>> {
    let began = Instant::now();
    let mut times = Vec::new();
    while began.elapsed() < time {
        let start = Instant::now();
        bcrypt::verify(PASSWORD, hash)?;
        times.push(start.elapsed());
    }
    Ok(times)
}
