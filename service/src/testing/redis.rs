//! A part of a Redis for one test.

use crate::{Redis, infrastructure::ids::new_id};

/// The Redis of `TEST_REDIS_URL`, if there is one, under a prefix of its own.
#[derive(Debug)]
pub(super) struct TestRedis {
    url: Option<String>,
    prefix: String,
}

impl TestRedis {
    pub(super) fn new() -> Self {
        let url = std::env::var("TEST_REDIS_URL").ok().filter(|url| !url.is_empty());
        Self { url, prefix: format!("test:{}:", new_id().simple()) }
    }

    /// No Redis, even if the variable is set.
    pub(super) fn none() -> Self {
        Self { url: None, prefix: String::new() }
    }

    /// A connection of another process.
    pub(super) fn connect(&self) -> Option<Redis> {
        let url = self.url.as_deref()?;
        Some(Redis::new(url, &self.prefix).expect("the Redis of TEST_REDIS_URL"))
    }

    pub(super) fn variables(&self) -> Vec<(&'static str, String)> {
        let url = self.url.clone().unwrap_or_default();
        vec![("REDIS_URL", url), ("REDIS_PREFIX", self.prefix.clone())]
    }
}
