//! Every kind of Redis that `sessions.url` can name, for real: TLS, users, Sentinels, a cluster,
//! a replica, one that loads, one that is full, one that drops what lives.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use passerelle::store::{Away, SessionKey, Sessions};
use redis::aio::MultiplexedConnection;

use crate::store_sessions::fresh;
use crate::support::redis::{Redis, free_port};

const TTL: Duration = Duration::from_mins(1);
/// A citizen waits no longer, whatever happens; the rest is for a busy machine.
const SOON: Duration = Duration::from_millis(900);
/// No test waits longer for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

fn open(url: &str) -> Sessions {
    Sessions::open(url, "test:").expect("opens")
}

async fn append(store: &Sessions, key: &SessionKey) -> Result<Vec<u8>, Away> {
    let began = Instant::now();
    let answer = store.append(key, b"H", b"1", TTL, 0).await;
    let took = began.elapsed();
    assert!(took < SOON, "took {took:?}");
    answer
}

/// Appends until it is taken; answers how long that took.
async fn until_taken(store: &Sessions, key: &SessionKey) -> Duration {
    let began = Instant::now();
    while let Err(away) = append(store, key).await {
        assert!(began.elapsed() < PATIENCE, "{away}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    began.elapsed()
}

/// Says something to a server, until it answers as wanted.
async fn say<T: redis::FromRedisValue>(
    raw: &mut MultiplexedConnection,
    words: &str,
    wanted: impl Fn(&T) -> bool,
) -> T {
    let began = Instant::now();
    let mut command = redis::Cmd::new();
    for word in words.split(' ') {
        command.arg(word);
    }
    loop {
        match command.query_async::<T>(raw).await {
            Ok(answer) if wanted(&answer) => return answer,
            Err(error) if began.elapsed() > PATIENCE => panic!("{words}: {error}"),
            _ => assert!(began.elapsed() < PATIENCE, "{words}: never"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// An authority of a test's own, `ca.pem`, and its certificate for 127.0.0.1.
fn certificates(folder: &Path) {
    let openssl = |arguments: &[&str]| {
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"])
            .args(["-pkeyopt", "ec_paramgen_curve:prime256v1"])
            .args(arguments)
            .current_dir(folder)
            .output()
            .expect("these tests need openssl");
        assert!(made.status.success(), "{made:?}");
    };
    openssl(&["-subj", "/CN=ca", "-keyout", "ca.key", "-out", "ca.pem"]);
    openssl(&[
        "-subj",
        "/CN=redis",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-addext",
        "basicConstraints=critical,CA:FALSE",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-keyout",
        "key.pem",
        "-out",
        "cert.pem",
    ]);
}

#[tokio::test]
async fn over_tls_only_whoever_is_believed_is_spoken_to() {
    passerelle::client::install_tls();
    let redis = Redis::start_tls(certificates);
    let url = redis.url().replace("redis:", "rediss:");
    let ca = std::fs::read_to_string(redis.folder().join("ca.pem")).expect("an authority");
    let store = Sessions::open_trusting(&url, "test:", Some(&ca)).expect("opens");
    assert_eq!(append(&store, &fresh()).await.expect("taken"), b"H1");
    // This machine believes no such certificate, and nobody speaks it in the clear.
    let away = append(&open(&url), &fresh()).await;
    let away = away.expect_err("a stranger").to_string();
    assert!(away.contains("sessions.ca"), "{away}");
    append(&open(&redis.url()), &fresh())
        .await
        .expect_err("in the clear");
    // Another certificate is not this one.
    let folder = tempfile::TempDir::new().expect("a folder");
    certificates(folder.path());
    let other = std::fs::read_to_string(folder.path().join("ca.pem")).expect("an authority");
    let store = Sessions::open_trusting(&url, "test:", Some(&other)).expect("opens");
    append(&store, &fresh()).await.expect_err("another's");
}

#[tokio::test]
async fn a_user_needs_no_more_rights_than_are_documented() {
    let rights = documented_rights();
    let mut options = vec!["--user", "default", "off"];
    options.extend(["--user", "passerelle", "on", ">hunter2:@"]);
    options.extend(rights.split(' '));
    options.extend(["--maxmemory-policy", "noeviction"]);
    let redis = Redis::start_with(&options);
    let at = format!("127.0.0.1:{}", redis.port());
    let store = |credentials: &str, prefix: &str| {
        Sessions::open(&format!("redis://{credentials}@{at}/0"), prefix).expect("opens")
    };
    let own = store("passerelle:hunter2%3A%40", "passerelle:");
    let key = fresh();
    assert_eq!(append(&own, &key).await.expect("taken"), b"H1");
    assert_eq!(append(&own, &key).await.expect("taken"), b"H11");
    own.read(&key, 0).await.expect("read");
    own.forget(&key).await.expect("forgotten");
    own.ping().await.expect("there");
    assert!(own.advice().await.expect("told").is_empty());
    // Errors say where and why, and never the password.
    for (store, word) in [
        (store("passerelle:guess", "passerelle:"), "password"),
        (store("passerelle:hunter2%3A%40", "theirs:"), "NOPERM"),
    ] {
        let away = append(&store, &key).await.expect_err("refused").to_string();
        assert!(away.contains(word) && away.contains(&at), "{away}");
        assert!(
            !away.contains("hunter2") && !away.contains("guess"),
            "{away}"
        );
    }
}

/// The rule that docs/running.md gives, without its user and password.
fn documented_rights() -> String {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/running.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let rule = page.lines().find(|l| l.starts_with("user passerelle on"));
    let rule = rule.expect("the rule");
    rule.split(' ').skip(4).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_replica_is_not_written_to_and_a_master_again_is() {
    let (master, other) = (Redis::start(), Redis::start());
    let store = open(&other.url());
    let key = fresh();
    append(&store, &key).await.expect("a master");
    let mut raw = other.raw().await;
    let follow = format!("REPLICAOF 127.0.0.1 {}", master.port());
    say::<String>(&mut raw, &follow, |_| true).await;
    let away = append(&store, &key)
        .await
        .expect_err("a replica")
        .to_string();
    assert!(away.contains("READONLY"), "{away}");
    say::<String>(&mut raw, "REPLICAOF NO ONE", |_| true).await;
    append(&store, &key).await.expect("a master again");
}

#[tokio::test]
async fn a_full_server_is_away_and_says_how_to_mend_it() {
    let redis = Redis::start_with(&["--maxmemory-policy", "noeviction"]);
    let store = open(&redis.url());
    let key = fresh();
    append(&store, &key).await.expect("taken");
    let mut raw = redis.raw().await;
    say::<String>(&mut raw, "CONFIG SET maxmemory 1", |_| true).await;
    let away = append(&store, &key).await.expect_err("full").to_string();
    assert!(away.contains("OOM") && away.contains("maxmemory"), "{away}");
    say::<String>(&mut raw, "CONFIG SET maxmemory 0", |_| true).await;
    append(&store, &key).await.expect("taken again");
}

#[tokio::test]
async fn a_server_that_drops_living_sessions_is_complained_of() {
    let redis = Redis::start_with(&["--maxmemory-policy", "allkeys-lru"]);
    let advice = open(&redis.url()).advice().await.expect("told");
    let place = format!("127.0.0.1:{}", redis.port());
    assert!(
        advice.len() == 1 && advice[0].contains(&place),
        "{advice:?}"
    );
    assert!(
        advice[0].contains("maxmemory-policy noeviction"),
        "{advice:?}"
    );
    assert!(open("memory:").advice().await.expect("told").is_empty());
}

/// A master, a replica of it, and three Sentinels that are quick to decide.
struct Watched {
    servers: Vec<Redis>,
    sentinels: Vec<Redis>,
}

impl Watched {
    async fn start() -> Self {
        let master = Redis::start();
        let port = master.port().to_string();
        let replica = Redis::start_with(&["--replicaof", "127.0.0.1", &port]);
        let mut raw = replica.raw().await;
        say::<String>(&mut raw, "INFO replication", |told| {
            told.contains("master_link_status:up")
        })
        .await;
        let file = format!(
            "sentinel monitor mine 127.0.0.1 {port} 2\n\
             sentinel down-after-milliseconds mine 500\n\
             sentinel failover-timeout mine 5000\n"
        );
        let sentinels: Vec<Redis> = (0..3).map(|_| Redis::start_sentinel(&file)).collect();
        for sentinel in &sentinels {
            let mut raw = sentinel.raw().await;
            say::<redis::Value>(&mut raw, "SENTINEL CKQUORUM mine", |told| {
                format!("{told:?}").contains("3 usable")
            })
            .await;
            say::<Vec<redis::Value>>(&mut raw, "SENTINEL REPLICAS mine", |all| all.len() == 1)
                .await;
        }
        Self {
            servers: vec![master, replica],
            sentinels,
        }
    }

    fn url(&self) -> String {
        let all = self.sentinels.iter();
        let all: Vec<String> = all.map(|s| format!("127.0.0.1:{}", s.port())).collect();
        format!("redis-sentinel://{}/mine/0", all.join(","))
    }
}

#[tokio::test]
async fn sentinels_lead_to_the_master_and_after_its_death_to_the_next() {
    let mut watched = Watched::start().await;
    let store = open(&watched.url());
    let key = fresh();
    append(&store, &key).await.expect("the master takes it");
    let replica = open(&watched.servers[1].url());
    let began = Instant::now();
    while replica.read(&key, 0).await.expect("answers").is_none() {
        assert!(began.elapsed() < PATIENCE, "never replicated");
    }
    watched.servers[0].kill();
    watched.sentinels[0].freeze();
    append(&store, &key)
        .await
        .expect_err("nobody, for the moment");
    watched.sentinels[0].thaw();
    let took = until_taken(&store, &key).await;
    println!("a master died: the next took over and was found after {took:?}");
    let log = store
        .read(&key, 0)
        .await
        .expect("answers")
        .expect("the log");
    assert!(log.starts_with(b"H11"), "the session went on");
    // The dead one comes back as a replica, and nobody writes to it.
    watched.servers[0].restart();
    append(&store, &key).await.expect("still the new one");
}

#[tokio::test]
async fn a_sentinel_that_hangs_or_is_gone_delays_nobody() {
    let mut watched = Watched::start().await;
    watched.sentinels[0].freeze();
    watched.sentinels[1].kill();
    append(&open(&watched.url()), &fresh())
        .await
        .expect("by the third");
    let unknown = watched.url().replace("/mine/", "/other/");
    let away = append(&open(&unknown), &fresh())
        .await
        .expect_err("unknown");
    assert!(away.to_string().contains("other of 127.0.0.1:"), "{away}");
    watched.sentinels[0].thaw();
}

/// A cluster of three masters.
async fn cluster() -> (Vec<Redis>, String) {
    let slots = [(0, 5460), (5461, 10922), (10923, 16383)];
    let mut nodes = Vec::new();
    for (from, to) in slots {
        let bus = free_port().to_string();
        let node = Redis::start_with(&[
            "--cluster-enabled",
            "yes",
            "--cluster-port",
            &bus,
            "--cluster-node-timeout",
            "1000",
            "--cluster-require-full-coverage",
            "no",
        ]);
        let mut raw = node.raw().await;
        let own = format!("CLUSTER ADDSLOTSRANGE {from} {to}");
        say::<String>(&mut raw, &own, |_| true).await;
        nodes.push((node, bus));
    }
    let mut raw = nodes[0].0.raw().await;
    for (node, bus) in &nodes[1..] {
        let meet = format!("CLUSTER MEET 127.0.0.1 {} {bus}", node.port());
        say::<String>(&mut raw, &meet, |_| true).await;
    }
    for (node, _) in &nodes {
        let mut raw = node.raw().await;
        say::<String>(&mut raw, "CLUSTER INFO", |told| {
            told.contains("cluster_state:ok") && told.contains("cluster_slots_ok:16384")
        })
        .await;
    }
    let all: Vec<String> = nodes
        .iter()
        .map(|n| format!("127.0.0.1:{}", n.0.port()))
        .collect();
    let url = format!("redis-cluster://{}", all.join(","));
    (nodes.into_iter().map(|n| n.0).collect(), url)
}

#[tokio::test]
async fn a_cluster_keeps_sessions_on_all_its_nodes_and_outlives_one_of_them() {
    let (mut nodes, url) = cluster().await;
    let store = open(&url);
    let keys: Vec<SessionKey> = (0..60).map(|n| SessionKey::new([n; 16])).collect();
    for key in &keys {
        assert_eq!(append(&store, key).await.expect("taken"), b"H1");
        assert_eq!(append(&store, key).await.expect("taken"), b"H11");
    }
    for node in &nodes {
        let mut raw = node.raw().await;
        let held: usize = say(&mut raw, "DBSIZE", |_| true).await;
        assert!((5..50).contains(&held), "{held} of 60 on one node");
    }
    let advice = store.advice().await.expect("told");
    assert!(advice.is_empty(), "{advice:?}");
    // A node dies: its sessions are away in time, the others' go on.
    nodes[2].kill();
    let mut away = 0;
    for key in &keys {
        away += usize::from(append(&store, key).await.is_err());
    }
    assert!((5..50).contains(&away), "{away} of 60 away");
    // It comes back empty and knowing no cluster; then the operator joins it again. Here the
    // whole cluster is started anew instead: every script is gone, every connection dead.
    nodes[0].freeze();
    for key in &keys[..12] {
        let _ = append(&store, key).await;
    }
    nodes[0].thaw();
    until_taken(&store, &keys[0]).await;
}
