//! The scale of a case, and its random numbers.

/// Chooses by `FAULTS`: `short` (the default, part of `make test`) or `long`.
pub(crate) fn scale<T>(short: T, long: T) -> T {
    match std::env::var("FAULTS").as_deref() {
        Ok("long") => long,
        Ok("short" | "") | Err(_) => short,
        Ok(other) => panic!("FAULTS is {other:?}; it can be `short` or `long`"),
    }
}

/// The random numbers of a case. `FAULT_SEED` repeats those of an earlier run; scheduling still
/// varies.
pub(crate) fn seeded_rng() -> fastrand::Rng {
    let seed = match std::env::var("FAULT_SEED") {
        Ok(seed) => seed.parse().expect("FAULT_SEED is a number"),
        Err(_) => fastrand::u64(..),
    };
    eprintln!("FAULT_SEED={seed}");
    fastrand::Rng::with_seed(seed)
}
