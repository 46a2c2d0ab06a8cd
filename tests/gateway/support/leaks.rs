//! Looking for what must not be there, byte by byte: in the records, in the sessions, in whatever
//! went out.

use std::path::Path;
use std::process::Command;

use super::postgres;
use super::redis::Redis;

/// Fails if any of the needles is there.
pub fn search(what: &str, hay: &[u8], needles: &[&str]) {
    for needle in needles {
        if let Some(at) = hay
            .windows(needle.len())
            .position(|w| w == needle.as_bytes())
        {
            let around = &hay[at.saturating_sub(200)..(at + 100).min(hay.len())];
            panic!(
                "{what} holds {needle}: …{}…",
                String::from_utf8_lossy(around)
            );
        }
    }
}

/// Every file of the records in a folder, the write-ahead log with them.
pub fn sqlite(folder: &Path) -> Vec<u8> {
    let files = ["passerelle.db", "passerelle.db-wal"];
    let read = files.map(|file| std::fs::read(folder.join(file)));
    let [database, log] = read;
    let database = database.expect("a database");
    [database, log.unwrap_or_default()].concat()
}

/// A whole database as PostgreSQL's own program writes it out. Bytes are hexadecimal in it.
pub async fn postgres(url: &str) -> Vec<u8> {
    let mut dump = Command::new(postgres::programs().join("pg_dump"));
    dump.arg("--dbname").arg(url);
    let dumped = tokio::task::spawn_blocking(move || dump.output()).await;
    let dumped = dumped.expect("ends").expect("runs");
    let why = String::from_utf8_lossy(&dumped.stderr).into_owned();
    assert!(dumped.status.success(), "{why}");
    assert!(dumped.stdout.len() > 1000, "an empty dump: {why}");
    dumped.stdout
}

/// Everything that a Redis holds, as it writes it to its disk. It has to be one that does not
/// compress.
pub async fn redis(redis: &Redis) -> Vec<u8> {
    let mut raw = redis.raw().await;
    let saved: redis::RedisResult<String> = redis::cmd("SAVE").query_async(&mut raw).await;
    assert_eq!(saved.as_deref(), Ok("OK"));
    std::fs::read(redis.folder().join("dump.rdb")).expect("a dump")
}

/// How a Redis is started whose dump can be read.
pub const READABLE: [&str; 2] = ["--rdbcompression", "no"];

#[test]
#[should_panic(expected = "a file holds 788314159")]
fn the_search_finds_what_it_looks_for() {
    search("a file", b"log: from +250788314159", &["788314159"]);
}
