//! Redis.

use std::time::Duration;

use domain::Timestamp;
use redis::{AsyncConnectionConfig, RedisResult, cmd};
use sea_orm::prelude::DateTimeUtc;

use super::{Finding, clocks};
use crate::{Clock, Redis, SystemClock, error_chain};

const LIMIT: Duration = Duration::from_secs(3);
const OLDEST: u32 = 7;

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
    if let Err(error) = look(&redis, &mut findings).await {
        findings.push(Finding::error(
            "redis.reachable",
            error.to_string(),
            "Check REDIS_URL, and that Redis runs and accepts this user. Without it, servers and \
             workers work, and every process waits for the database instead.",
        ));
    }
    findings
}

async fn look(redis: &Redis, findings: &mut Vec<Finding>) -> RedisResult<()> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(LIMIT))
        .set_response_timeout(Some(LIMIT));
    let mut connection =
        redis.client().get_multiplexed_async_connection_with_config(&config).await?;
    let _: String = cmd("PING").query_async(&mut connection).await?;
    let info = async |section: &str| -> String {
        let mut connection = connection.clone();
        cmd("INFO").arg(section).query_async(&mut connection).await.unwrap_or_default()
    };
    findings.push(version(&info("server").await));
    let memory = info("memory").await;
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
    let persistence = info("persistence").await;
    findings.push(match value(&persistence, "aof_enabled") {
        Some("1") => Finding::ok("redis.persistence", "appendonly is on"),
        Some(_) => Finding::warning(
            "redis.persistence",
            "appendonly is off",
            "Set appendonly to yes: after a restart jobs start late otherwise.",
        ),
        None => Finding::warning(
            "redis.persistence",
            "the user may not run INFO",
            "Allow INFO, or make sure that appendonly is yes.",
        ),
    });
    findings.push(permissions(redis).await);
    let before = SystemClock.now();
    let time: RedisResult<(i64, u32)> = cmd("TIME").query_async(&mut connection).await;
    // Without the permission for TIME there is a finding already.
    let Ok((seconds, micros)) = time else { return Ok(()) };
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

/// The permissions of the user, as every start of a server checks them.
async fn permissions(redis: &Redis) -> Finding {
    match redis.check().await {
        Ok(()) => Finding::ok("redis.permissions", "all commands that are needed are allowed"),
        Err(error) => Finding::error(
            "redis.permissions",
            error_chain(&error),
            "Give the user of REDIS_URL these permissions: no server starts without them.",
        ),
    }
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
