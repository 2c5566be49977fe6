//! How far a case goes, and the seed that it goes by.

/// How much of a case is run: the short form belongs to `make test`, the long one is asked for by `FAULTS=long`.
pub(crate) fn scale<T>(short: T, long: T) -> T {
    match std::env::var("FAULTS").as_deref() {
        Ok("long") => long,
        Ok("short" | "") | Err(_) => short,
        Ok(other) => panic!("FAULTS is {other:?}; it can be `short` or `long`"),
    }
}

/// The source of all that a case leaves to chance. `FAULT_SEED` repeats what an earlier run did, as far as the
/// scheduler lets it.
pub(crate) fn chance() -> fastrand::Rng {
    let seed = match std::env::var("FAULT_SEED") {
        Ok(seed) => seed.parse().expect("FAULT_SEED is a number"),
        Err(_) => fastrand::u64(..),
    };
    eprintln!("FAULT_SEED={seed}");
    fastrand::Rng::with_seed(seed)
}
