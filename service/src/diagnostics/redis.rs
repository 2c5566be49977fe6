//! Redis.

use std::time::Duration;

use domain::Timestamp;
use redis::{AsyncConnectionConfig, Client, RedisResult, aio::MultiplexedConnection, cmd};
use sea_orm::prelude::DateTimeUtc;

use super::{Finding, clocks};
use crate::{Clock, Redis, SystemClock, infrastructure::ids::new_token};

const LIMIT: Duration = Duration::from_secs(3);
const OLDEST: u32 = 7;

/// Tries every command that the program sends, on one key. Returns those that fail.
const COMMANDS: &str = "\
    local key, failed = KEYS[1], {} \
    local function try(...) \
        local reply = redis.pcall(...) \
        if type(reply) == 'table' and reply.err then failed[#failed + 1] = (...) end \
    end \
    try('SET', key, '1', 'PX', '1000') try('GET', key) try('EXISTS', key) \
    try('PEXPIRE', key, '1000') try('DEL', key) \
    try('LPUSH', key, '1') try('RPUSH', key, '2') try('LLEN', key) try('LRANGE', key, '0', '1') \
    try('LREM', key, '1', '1') try('LPOP', key) try('RPOP', key) try('DEL', key) \
    try('SADD', key, '1') try('SREM', key, '1') try('DEL', key) \
    try('ZADD', key, '1', '1') try('ZRANGE', key, '0', '1') try('ZREM', key, '1') \
    try('DEL', key) try('TIME') \
    return failed";

/// Looks at the Redis at `url`, whose keys begin with `prefix`, trusting the authorities in `ca`.
pub async fn redis(url: &str, prefix: &str, ca: Option<&str>) -> Vec<Finding> {
    let redis = match Redis::trusting(url, prefix, ca) {
        Ok(redis) => redis,
        Err(error) => {
            let advice = "Check REDIS_URL and REDIS_CA_FILE.";
            return vec![Finding::error("redis.reachable", error.to_string(), advice)];
        }
    };
    let mut findings = Vec::new();
    if let Err(error) = look(redis.client(), prefix, &mut findings).await {
        findings.push(Finding::error(
            "redis.reachable",
            error.to_string(),
            "Check REDIS_URL, and that Redis runs and accepts this user. Without it, servers and \
             workers work, and every process waits for the database instead.",
        ));
    }
    findings
}

async fn look(client: &Client, prefix: &str, findings: &mut Vec<Finding>) -> RedisResult<()> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(LIMIT))
        .set_response_timeout(Some(LIMIT));
    let mut redis = client.get_multiplexed_async_connection_with_config(&config).await?;
    let _: String = cmd("PING").query_async(&mut redis).await?;
    let info = async |mut redis: MultiplexedConnection, section: &str| -> RedisResult<String> {
        cmd("INFO").arg(section).query_async(&mut redis).await
    };
    let server = info(redis.clone(), "server").await.unwrap_or_default();
    findings.push(version(&server));
    let memory = info(redis.clone(), "memory").await.unwrap_or_default();
    findings.push(match value(&memory, "maxmemory_policy") {
        Some("noeviction") => Finding::ok("redis.eviction", "noeviction"),
        Some(policy) => Finding::warning(
            "redis.eviction",
            format!("maxmemory-policy is {policy}"),
            "Set maxmemory-policy to noeviction: evicted lists make jobs start late.",
        ),
        None => Finding::warning(
            "redis.eviction",
            "the user may not run INFO",
            "Allow INFO, or make sure that maxmemory-policy is noeviction.",
        ),
    });
    let persistence = info(redis.clone(), "persistence").await.unwrap_or_default();
    findings.push(match value(&persistence, "aof_enabled") {
        Some("1") => Finding::ok("redis.persistence", "appendonly is on"),
        _ => Finding::warning(
            "redis.persistence",
            "appendonly is off",
            "Set appendonly to yes: after a restart jobs start late otherwise.",
        ),
    });
    findings.push(permissions(&mut redis, prefix).await);
    let before = SystemClock.now();
    let (seconds, micros): (i64, u32) = cmd("TIME").query_async(&mut redis).await?;
    if let Some(time) = DateTimeUtc::from_timestamp(seconds, micros.saturating_mul(1_000)) {
        findings.push(clocks::compare("clock.redis", before, Timestamp::from(time)));
    }
    Ok(())
}

fn version(server: &str) -> Finding {
    let valkey = value(server, "valkey_version").map(|version| format!("Valkey {version}"));
    let Some(found) = value(server, "redis_version") else {
        return Finding::ok("redis.reachable", "it answers");
    };
    let major = found.split('.').next().and_then(|major| major.parse::<u32>().ok());
    let shown = valkey.unwrap_or_else(|| format!("Redis {found}"));
    match major {
        Some(major) if major < OLDEST => {
            Finding::warning("redis.reachable", shown, "Upgrade Redis to version 7 or newer.")
        }
        _ => Finding::ok("redis.reachable", shown),
    }
}

async fn permissions(redis: &mut MultiplexedConnection, prefix: &str) -> Finding {
    let key = format!("{prefix}doctor:{}", new_token());
    let tried: RedisResult<Vec<String>> =
        cmd("EVAL").arg(COMMANDS).arg(1).arg(&key).query_async(redis).await;
    let mut failed = tried.unwrap_or_else(|_| vec!["EVAL".to_owned()]);
    let published: RedisResult<i64> = cmd("PUBLISH").arg(&key).arg("").query_async(redis).await;
    if published.is_err() {
        failed.push("PUBLISH".to_owned());
    }
    let moved: RedisResult<Option<String>> =
        cmd("BLMOVE").arg(&[&key, &key, "RIGHT", "LEFT", "0.01"]).query_async(redis).await;
    if moved.is_err() {
        failed.push("BLMOVE".to_owned());
    }
    failed.dedup();
    if failed.is_empty() {
        return Finding::ok("redis.permissions", "all commands that are needed are allowed");
    }
    Finding::error(
        "redis.permissions",
        format!("these commands are refused: {}", failed.join(", ")),
        format!(
            "Allow the user `~{prefix}* &{prefix}* +@read +@write +@scripting +@pubsub \
             +@connection +@blocking +info +time`."
        ),
    )
}

/// The value of a line `name:value` of INFO.
fn value<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines().find_map(|line| line.trim_end().strip_prefix(name)?.strip_prefix(':'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Severity;

    #[test]
    fn the_version_is_read_from_info() {
        let of = |info: &str| (version(info).severity, version(info).found);
        assert_eq!(of("redis_version:7.4.1\r\n"), (Severity::Ok, "Redis 7.4.1".into()));
        assert_eq!(of("redis_version:6.2.0\r\n").0, Severity::Warning);
        let valkey = "redis_version:7.2.4\r\nvalkey_version:8.1.0\r\n";
        assert_eq!(of(valkey), (Severity::Ok, "Valkey 8.1.0".into()));
    }

    #[tokio::test]
    async fn a_redis_that_does_not_answer_is_an_error() {
        let found = redis("redis://127.0.0.1:1", "test:", None).await;
        assert_eq!((found.len(), found[0].severity), (1, Severity::Error));
    }
}
