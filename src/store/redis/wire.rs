//! Ways to a Redis, and the connection at the end of each.

use std::time::Duration;

use futures_util::future::select_ok;
use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, ConnectionInfo, ErrorKind,
    IntoConnectionInfo, Pipeline, RedisError, RedisFuture, ServerErrorKind, TlsCertificates, Value,
};

use super::super::away::CannotOpen;
use super::link::trouble;
use crate::domain::session_url::{At, SessionUrl};

/// A connection that is not ready in this time, greeting and all, is refused to the caller.
const CONNECTED_WITHIN: Duration = Duration::from_millis(300);
/// An answer that has not come in this time is not waited for: a citizen is.
const ANSWERED_WITHIN: Duration = Duration::from_millis(400);
/// Sent bytes that nobody acknowledges for this long end the connection, so that a silently
/// dropped path is left within seconds and not after the kernel's quarter of an hour.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(2);
/// Commands that may wait to be written; the crate's 50 would make a burst queue up elsewhere.
const PIPELINE: usize = 1024;

/// How a connection is found.
pub(super) enum Way {
    Direct(Client),
    Sentinel {
        sentinels: Vec<Client>,
        master: String,
        enter: ConnectionInfo,
        ca: Option<TlsCertificates>,
    },
    Cluster(Box<ClusterClient>),
}

/// A connection: to one server, or to a cluster's.
#[derive(Clone)]
pub(super) enum Wire {
    One(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Way {
    pub(super) fn to(url: &SessionUrl, ca: Option<&str>) -> Result<Self, CannotOpen> {
        const BAD: CannotOpen = CannotOpen::Address(
            "the session store's address cannot be used: see `sessions.url` in config/passerelle.toml",
        );
        let ca = ca.map(|pem| TlsCertificates {
            client_tls: None,
            root_cert: Some(pem.as_bytes().to_vec()),
        });
        let ca = ca.filter(|_| url.tls());
        let client = |at: &At| client(at.url.expose(), ca.as_ref());
        match url {
            SessionUrl::Memory => Err(BAD),
            SessionUrl::One(at) => client(at).map(Self::Direct).map_err(|_| BAD),
            SessionUrl::Sentinel {
                sentinels,
                master,
                enter,
                ..
            } => {
                let sentinels = sentinels.iter().map(client).collect::<Result<_, _>>();
                Ok(Self::Sentinel {
                    sentinels: sentinels.map_err(|_| BAD)?,
                    master: master.clone(),
                    enter: enter.expose().into_connection_info().map_err(|_| BAD)?,
                    ca: ca.clone(),
                })
            }
            SessionUrl::Cluster { nodes, .. } => {
                let nodes = nodes.iter().map(|node| node.url.expose());
                let mut cluster = ClusterClient::builder(nodes)
                    .connection_timeout(CONNECTED_WITHIN)
                    .response_timeout(ANSWERED_WITHIN)
                    .overall_response_timeout(Some(ANSWERED_WITHIN))
                    .retries(3)
                    .min_retry_wait(10)
                    .max_retry_wait(100);
                if let Some(ca) = ca {
                    cluster = cluster.certs(ca);
                }
                let cluster = cluster.build().map_err(|_| BAD)?;
                Ok(Self::Cluster(Box::new(cluster)))
            }
        }
    }

    /// Makes a connection.
    pub(super) async fn wire(&self) -> Result<Wire, RedisError> {
        let made = async {
            match self {
                Self::Direct(client) => connect(client).await.map(Wire::One),
                Self::Sentinel {
                    sentinels,
                    master,
                    enter,
                    ca,
                } => {
                    let told = sentinels.iter().map(|s| Box::pin(ask(s, master)));
                    let ((host, port), _) = select_ok(told).await?;
                    enter_master(enter, ca.as_ref(), host, port).await
                }
                Self::Cluster(cluster) => cluster.get_async_connection().await.map(Wire::Cluster),
            }
        };
        let late = || std::io::Error::from(std::io::ErrorKind::TimedOut).into();
        let made = tokio::time::timeout(CONNECTED_WITHIN, made).await;
        made.unwrap_or_else(|_| Err(late()))
    }
}

/// Asks a Sentinel where the master is.
async fn ask(sentinel: &Client, master: &str) -> Result<(String, u16), RedisError> {
    let mut connection = connect(sentinel).await?;
    let told: Option<(String, u16)> = redis::cmd("SENTINEL")
        .arg("get-master-addr-by-name")
        .arg(master)
        .query_async(&mut connection)
        .await?;
    told.ok_or_else(|| trouble("the Sentinels know no master of that name"))
}

async fn enter_master(
    enter: &ConnectionInfo,
    ca: Option<&TlsCertificates>,
    host: String,
    port: u16,
) -> Result<Wire, RedisError> {
    let addr = match enter.addr() {
        ConnectionAddr::TcpTls { insecure, .. } => ConnectionAddr::TcpTls {
            host,
            port,
            insecure: *insecure,
            tls_params: None,
        },
        _ => ConnectionAddr::Tcp(host, port),
    };
    let mut connection = connect(&client(enter.clone().set_addr(addr), ca)?).await?;
    // While they change over, Sentinels can still name the one that was.
    let role: Result<Vec<Value>, _> = redis::cmd("ROLE").query_async(&mut connection).await;
    match role {
        Ok(role) if role.first() != Some(&Value::BulkString(b"master".to_vec())) => {
            Err(trouble("it is no master, at the moment"))
        }
        Err(error) if error.is_io_error() => Err(error),
        // A user who may not ask will be told when writing.
        _ => Ok(Wire::One(connection)),
    }
}

async fn connect(client: &Client) -> Result<MultiplexedConnection, RedisError> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECTED_WITHIN))
        .set_response_timeout(Some(ANSWERED_WITHIN))
        .set_pipeline_buffer_size(PIPELINE);
    client
        .get_multiplexed_async_connection_with_config(&config)
        .await
}

fn client(
    address: impl IntoConnectionInfo,
    ca: Option<&TlsCertificates>,
) -> Result<Client, RedisError> {
    let address = tuned(address.into_connection_info()?);
    match ca {
        Some(ca) => Client::build_with_tls(address, ca.clone()),
        None => Client::open(address),
    }
}

fn tuned(address: ConnectionInfo) -> ConnectionInfo {
    let tcp = address.tcp_settings().clone().set_nodelay(true);
    #[cfg(target_os = "linux")]
    let tcp = tcp.set_user_timeout(UNACKNOWLEDGED);
    address.set_tcp_settings(tcp)
}

impl Wire {
    /// Whether this error means that another connection should be made: it is dead, silent, or
    /// leads to a server that is no master (any more).
    pub(super) fn is_spoilt_by(&self, error: &RedisError) -> bool {
        match self {
            Self::One(_) => match error.kind() {
                ErrorKind::Server(kind) => {
                    matches!(
                        kind,
                        ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown
                    )
                }
                ErrorKind::Io | ErrorKind::Parse | ErrorKind::AuthenticationFailed => true,
                _ => false,
            },
            // It mends itself, node by node, unless it has lost them all.
            Self::Cluster(_) => error.kind() == ErrorKind::ClusterConnectionNotFound,
        }
    }
}

impl ConnectionLike for Wire {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::One(one) => one.req_packed_command(command),
            Self::Cluster(cluster) => cluster.req_packed_command(command),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::One(one) => one.req_packed_commands(pipeline, offset, count),
            Self::Cluster(cluster) => cluster.req_packed_commands(pipeline, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::One(one) => one.get_db(),
            Self::Cluster(cluster) => cluster.get_db(),
        }
    }
}
