//! Sessions in Redis (or Valkey), shared by all instances.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, ConnectionInfo, FromRedisValue, IntoConnectionInfo, RedisError, Script};

use super::away::{Away, CannotOpen};
use super::keys::{SESSION_CAP, SessionKey};

/// A connection that cannot be made in this time is refused to the caller.
const CONNECTION_TIMEOUT: Duration = Duration::from_millis(300);
/// An answer that has not come in this time is not waited for: a citizen is.
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(400);
/// The crate's own default retries make every call wait 9.45 s while the server is down.
const RETRIES: usize = 0;
const MAX_DELAY: Duration = Duration::from_millis(200);
/// Sent bytes that nobody acknowledges for this long end the connection, so that a silently
/// dropped path is left within seconds and not after the kernel's quarter of an hour.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(2);
/// Commands that may wait to be written; the crate's 50 would make a burst queue up elsewhere.
const PIPELINE: usize = 1024;
/// A session's longest life; a longer one is a mistake, and Redis refuses absurd ones.
const MAX_TTL: Duration = Duration::from_hours(24 * 30);

/// A cloneable handle on one multiplexed connection.
///
/// Sentinel and Cluster find their connection elsewhere but speak the same commands: they become
/// further ways of making `link`, and nothing else changes.
#[derive(Clone)]
pub struct RedisSessions {
    link: ConnectionManager,
    prefix: Arc<str>,
    append: Arc<Script>,
}

impl RedisSessions {
    /// Prepares the connection; it is made by the first command, so a server that is down now
    /// delays nobody.
    pub(super) fn open(url: &str, prefix: &str) -> Result<Self, CannotOpen> {
        const FORM: CannotOpen = CannotOpen::Address(
            "the session store's address cannot be read: write it as redis://host:6379/0, rediss://host:6380 or unix:///path",
        );
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(CannotOpen::Address(
                "the session store must be opened within the runtime",
            ));
        }
        let address = url.into_connection_info().map_err(|_| FORM)?;
        let client = Client::open(tuned(address)).map_err(|_| FORM)?;
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(RETRIES)
            .set_max_delay(MAX_DELAY)
            .set_connection_timeout(Some(CONNECTION_TIMEOUT))
            .set_response_timeout(Some(RESPONSE_TIMEOUT))
            .set_pipeline_buffer_size(PIPELINE);
        let link = ConnectionManager::new_lazy_with_config(client, config).map_err(|_| FORM)?;
        Ok(Self {
            link,
            prefix: prefix.into(),
            append: Arc::new(Script::new(include_str!("append.lua"))),
        })
    }

    pub(super) async fn append(
        &self,
        key: &SessionKey,
        header: &[u8],
        entry: &[u8],
        ttl: Duration,
    ) -> Result<Vec<u8>, Away> {
        let ttl = ttl.clamp(Duration::from_millis(1), MAX_TTL).as_millis();
        let mut call = self.append.prepare_invoke();
        call.key(key.redis(&self.prefix))
            .arg(header)
            .arg(entry)
            .arg(u64::try_from(ttl).unwrap_or(u64::MAX))
            .arg(SESSION_CAP);
        // Repeating is safe although APPEND is not idempotent: if the first one did arrive, the
        // log has the same entry twice, which its reader takes for one.
        let mut link = self.link.clone();
        match call.invoke_async(&mut link).await {
            Err(error) if lost(&error) => Ok(call.invoke_async(&mut link).await?),
            answer => Ok(answer?),
        }
    }

    pub(super) async fn read(&self, key: &SessionKey) -> Result<Option<Vec<u8>>, Away> {
        self.ask(redis::cmd("GET").arg(key.redis(&self.prefix)))
            .await
    }

    pub(super) async fn forget(&self, key: &SessionKey) -> Result<(), Away> {
        self.ask(redis::cmd("DEL").arg(key.redis(&self.prefix)))
            .await
    }

    pub(super) async fn ping(&self) -> Result<(), Away> {
        self.ask(&redis::cmd("PING")).await
    }

    /// One command, repeated once if the connection was found dead; only for commands that may be.
    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Away> {
        let mut link = self.link.clone();
        match command.query_async(&mut link).await {
            Err(error) if lost(&error) => Ok(command.query_async(&mut link).await?),
            answer => Ok(answer?),
        }
    }
}

/// Whether the connection was found dead at once: worth one repeat, on a new connection, which
/// the failure has already asked for. A time-out is not: the citizen's time is spent.
fn lost(error: &RedisError) -> bool {
    error.is_io_error() && !error.is_timeout()
}

fn tuned(address: ConnectionInfo) -> ConnectionInfo {
    let tcp = address.tcp_settings().clone().set_nodelay(true);
    #[cfg(target_os = "linux")]
    let tcp = tcp.set_user_timeout(UNACKNOWLEDGED);
    address.set_tcp_settings(tcp)
}
