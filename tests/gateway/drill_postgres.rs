//! Drill: PostgreSQL cut off, restarted, its disk full, while people text and dial. Whoever was
//! acknowledged is on record once; the others are told so, politely and soon.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use sqlx::{Executor as _, Row as _};

use super::support::gateway::{Gateway, Wanted};
use super::support::partner::Partner;
use super::support::phone;
use super::support::postgres::Postgres;

/// How many text at once while something happens.
fn crowd() -> usize {
    if std::env::var_os("DRILL").is_some_and(|d| d == "full") {
        1000
    } else {
        60
    }
}

/// A text of its own; whether it was acknowledged, or else refused as it should be.
async fn text(gateway: &Gateway, words: &str) -> bool {
    let number = words
        .bytes()
        .fold(0_u32, |n, b| (n * 31 + u32::from(b)) % 10_000);
    let from = format!("+25078830{number:04}");
    let fields = [
        ("from", from.as_str()),
        ("to", "7344"),
        ("text", words),
        ("id", words),
    ];
    let (status, body) = gateway.form("/callbacks/at-rw/sms", &fields).await;
    assert!(status == 200 || status == 503, "{status} {body}");
    status == 200
}

/// What happened to those who texted while something happened.
struct Wave {
    all: Vec<String>,
    acknowledged: usize,
    recovered: Duration,
}

/// They all text at the same moment; those who are refused do so again when it is over.
async fn wave(gateway: &Gateway, name: &str, trouble: impl Future<Output = ()>) -> Wave {
    let all: Vec<String> = (0..crowd())
        .map(|n| format!("minisante {name} {n}"))
        .collect();
    let texting = join_all(all.iter().map(|words| text(gateway, words)));
    let (told, ()) = tokio::join!(texting, trouble);
    let over = Instant::now();
    let mut tries = 0;
    for (words, acknowledged) in all.iter().zip(&told) {
        let mut acknowledged = *acknowledged;
        while !acknowledged {
            tries += 1;
            assert!(tries < 100 * all.len(), "no recovery from {name}");
            acknowledged = text(gateway, words).await;
        }
    }
    Wave {
        acknowledged: told.iter().filter(|a| **a).count(),
        recovered: over.elapsed(),
        all,
    }
}

/// Two sessions of one phone, and all that is typed in each. The second is offered to go on with the
/// first, and begins anew.
const FULL: (&str, &[&str]) = ("ATUid_full", &["2", "2", "1", "1", "1", "lost", "1"]);
const AWAY: (&str, &[&str]) = ("ATUid_away", &["2", "2", "2", "1", "1", "1", "lost", "1"]);

/// With the records away: a polite screen soon, and no acknowledgement.
async fn refused_politely(gateway: &Gateway, (session, keys): (&str, &[&str])) {
    let asked = Instant::now();
    let screen = phone::rwanda_step(gateway, session, &keys.join("*")).await;
    assert!(screen.starts_with("END "), "{screen}");
    assert!(
        asked.elapsed() < Duration::from_secs(3),
        "{:?}",
        asked.elapsed()
    );
    assert!(!text(gateway, &format!("minisante {session}")).await);
}

/// Every text on record and how often.
async fn on_record(server: &Postgres, database: &str) -> HashMap<String, i64> {
    let mut raw = server.raw(database).await;
    let count = "SELECT f.words, COUNT(DISTINCT f.id) AS times FROM feedback AS f \
         JOIN letter AS l ON l.feedback = f.id GROUP BY f.words";
    let rows = raw.fetch_all(count).await.expect("feedback");
    rows.iter()
        .map(|r| (r.get("words"), r.get("times")))
        .collect()
}

/// Connections are cut while they text.
async fn cut(gateway: &Gateway, server: &Postgres, database: &str) -> Wave {
    let cut = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
    );
    let mut raw = server.raw("postgres").await;
    let cutting = async {
        for _ in 0..20 {
            raw.execute(sqlx::AssertSqlSafe(cut.as_str()))
                .await
                .expect("cut");
        }
    };
    wave(gateway, "cut", cutting).await
}

/// The server says what it says when its disk is full: SQLSTATE 53100.
async fn full(gateway: &Gateway, server: &Postgres, database: &str) -> Wave {
    let mut raw = server.raw(database).await;
    raw.execute(
        "CREATE FUNCTION no_room() RETURNS trigger AS $$ BEGIN \
         RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$ LANGUAGE plpgsql",
    )
    .await
    .expect("a function");
    let filling = async {
        raw.execute("CREATE TRIGGER no_room BEFORE INSERT ON letter EXECUTE FUNCTION no_room()")
            .await
            .expect("a full disk");
        refused_politely(gateway, FULL).await;
        raw.execute("DROP TRIGGER no_room ON letter")
            .await
            .expect("room");
    };
    wave(gateway, "full", filling).await
}

/// The server ends as in a power cut, and starts again.
async fn restarted(gateway: &Gateway, server: &mut Postgres) -> Wave {
    let restarting = async {
        tokio::task::block_in_place(|| server.stop());
        refused_politely(gateway, AWAY).await;
        tokio::task::block_in_place(|| server.restart());
    };
    wave(gateway, "restarted", restarting).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_may_be_cut_off_restarted_and_full_and_nothing_acknowledged_is_lost() {
    let mut server = Postgres::durable();
    let url = server.database().await;
    let database = url.rsplit('/').next().expect("a name").to_owned();
    let receiver = Partner::receiver();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        records: Some(url.clone()),
        ..Wanted::default()
    })
    .await;
    for (session, keys) in [FULL, AWAY] {
        phone::rwanda(&gateway, session, &keys[..keys.len() - 1]).await;
    }
    let cut = cut(&gateway, &server, &database).await;
    let full = full(&gateway, &server, &database).await;
    let restarted = restarted(&gateway, &mut server).await;
    let waves = [
        ("connections cut", cut),
        ("disk full", full),
        ("restarted", restarted),
    ];
    let found = on_record(&server, &database).await;
    for (what, wave) in &waves {
        let lost = wave.all.iter().filter(|w| !found.contains_key(*w)).count();
        let doubled = wave
            .all
            .iter()
            .filter(|w| found.get(*w).is_some_and(|n| *n > 1))
            .count();
        println!(
            "{what}: {} texted, {} acknowledged at once, all after {:?}; lost {lost}, doubled {doubled}",
            wave.all.len(),
            wave.acknowledged,
            wave.recovered,
        );
        assert_eq!((lost, doubled), (0, 0), "{what}");
    }
    // The sessions that met the trouble come to their code after all.
    for (session, keys) in [FULL, AWAY] {
        phone::code(&phone::rwanda_step(&gateway, session, &keys.join("*")).await);
    }
    gateway.stop().await;
}
