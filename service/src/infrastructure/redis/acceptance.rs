//! Whether Redis accepts this program: its certificate, the credentials, and the permissions of the
//! user for every command that this program sends.

use std::time::Duration;

use redis::{AsyncConnectionConfig, Client, ErrorKind, RedisError, RedisResult, Value};
use tokio::time::timeout;

use crate::{
    Error, Result,
    infrastructure::{ids::new_token, tls},
};

/// How long connecting, and each answer, may take.
const TIMEOUT: Duration = Duration::from_secs(2);
/// What to look at when the connection is not trusted.
const NAMES: tls::Names =
    tls::Names { server: "Redis", url: "REDIS_URL", ca_file: "REDIS_CA_FILE" };

/// Every command of this program, those of scripts included. The first makes KEY a text, so that
/// the others fail without any change; the last deletes it.
const COMMANDS: [&str; 26] = [
    "SET KEY 1 PX 5000",
    "GET KEY",
    "MGET KEY",
    "EXISTS KEY",
    "PEXPIRE KEY 5000",
    "LPUSH KEY x",
    "RPUSH KEY x",
    "LPOP KEY",
    "RPOP KEY",
    "LREM KEY 1 x",
    "LLEN KEY",
    "LRANGE KEY 0 0",
    "BLPOP KEY 0.01",
    "SADD KEY x",
    "SREM KEY x",
    "ZADD KEY 0 x",
    "ZREM KEY x",
    "ZRANGE KEY 0 0",
    "EVAL return 1 KEY",
    "EVALSHA 0 1 KEY",
    "SCRIPT LOAD return",
    "PUBLISH CHANNEL x",
    "TIME",
    "PING",
    "CLIENT ID",
    "DEL KEY",
];

/// Fails if the server refuses this program for a reason that lasts. A server that does not answer
/// may come up later, and is not an error.
pub(super) async fn check(client: &Client, prefix: &str) -> Result<()> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(TIMEOUT))
        .set_response_timeout(Some(TIMEOUT));
    let connection = client.get_multiplexed_async_connection_with_config(&config);
    let mut connection = match timeout(TIMEOUT, connection).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(error)) => return refuse(&error),
        Err(_) => return Ok(()),
    };
    // Not a script or a transaction: each command is to be refused for itself.
    let mut commands = redis::pipe();
    let (key, channel) = (format!("{prefix}check:{}", new_token()), format!("{prefix}events"));
    for command in COMMANDS {
        let mut words = command.split(' ').map(|word| match word {
            "KEY" => &*key,
            "CHANNEL" => &*channel,
            word => word,
        });
        commands.cmd(words.next().unwrap_or_default()).arg(words.collect::<Vec<_>>());
    }
    commands.ignore_errors();
    let results: RedisResult<Vec<RedisResult<Value>>> = commands.query_async(&mut connection).await;
    let results = match results {
        Ok(results) => results,
        Err(error) => return refuse(&error),
    };
    let mut refused = Vec::new();
    let mut reason = None;
    for (command, result) in COMMANDS.iter().zip(results) {
        match result {
            Err(error) if is_denied(&error) => {
                refused.push(command.split(' ').next().unwrap_or_default());
                reason.get_or_insert(error);
            }
            Err(error) => refuse(&error)?,
            Ok(_) => {}
        }
    }
    if let Some(error) = subscribe(client, &channel).await {
        refused.push("SUBSCRIBE");
        reason.get_or_insert(error);
    }
    match reason {
        None => Ok(()),
        Some(reason) => Err(Error::Misconfigured(format!(
            "the user of REDIS_URL lacks permissions in Redis, for {}: {reason}. \
             docs/deploy/redis.md has the ACL that it needs",
            refused.join(", "),
        ))),
    }
}

/// The error, if the user has no permission to subscribe to the channel.
async fn subscribe(client: &Client, channel: &str) -> Option<RedisError> {
    let subscribe = async {
        let mut listener = client.get_async_pubsub().await?;
        listener.subscribe(channel).await
    };
    timeout(TIMEOUT, subscribe).await.ok()?.err().filter(is_denied)
}

fn is_denied(error: &RedisError) -> bool {
    error.code() == Some("NOPERM")
}

/// Turns an error that lasts into a sentence for an operator.
fn refuse(error: &RedisError) -> Result<()> {
    if let Some(fault) = tls::fault(error, &NAMES) {
        return Err(Error::Misconfigured(fault));
    }
    if error.kind() == ErrorKind::AuthenticationFailed
        || matches!(error.code(), Some("WRONGPASS" | "NOAUTH"))
    {
        return Err(Error::Misconfigured(format!(
            "Redis refuses the user or the password of REDIS_URL, which are given as \
             redis://USER:PASSWORD@HOST with %-encoding: {error}"
        )));
    }
    if is_denied(error) {
        return Err(Error::Misconfigured(format!(
            "the user of REDIS_URL lacks a permission in Redis that connecting needs: {error}. \
             docs/deploy/redis.md has the ACL that it needs"
        )));
    }
    Ok(())
}
