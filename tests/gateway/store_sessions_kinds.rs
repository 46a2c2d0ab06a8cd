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
        // A phone's last session lies on any node, whoever's session it is.
        assert_eq!(store.begin(key, &keys[0], SOON, 0).await, Ok(None));
        let last = store.begin(key, key, Duration::from_mins(1), 0).await;
        assert_eq!(last, Ok(Some(keys[0])));
    }
    for node in &nodes {
        let mut raw = node.raw().await;
        let held: usize = say(&mut raw, "DBSIZE", |_| true).await;
        assert!((15..90).contains(&held), "{held} of 120 on one node");
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

/// The node that holds this slot, among these.
async fn holder(nodes: &[Redis], name: &str) -> usize {
    for (at, node) in nodes.iter().enumerate() {
        let mut raw = node.raw().await;
        let found: Result<u32, _> = redis::cmd("EXISTS").arg(name).query_async(&mut raw).await;
        if found == Ok(1) {
            return at;
        }
    }
    panic!("no node holds {name}");
}

#[tokio::test]
async fn a_session_is_followed_while_its_slot_moves_and_after() {
    let (nodes, url) = cluster().await;
    let store = open(&url);
    let key = fresh();
    append(&store, &key).await.expect("taken");
    let mut names = Vec::new();
    for node in &nodes {
        let mut raw = node.raw().await;
        names.extend(say::<Vec<String>>(&mut raw, "KEYS *", |_| true).await);
    }
    let name = names.pop().expect("the one key");
    let from = holder(&nodes, &name).await;
    let to = (from + 1) % nodes.len();
    let (mut old, mut new) = (nodes[from].raw().await, nodes[to].raw().await);
    let old_id: String = say(&mut old, "CLUSTER MYID", |_| true).await;
    let new_id: String = say(&mut new, "CLUSTER MYID", |_| true).await;
    let slot: u16 = say(&mut old, &format!("CLUSTER KEYSLOT {name}"), |_| true).await;
    // Half way: the slot is still the old one's, the key is with the new one already (ASK).
    let importing = format!("CLUSTER SETSLOT {slot} IMPORTING {old_id}");
    say::<String>(&mut new, &importing, |_| true).await;
    let migrating = format!("CLUSTER SETSLOT {slot} MIGRATING {new_id}");
    say::<String>(&mut old, &migrating, |_| true).await;
    let port = nodes[to].port();
    let moved = format!("MIGRATE 127.0.0.1 {port} {name} 0 1000");
    say::<String>(&mut old, &moved, |_| true).await;
    assert_eq!(append(&store, &key).await.expect("asked"), b"H11");
    // All the way (MOVED).
    for raw in [&mut new, &mut old] {
        let node = format!("CLUSTER SETSLOT {slot} NODE {new_id}");
        say::<String>(raw, &node, |_| true).await;
    }
    assert_eq!(append(&store, &key).await.expect("moved"), b"H111");
    // Whoever names one node as if it were alone is told what it is.
    let one = open(&nodes[from].url());
    let away = append(&one, &key).await.expect_err("elsewhere").to_string();
    assert!(away.contains("redis-cluster://"), "{away}");
}

#[tokio::test]
async fn in_a_cluster_a_replica_takes_over_from_its_master() {
    let (mut nodes, url) = cluster().await;
    let bus = free_port().to_string();
    let replica = Redis::start_with(&[
        "--cluster-enabled",
        "yes",
        "--cluster-port",
        &bus,
        "--cluster-node-timeout",
        "1000",
    ]);
    let mut raw = nodes[2].raw().await;
    let master: String = say(&mut raw, "CLUSTER MYID", |_| true).await;
    let mut raw = nodes[0].raw().await;
    let meet = format!("CLUSTER MEET 127.0.0.1 {} {bus}", replica.port());
    say::<String>(&mut raw, &meet, |_| true).await;
    let mut raw = replica.raw().await;
    say::<String>(&mut raw, &format!("CLUSTER REPLICATE {master}"), |_| true).await;
    say::<String>(&mut raw, "INFO replication", |told| {
        told.contains("master_link_status:up")
    })
    .await;
    let store = open(&url);
    let keys: Vec<SessionKey> = (0..30).map(|n| SessionKey::new([n; 16])).collect();
    for key in &keys {
        append(&store, key).await.expect("taken");
    }
    nodes[2].kill();
    let mut slowest = Duration::ZERO;
    for key in &keys {
        slowest = slowest.max(until_taken(&store, key).await);
    }
    println!("a cluster's master died: its replica took over and was found after {slowest:?}");
}

/// Speaks just enough of Redis's protocol to say one thing to every script.
async fn actor(says: std::sync::Arc<std::sync::Mutex<String>>) -> u16 {
    use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let number = |line: &str| line.trim()[1..].parse::<usize>().unwrap_or(0);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let says = std::sync::Arc::clone(&says);
            tokio::spawn(async move {
                let mut socket = BufReader::new(socket);
                loop {
                    let mut line = String::new();
                    if socket.read_line(&mut line).await.unwrap_or(0) == 0 {
                        return;
                    }
                    let mut words = Vec::new();
                    for _ in 0..number(&line) {
                        let mut length = String::new();
                        // A caller who hangs up is done with.
                        let _ = socket.read_line(&mut length).await;
                        let mut word = vec![0; number(&length) + 2];
                        let _ = socket.read_exact(&mut word).await;
                        words.push(word);
                    }
                    let script = words[0].starts_with(b"EVAL");
                    let answer = if script {
                        says.lock().expect("words").clone()
                    } else {
                        "+OK\r\n".to_owned()
                    };
                    if socket.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    port
}

#[tokio::test]
async fn whatever_a_server_says_is_an_answer_in_time_and_not_the_last() {
    let says = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let port = actor(std::sync::Arc::clone(&says)).await;
    let store = open(&format!("redis://:hunter2@127.0.0.1:{port}"));
    for code in [
        "LOADING",
        "MASTERDOWN",
        "READONLY",
        "CLUSTERDOWN",
        "TRYAGAIN",
        "OOM",
        "NOREPLICAS",
        "NOSCRIPT",
        "BUSY",
        "MISCONF",
        "NOAUTH",
        "WHATEVER",
    ] {
        *says.lock().expect("words") = format!("-{code} hunter2 test:s:key\r\n");
        let away = append(&store, &fresh()).await.expect_err(code).to_string();
        assert!(away.contains(&format!("127.0.0.1:{port}")), "{away}");
        assert!(
            !away.contains("hunter2") && !away.contains("test:s"),
            "{away}"
        );
        *says.lock().expect("words") = "$2\r\nH1\r\n".to_owned();
        assert_eq!(append(&store, &fresh()).await.expect(code), b"H1");
    }
}

#[tokio::test]
async fn a_stalled_server_costs_one_attempt_at_a_time_however_many_call() {
    let redis = Redis::start();
    let store = open(&redis.url());
    append(&store, &fresh()).await.expect("up");
    redis.freeze();
    let began = Instant::now();
    for _ in 0..3 {
        let calls: Vec<_> = (0..1000)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { store.append(&fresh(), b"H", b"1", TTL, 0).await })
            })
            .collect();
        for call in calls {
            call.await.expect("joined").expect_err("stalled");
        }
    }
    let took = began.elapsed();
    assert!(took < Duration::from_secs(5), "3000 calls took {took:?}");
    redis.thaw();
    until_taken(&store, &fresh()).await;
    let mut raw = redis.raw().await;
    let told: String = say(&mut raw, "INFO stats", |_| true).await;
    let made = told
        .lines()
        .find_map(|l| l.strip_prefix("total_connections_received:"));
    let made: u32 = made.expect("a count").trim().parse().expect("a number");
    assert!(made < 20, "{made} connections for 3000 calls");
}

#[tokio::test]
async fn an_address_that_takes_connections_and_says_nothing_delays_nobody() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = silent.local_addr().expect("an address");
    for url in [
        format!("redis://{at}"),
        format!("redis-sentinel://{at}/mine"),
        format!("redis-cluster://{at}"),
    ] {
        let away = append(&open(&url), &fresh()).await.expect_err("silent");
        assert!(away.to_string().contains("in time"), "{away}");
    }
}
