//! Records on PostgreSQL: several instances on one database, and a server that goes away.

use std::collections::HashSet;

use passerelle::domain::parts::{Gathering, Piece};
use passerelle::domain::redact::Words;
use passerelle::store::records::{Filed, Gathered, Idempotency, ReplyFiled, ReplyFiling};
use passerelle::store::{CannotOpen, Records};
use sqlx::Executor as _;

use crate::store_letters::lease;
use crate::store_records::keep;
use crate::support::postgres::{Postgres, shared};
use crate::support::samples::{NOW, feedback, filing, letter, reply, sealed};

async fn open(url: &str) -> Records {
    Records::open(url).await.expect("opens")
}

/// Instances that all start at the same moment, on a database without tables.
async fn instances<const N: usize>() -> [Records; N] {
    let url = shared().database().await;
    let all = (0..N).map(|_| open(&url));
    let all = futures_util::future::join_all(all).await;
    all.try_into().unwrap_or_else(|_| panic!("{N} instances"))
}

#[tokio::test]
async fn instances_that_start_together_make_the_tables_once() {
    let [one, ..] = instances::<6>().await;
    assert!(one.ping().await.is_ok());
}

#[tokio::test]
async fn one_filing_at_three_instances_is_one_feedback() {
    let all = instances::<3>().await;
    let filings: Vec<_> = (0..300_usize)
        .map(|n| {
            let records = all[n % 3].clone();
            let nth = u32::try_from(n / 3).expect("small");
            tokio::spawn(async move { records.file(filing(nth)).await })
        })
        .collect();
    let (mut kept, mut already) = (0, 0);
    for filed in filings {
        match filed.await.expect("no panic").expect("answers") {
            Filed::Kept(_) => kept += 1,
            Filed::Already(_) => already += 1,
            Filed::CodeTaken => panic!("its own code"),
        }
    }
    assert_eq!((kept, already), (100, 200));
}

#[tokio::test]
async fn no_letter_is_in_two_hands_and_none_is_left() {
    let all = instances::<3>().await;
    for n in 0..1500 {
        keep(&all[0], filing(n)).await;
    }
    let now = NOW + 10_000;
    let hands: Vec<_> = all
        .iter()
        .map(|records| {
            let records = records.clone();
            tokio::spawn(async move {
                let mut held = Vec::new();
                loop {
                    let leased = lease(&records, now).await;
                    if leased.is_empty() {
                        return held;
                    }
                    held.extend(leased.into_iter().map(|l| l.id));
                }
            })
        })
        .collect();
    let mut held = Vec::new();
    for hand in hands {
        held.extend(hand.await.expect("no panic"));
    }
    let once: HashSet<&String> = held.iter().collect();
    assert_eq!((held.len(), once.len()), (1500, 1500));
}

#[tokio::test]
async fn what_a_dead_instance_held_is_leased_again_after_its_lease() {
    let [dead, alive] = instances::<2>().await;
    keep(&dead, filing(1)).await;
    let now = NOW + 1_000;
    assert_eq!(lease(&dead, now).await.len(), 1);
    drop(dead);
    assert!(lease(&alive, now).await.is_empty());
    let again = lease(&alive, now + 10 * 60_000).await;
    assert_eq!(again.len(), 1);
    assert_eq!(again[0].attempts, 2);
}

#[tokio::test]
async fn letters_written_by_two_instances_keep_turns_of_their_own() {
    let [one, other] = instances::<2>().await;
    let kept = keep(&one, filing(1)).await;
    let replies: Vec<_> = (0..40)
        .map(|n| {
            let records = if n % 2 == 0 { &one } else { &other };
            let message = crate::support::samples::message(&kept, &format!("sms_{n}"));
            let filing = ReplyFiling {
                reply: reply(&kept, n),
                message: Some(message),
                idempotency: None,
                response: String::new(),
            };
            let (records, kept) = (records.clone(), kept.clone());
            tokio::spawn(async move {
                records.add_reply(filing).await.expect("answers");
                let conclusion = passerelle::store::records::Conclusion {
                    ending: passerelle::store::records::Ending::Delivered,
                    at: NOW,
                    letters: vec![letter(&kept, n + 1)],
                };
                let id = format!("sms_{n}");
                records.conclude_message(&id, conclusion).await
            })
        })
        .collect();
    for reply in replies {
        assert!(reply.await.expect("no panic").expect("answers"));
    }
    // One at a time, whoever asks: the others wait for the one in front.
    let mut delivered = 0;
    for round in 0..100 {
        let now = NOW + 1_000_000 + round;
        let leased = lease(&one, now).await;
        assert!(leased.len() <= 1, "{} at once", leased.len());
        for letter in leased {
            let outcome = passerelle::store::records::LetterOutcome::Delivered {
                at: now,
                status: 200,
            };
            other
                .settle_letter(&letter.id, outcome)
                .await
                .expect("answers");
            delivered += 1;
        }
    }
    assert_eq!(delivered, 41);
}

#[tokio::test]
async fn one_call_at_two_instances_is_one_reply() {
    let [one, other] = instances::<2>().await;
    let kept = keep(&one, filing(1)).await;
    let calls: Vec<_> = (0..20)
        .map(|n| {
            let filing = ReplyFiling {
                reply: reply(&kept, n),
                message: None,
                idempotency: Some(Idempotency {
                    scope: "bj-sante".into(),
                    key: "once".into(),
                    body_hash: "h".into(),
                }),
                response: format!("the answer to {n}"),
            };
            let records = if n % 2 == 0 {
                one.clone()
            } else {
                other.clone()
            };
            tokio::spawn(async move { records.add_reply(filing).await })
        })
        .collect();
    let mut kept_once = 0;
    for call in calls {
        match call.await.expect("no panic").expect("answers") {
            ReplyFiled::Kept => kept_once += 1,
            ReplyFiled::Repeated(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(kept_once, 1);
    assert_eq!(one.replies(&kept.id).await.expect("answers").len(), 1);
}

#[tokio::test]
async fn parts_that_come_to_two_instances_are_one_message() {
    let [one, other] = instances::<2>().await;
    let parts: Vec<_> = (1..=40_u8)
        .map(|nth| {
            let opened = Gathering {
                id: format!("part_{nth}"),
                channel: "vonage-rw".into(),
                citizen: "c0ffee".into(),
                number: sealed(1),
                network: None,
                reference: "9".into(),
                of: 40,
                due_at: NOW,
                closed: false,
                pieces: Vec::new(),
            };
            let piece = Piece {
                number: nth,
                origin: format!("part {nth}"),
                words: Words::new("mots"),
            };
            let records = if nth % 2 == 0 {
                one.clone()
            } else {
                other.clone()
            };
            tokio::spawn(async move { records.keep_part(opened, piece).await })
        })
        .collect();
    let mut whole = 0;
    for part in parts {
        match part.await.expect("no panic").expect("answers") {
            Gathered::Open(gathering) => whole = whole.max(gathering.pieces.len()),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(whole, 40);
}

#[tokio::test]
async fn a_server_that_comes_back_is_found_again() {
    let mut server = Postgres::durable();
    let url = server.database().await;
    let records = open(&url).await;
    keep(&records, filing(1)).await;
    server.stop();
    let began = std::time::Instant::now();
    assert!(records.file(filing(2)).await.is_err());
    assert!(records.feedback("fb_00001").await.is_err());
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
    server.restart();
    // Whoever was told "away" asks again, with the same values.
    let mut tries = 0;
    while records.file(filing(2)).await.is_err() {
        tries += 1;
        assert!(tries < 100, "not found again");
    }
    let found = records.feedback("fb_00001").await.expect("answers");
    assert_eq!(found.map(|f| f.id), Some(feedback(1).id));
    assert!(matches!(
        records.file(filing(2)).await,
        Ok(Filed::Already(_))
    ));
}

#[tokio::test]
async fn connections_that_are_cut_are_made_anew() {
    let url = shared().database().await;
    let records = open(&url).await;
    let database = url.rsplit('/').next().expect("a name");
    for n in 0..5 {
        let cut = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
        );
        let mut raw = shared().raw("postgres").await;
        raw.execute(sqlx::AssertSqlSafe(cut)).await.expect("cut");
        let mut filed = records.file(filing(n)).await;
        if filed.is_err() {
            filed = records.file(filing(n)).await;
        }
        assert!(matches!(filed, Ok(Filed::Kept(_))), "{filed:?}");
    }
}

#[tokio::test]
async fn a_full_disk_refuses_what_it_cannot_keep_and_forgets_nothing() {
    let url = shared().database().await;
    let records = open(&url).await;
    keep(&records, filing(1)).await;
    let database = url.rsplit('/').next().expect("a name");
    let mut raw = shared().raw(database).await;
    // As the server says it when the disk is full: SQLSTATE 53100.
    raw.execute(
        "CREATE FUNCTION no_room() RETURNS trigger AS $$ BEGIN \
         RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$ LANGUAGE plpgsql; \
         CREATE TRIGGER no_room BEFORE INSERT ON letter EXECUTE FUNCTION no_room()",
    )
    .await
    .expect("a full disk");
    let refused = records.file(filing(2)).await.expect_err("refused");
    assert!(refused.to_string().contains("disk"), "{refused}");
    assert_eq!(records.feedback("fb_00002").await, Ok(None));
    raw.execute("DROP TRIGGER no_room ON letter")
        .await
        .expect("room");
    assert!(matches!(records.file(filing(2)).await, Ok(Filed::Kept(_))));
    assert!(
        records
            .feedback("fb_00001")
            .await
            .expect("answers")
            .is_some()
    );
}

#[tokio::test]
async fn a_text_that_postgresql_cannot_hold_is_kept_all_the_same() {
    let [records] = instances::<1>().await;
    let mut filing = filing(1);
    filing.feedback.text = Words::new("avant\0après");
    let kept = keep(&records, filing).await;
    let found = records.feedback(&kept.id).await.expect("answers");
    assert_eq!(found.expect("kept").text.as_str(), "avant\u{fffd}après");
}

#[tokio::test]
async fn what_cannot_be_opened_is_said_without_the_password() {
    let nowhere = format!(
        "postgres://u:hunter2@127.0.0.1:{}/d",
        crate::support::redis::free_port()
    );
    let missing = shared().database().await + "_not";
    for (url, why) in [
        (nowhere.as_str(), "refused"),
        (missing.as_str(), "no such database"),
        ("postgres://u:hunter2@/%%", "address"),
    ] {
        let Err(error) = Records::open(url).await else {
            panic!("opened {url}");
        };
        let said = error.to_string();
        assert!(said.contains(why), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
        let form = matches!(error, CannotOpen::Address(_));
        assert_eq!(form, why == "address", "{said}");
    }
}
