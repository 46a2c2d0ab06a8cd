//! What grows with size: memory of sessions, time to start, and the cost of a step while there are
//! many institutions, screens, sessions and records.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, SqliteConnection};

use crate::arrivals::paced;
use crate::goals::Goals;
use crate::phones::Script;
use crate::plot::{Line, Plot};
use crate::process::{Plan, Process, Redis};
use crate::settings::{self, Folder};
use crate::{Run, median, steps};

/// Sessions whose memory is looked at.
const LOOKED_AT: usize = 500;

/// What a live session costs Redis, and what the service itself takes to start and to be idle.
pub async fn small(run: &Run, goals: &mut Goals) {
    let redis = Redis::start();
    let server = Process::passerelle(Plan::shipped(&redis, &run.sink));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let idle = server.resident() / 1_048_576;
    let mut link = link(&redis).await;
    let before = used(&mut link).await;
    paced(run, &server, Script::Feedback, 4000.0, run.length).await;
    let sessions: usize = redis::cmd("DBSIZE")
        .query_async(&mut link)
        .await
        .expect("a size");
    let each = (used(&mut link).await - before) as f64 / sessions as f64;
    let mut told: u32 = 0;
    for _ in 0..LOOKED_AT {
        let key: String = redis::cmd("RANDOMKEY")
            .query_async(&mut link)
            .await
            .expect("a key");
        let usage = redis::cmd("MEMORY")
            .arg("USAGE")
            .arg(key)
            .query_async(&mut link)
            .await;
        told += usage.unwrap_or(0);
    }
    let usage = f64::from(told) / LOOKED_AT as f64;
    println!(
        "\n{sessions} live sessions: MEMORY USAGE {usage:.0} bytes each, the server's memory grew by {each:.0} bytes each (tables of keys and expiries included)"
    );
    goals.add(
        "Redis memory per live session: MEMORY USAGE / all that grew, bytes",
        "≤ 350",
        format!("{usage:.0} / {each:.0}"),
        each <= 350.0,
    );
    goals.add(
        "resident memory idle",
        "≤ 40 MB",
        format!("{idle} MB"),
        idle <= 40,
    );
    let ready = |more: usize| {
        let all = (0..run.rounds).map(|_| {
            let files = settings::shipped(&run.sink.url);
            settings::more_institutions(&files, more);
            let server = Process::passerelle(plan(run, files));
            server.ready.as_secs_f64() * 1000.0
        });
        median(all)
    };
    let (shipped, many) = (ready(0), ready(5000));
    println!("ready after {shipped:.0} ms, with 5,000 institutions more after {many:.0} ms");
    goals.add(
        "start to ready, shipped / with 5,000 institutions, ms",
        "≤ 150 / ≤ 600",
        format!("{shipped:.0} / {many:.0}"),
        shipped <= 150.0 && many <= 600.0,
    );
}

fn plan(run: &Run, files: Folder) -> Plan<'_> {
    Plan {
        redis: &run.redis,
        records: None,
        files,
    }
}

async fn link(redis: &Redis) -> MultiplexedConnection {
    let client = redis::Client::open(redis.url.as_str()).expect("an address");
    let config = redis::AsyncConnectionConfig::new().set_response_timeout(None);
    let link = client.get_multiplexed_async_connection_with_config(&config);
    link.await.expect("a Redis")
}

async fn used(link: &mut MultiplexedConnection) -> i64 {
    let info: String = redis::cmd("INFO")
        .arg("memory")
        .query_async(link)
        .await
        .expect("INFO");
    let used = info.lines().find_map(|l| l.strip_prefix("used_memory:"));
    used.and_then(|u| u.trim().parse().ok()).unwrap_or(0)
}

/// Something that grows, the sizes it is looked at, and the service with it.
struct Grows {
    what: &'static str,
    sizes: [u64; 3],
    file: &'static str,
}

/// Throughput as work grows; `most` bounds sessions and records.
pub async fn measure(run: &Run, most: u64, goals: &mut Goals) {
    let all = [
        Grows {
            what: "institutions",
            sizes: [0, 500, 5000],
            file: "institutions.svg",
        },
        Grows {
            what: "screens",
            sizes: [0, 200, 2000],
            file: "screens.svg",
        },
        Grows {
            what: "live sessions",
            sizes: [0, most / 10, most],
            file: "sessions.svg",
        },
        Grows {
            what: "records",
            sizes: [0, most / 10, most],
            file: "records.svg",
        },
    ];
    println!(
        "\n| more | how many | steps/s, of the small case | CPU per step, of the small case |"
    );
    println!("|---|---|---|---|");
    for grows in all {
        let mut points = Vec::new();
        for size in grows.sizes {
            points.push(((size + 1) as f64, ratio(run, &grows, size).await));
        }
        let last = points.last().map_or(0.0, |p| p.1);
        goals.least(goal(grows.what), "≥ 0.9 of the small case", 0.9, last);
        Plot {
            title: goal(grows.what),
            across: grows.what,
            up: "steps/s, of the small case",
            logarithmic: true,
            lines: vec![Line::new("passerelle", points)],
        }
        .write(grows.file);
    }
}

/// Throughput with so many more, of the small case's just before each: only ratios mean something.
async fn ratio(run: &Run, grows: &Grows, size: u64) -> f64 {
    if size == 0 {
        return 1.0;
    }
    let (mut ratios, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..run.rounds {
        let small = one(run, grows, 0).await;
        let grown = one(run, grows, size).await;
        ratios.push(grown.0 / small.0);
        cpu.push(grown.1 / small.1);
    }
    let (ratio, cpu) = (median(ratios.into_iter()), median(cpu.into_iter()));
    println!("| {} | {size} | {ratio:.2} | {cpu:.2} |", grows.what);
    ratio
}

fn goal(what: &str) -> &'static str {
    match what {
        "institutions" => "throughput with 5,000 institutions more",
        "screens" => "throughput with 2,000 screens more",
        "live sessions" => "throughput with many live sessions",
        _ => "throughput with many records",
    }
}

/// Steps a second without pause, and CPU a step.
async fn one(run: &Run, grows: &Grows, size: u64) -> (f64, f64) {
    let redis = Redis::start();
    let files = settings::shipped(&run.sink.url);
    match grows.what {
        "institutions" => settings::more_institutions(&files, size as usize),
        "screens" => settings::more_screens(&files, size as usize),
        "live sessions" => fill_sessions(&redis, size).await,
        _ => {}
    }
    let records = files.path().join("load.db");
    let plan = Plan {
        redis: &redis,
        records: None,
        files,
    };
    let server = Process::passerelle(plan);
    if grows.what == "records" && size > 0 {
        fill_records(&format!("sqlite:{}", records.display()), size).await;
    }
    let outcome = steps::without_pause(run, &server, Script::Feedback).await;
    assert!(outcome.wrong == 0, "wrong answers");
    (outcome.steps_per_second(), outcome.cpu_per_step())
}

/// Sessions as they are after four keys.
async fn fill_sessions(redis: &Redis, count: u64) {
    let mut link = link(redis).await;
    let log = [7_u8; 120];
    for first in (0..count).step_by(1000) {
        let mut many = redis::pipe();
        for nth in first..(first + 1000).min(count) {
            let key = format!("passerelle:s:{nth:022}");
            many.cmd("SET")
                .arg(key)
                .arg(&log)
                .arg("PX")
                .arg(3_600_000)
                .ignore();
        }
        let _: () = many.query_async(&mut link).await.expect("filled");
    }
}

/// Feedback of many citizens with its delivered letter, as it is after a while.
async fn fill_records(url: &str, count: u64) {
    let mut raw = SqliteConnection::connect(url).await.expect("opens");
    let numbers = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT "
    );
    // Names as they are made: by time, then at random.
    let name = "printf('%010x', 1700000000 + i) || lower(hex(randomblob(8)))";
    for statement in [
        "PRAGMA busy_timeout = 60000".to_owned(),
        format!(
            "INSERT INTO feedback (id, origin, code, country, institution, channel, kind, place, words, \
             language, citizen, alias, status, received_at, complete) {numbers} 'fb_' || {name}, \
             lower(hex(randomblob(16))), 'Z' || i, 'RW', 'rw-minisante', 'at-rw', 'ussd', 'RW-1', \
             'Le centre est fermé depuis trois jours.', 'en', lower(hex(randomblob(16))), 'a', \
             'received', 1700000000000 + i, 1 FROM n"
        ),
        "INSERT INTO letter (id, feedback, institution, url, event, body, created_at, seq, attempts, \
         waited, standing, due_at, leased_until, status, settled_at) SELECT 'msg_' || id, id, \
         institution, 'http://127.0.0.1/', 'feedback.received', words, received_at, 1, 1, 1, \
         'delivered', received_at, 0, 200, received_at FROM feedback"
            .to_owned(),
        "INSERT INTO citizen (lookup, key_id, number) SELECT citizen, 'k', randomblob(60) FROM feedback WHERE true \
         ON CONFLICT DO NOTHING"
            .to_owned(),
        "PRAGMA wal_checkpoint(TRUNCATE)".to_owned(),
    ] {
        raw.execute(AssertSqlSafe(statement)).await.expect("filled");
    }
}
