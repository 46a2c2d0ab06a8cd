//! One suite for every session store, and what is true of one of them only.

use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::time::Duration;

use passerelle::store::keys::SESSION_CAP;
use passerelle::store::{CannotOpen, SessionKey, Sessions};

use crate::support::redis;
use crate::support::samples::NOW;

const TTL: Duration = Duration::from_mins(3);

/// Two instances of the gateway on one store.
struct Stand {
    here: Sessions,
    there: Sessions,
    now: AtomicI64,
}

impl Stand {
    fn memory(_prefix: &str) -> Self {
        let here = Sessions::open("memory:", "").expect("opens");
        Self::of(here.clone(), here)
    }

    fn redis(prefix: &str) -> Self {
        let open = || Sessions::open(&redis::shared().url(), prefix).expect("opens");
        Self::of(open(), open())
    }

    fn of(here: Sessions, there: Sessions) -> Self {
        let now = AtomicI64::new(NOW);
        Self { here, there, now }
    }

    fn now(&self) -> i64 {
        self.now.load(Ordering::Relaxed)
    }

    async fn append(&self, key: &SessionKey, entry: &[u8]) -> Vec<u8> {
        self.here
            .append(key, b"H|", entry, TTL, self.now())
            .await
            .expect("answers")
    }

    async fn read(&self, key: &SessionKey) -> Option<Vec<u8>> {
        self.there.read(key, self.now()).await.expect("answers")
    }
}

/// A key that no other call gives.
pub fn fresh() -> SessionKey {
    static LAST: AtomicU8 = AtomicU8::new(0);
    let n = LAST.fetch_add(1, Ordering::Relaxed);
    SessionKey::new([n; 16])
}

macro_rules! on_every_store {
    ($($test:ident),* $(,)?) => {
        mod in_memory {
            $(#[tokio::test]
            async fn $test() {
                super::$test(super::Stand::memory(stringify!($test))).await;
            })*
        }
        mod in_redis {
            $(#[tokio::test]
            async fn $test() {
                super::$test(super::Stand::redis(concat!("test:", stringify!($test), ":"))).await;
            })*
        }
    };
}

on_every_store![
    a_log_begins_with_its_header_and_grows,
    instances_share_a_log,
    any_bytes_are_kept,
    concurrent_appends_agree_on_one_order,
    a_full_log_stays_as_it_is,
    a_first_entry_that_does_not_fit_begins_nothing,
    a_forgotten_session_begins_anew,
    a_session_ends_with_its_lifetime,
    a_phone_s_last_session_is_remembered_for_its_time,
    the_store_answers_a_ping,
];

async fn a_log_begins_with_its_header_and_grows(on: Stand) {
    let key = fresh();
    assert_eq!(on.read(&key).await, None);
    assert_eq!(on.append(&key, b"1;").await, b"H|1;");
    assert_eq!(on.append(&key, b"2;").await, b"H|1;2;");
    assert_eq!(on.read(&key).await.as_deref(), Some(&b"H|1;2;"[..]));
}

async fn instances_share_a_log(on: Stand) {
    let key = fresh();
    on.append(&key, b"1;").await;
    let log = on
        .there
        .append(&key, b"other|", b"2;", TTL, on.now())
        .await
        .expect("answers");
    assert_eq!(log, b"H|1;2;");
    assert_eq!(on.append(&key, b"3;").await, b"H|1;2;3;");
}

async fn any_bytes_are_kept(on: Stand) {
    let key = fresh();
    let all: Vec<u8> = (0..=255).chain(*b"\r\n$5\r\n\0\0").collect();
    on.append(&key, &all).await;
    assert_eq!(on.read(&key).await, Some([b"H|", &all[..]].concat()));
}

async fn concurrent_appends_agree_on_one_order(on: Stand) {
    let key = fresh();
    let appends = (0..32_u8).map(|n| {
        let store = if n % 2 == 0 { &on.here } else { &on.there };
        let (store, now) = (store.clone(), on.now());
        tokio::spawn(async move {
            let log = store.append(&key, b"H", &[n], TTL, now).await;
            (n, log.expect("answers"))
        })
    });
    let appends: Vec<_> = appends.collect();
    let mut answers = Vec::new();
    for append in appends {
        answers.push(append.await.expect("no panic"));
    }
    let whole = on.read(&key).await.expect("a log");
    assert_eq!(whole.len(), 33);
    assert_eq!(whole[1..].iter().collect::<HashSet<_>>().len(), 32);
    for (n, log) in answers {
        assert!(whole.starts_with(&log), "a prefix of the one order");
        assert_eq!(log.last(), Some(&n), "up to one's own entry");
    }
}

async fn a_full_log_stays_as_it_is(on: Stand) {
    let key = fresh();
    let entry = [b'x'; 1000];
    let mut log = Vec::new();
    for _ in 0..20 {
        log = on.append(&key, &entry).await;
    }
    assert_eq!(log.len(), 2 + 16 * 1000);
    assert_eq!(on.read(&key).await.as_ref(), Some(&log));
    // What still fits is taken, up to the last byte.
    let rest = vec![b'y'; SESSION_CAP - log.len()];
    assert_eq!(on.append(&key, &rest).await.len(), SESSION_CAP);
    assert_eq!(on.append(&key, b"z").await.len(), SESSION_CAP);
}

async fn a_first_entry_that_does_not_fit_begins_nothing(on: Stand) {
    let key = fresh();
    assert!(on.append(&key, &[b'x'; SESSION_CAP]).await.is_empty());
    assert_eq!(on.read(&key).await, None);
}

async fn a_forgotten_session_begins_anew(on: Stand) {
    let key = fresh();
    on.append(&key, b"1;").await;
    on.there.forget(&key).await.expect("answers");
    on.there.forget(&key).await.expect("and again");
    assert_eq!(on.read(&key).await, None);
    assert_eq!(on.append(&key, b"2;").await, b"H|2;");
}

/// In Redis the server's clock runs, so a short life is waited for; in memory time is ours.
async fn a_session_ends_with_its_lifetime(on: Stand) {
    let (short, long) = (fresh(), fresh());
    let life = Duration::from_millis(20);
    on.append(&long, b"1;").await;
    let log = on.here.append(&short, b"H|", b"1;", life, on.now()).await;
    assert_eq!(log.expect("answers"), b"H|1;");
    let patience = std::time::Instant::now() + Duration::from_secs(5);
    while on.read(&short).await.is_some() {
        assert!(std::time::Instant::now() < patience, "it never ends");
        on.now.fetch_add(1, Ordering::Relaxed);
    }
    assert_eq!(on.append(&short, b"2;").await, b"H|2;");
    assert!(on.read(&long).await.is_some());
}

async fn a_phone_s_last_session_is_remembered_for_its_time(on: Stand) {
    let (phone, other) = (fresh(), fresh());
    let (first, second, third) = (fresh(), fresh(), fresh());
    let begin = async |store: &Sessions, session, ttl| {
        let before = store.begin(&phone, &session, ttl, on.now()).await;
        before.expect("answers")
    };
    assert_eq!(begin(&on.here, first, TTL).await, None);
    // The name of a phone is no session's, though they may be alike.
    assert_eq!(on.read(&phone).await, None);
    assert_eq!(begin(&on.there, second, TTL).await, Some(first));
    let before = on.here.begin(&other, &first, TTL, on.now()).await;
    assert_eq!(before.expect("answers"), None);
    assert_eq!(
        begin(&on.here, third, Duration::from_millis(1)).await,
        Some(second)
    );
    let patience = std::time::Instant::now() + Duration::from_secs(5);
    loop {
        on.now.fetch_add(1, Ordering::Relaxed);
        match begin(&on.here, third, Duration::from_millis(1)).await {
            None => break,
            Some(before) => assert_eq!(before, third),
        }
        assert!(std::time::Instant::now() < patience, "it never ends");
    }
}

async fn the_store_answers_a_ping(on: Stand) {
    on.here.ping().await.expect("answers");
}

#[tokio::test]
async fn in_memory_every_append_renews_the_lifetime_to_the_millisecond() {
    let (store, key) = (Sessions::memory(), fresh());
    let ttl = Duration::from_secs(10);
    for now in [0, 9_999, 19_998] {
        store.append(&key, b"", b"x", ttl, now).await.expect("ok");
    }
    let read = async |now| store.read(&key, now).await.expect("ok");
    assert_eq!(read(29_997).await.as_deref(), Some(&b"xxx"[..]));
    assert_eq!(read(29_998).await, None);
}

#[tokio::test]
async fn memory_does_not_fill_with_the_dead() {
    let store = Sessions::memory();
    let life = Duration::from_mins(3);
    let mut most = 0;
    for n in 0..200_000_u32 {
        // A session every 10 ms, so that 18 000 are alive at any time.
        let hash: [u8; 4] = n.wrapping_mul(2_654_435_761).to_be_bytes();
        let mut bytes = [0; 16];
        bytes[..4].copy_from_slice(&hash);
        let now = i64::from(n) * 10;
        let key = SessionKey::new(bytes);
        store.append(&key, b"", b"x", life, now).await.expect("ok");
        most = most.max(store.held().unwrap_or(0));
    }
    assert!((18_000..20_000).contains(&most), "{most}");
}

/// The names of the keys that begin so, seen behind the store's back.
async fn names(prefix: &str) -> Vec<String> {
    let mut raw = redis::shared().raw().await;
    ::redis::cmd("KEYS")
        .arg(format!("{prefix}*"))
        .query_async(&mut raw)
        .await
        .expect("keys")
}

/// How many milliseconds each of them has left.
async fn lifetimes(prefix: &str) -> Vec<i64> {
    let mut raw = redis::shared().raw().await;
    let mut left = Vec::new();
    for name in names(prefix).await {
        let command = ::redis::cmd("PTTL").arg(name).to_owned();
        left.push(command.query_async(&mut raw).await.expect("a lifetime"));
    }
    assert!(!left.is_empty(), "no key begins so");
    left
}

#[tokio::test]
async fn every_redis_key_has_an_expiry_and_says_nothing() {
    let prefix = "test:every_key:";
    let on = Stand::redis(prefix);
    let (grown, full) = (fresh(), fresh());
    on.append(&grown, b"1;").await;
    on.append(&grown, b"2;").await;
    on.append(&full, &[b'x'; SESSION_CAP - 2]).await;
    on.append(&full, b"too much").await;
    for left in lifetimes(prefix).await {
        assert!((170_000..=180_000).contains(&left), "{left}");
    }
    let names = names(prefix).await;
    assert_eq!(names.len(), 2);
    for name in names {
        let hash = name.strip_prefix("test:every_key:s:").expect("the pattern");
        assert_eq!(hash.len(), 22, "a hash, no number");
    }
}

#[tokio::test]
async fn a_renewal_is_for_the_last_lifetime_asked_even_of_a_full_log() {
    let prefix = "test:renewal:";
    let on = Stand::redis(prefix);
    let (key, full) = (fresh(), fresh());
    on.append(&key, b"1;").await;
    on.append(&full, &[b'x'; SESSION_CAP - 2]).await;
    let long = Duration::from_mins(15);
    for key in [key, full] {
        let renewed = on.here.append(&key, b"H|", b"2;", long, 0).await;
        assert!(renewed.expect("answers").len() > 2);
    }
    for left in lifetimes(prefix).await {
        assert!((890_000..=900_000).contains(&left), "{left}");
    }
}

#[tokio::test]
async fn redis_is_reached_by_its_socket_too() {
    let store = Sessions::open(&redis::shared().unix_url(), "test:unix:").expect("opens");
    let log = store.append(&fresh(), b"H", b"1", TTL, 0).await;
    assert_eq!(log.expect("answers"), b"H1");
}

#[tokio::test]
async fn an_error_quotes_neither_keys_nor_values() {
    let prefix = "test:quotes:";
    let on = Stand::redis(prefix);
    let key = fresh();
    on.append(&key, b"1;").await;
    let keys = names(prefix).await;
    let mut raw = redis::shared().raw().await;
    let _: () = ::redis::pipe()
        .del(&keys[0])
        .lpush(&keys[0], "Kofi")
        .expire(&keys[0], 60)
        .query_async(&mut raw)
        .await
        .expect("another type");
    let entry = b"confession";
    let away = on.here.append(&key, b"H|", entry, TTL, 0).await;
    let words = format!("{0} {0:?}", away.expect_err("the wrong type"));
    for secret in ["test:quotes", "confession", "Kofi", &keys[0]] {
        assert!(!words.contains(secret), "{words}");
    }
}

#[tokio::test]
async fn wrong_addresses_are_refused_without_being_quoted() {
    for url in [
        "",
        "redis",
        "http://x",
        "mysql://u:hunter2@h/",
        "redis://:hunter2@h:99999/",
    ] {
        match Sessions::open(url, "") {
            Err(error @ CannotOpen::Address(_)) => {
                assert!(!error.to_string().contains("hunter2"));
            }
            _ => panic!("{url} is no address"),
        }
    }
    Sessions::open("rediss://:secret@redis.example:6380/1", "").expect("TLS is spoken");
}

#[test]
fn opening_outside_a_runtime_is_an_error_and_no_panic() {
    assert!(Sessions::open("redis://127.0.0.1:1/", "").is_err());
}
