//! Several instances on one outbox: every letter once, whoever dies in between.

use std::collections::HashMap;

use futures_util::future::join_all;
use passerelle::domain::inbound::{Fate, Receipt, Reference};
use passerelle::store::Records;
use passerelle::store::records::{Heard, LetterOutcome, MessageOutcome};

use crate::store_records::{keep, open, url};
use crate::support::postgres::shared;
use crate::support::samples::{NOW, filing, filing_with_message, letter};

const LEASE: i64 = 30_000;

/// Three letters of each feedback, which go in turn.
async fn fill(records: &Records, feedback: u32) {
    let filings: Vec<_> = (0..feedback)
        .map(|n| {
            let mut filing = filing(n);
            for nth in 1..3 {
                let more = letter(&filing.feedback, nth);
                filing.letters.push(more);
            }
            let records = records.clone();
            tokio::spawn(async move { keep(&records, filing).await })
        })
        .collect();
    for filed in filings {
        filed.await.expect("no panic");
    }
}

/// Drains as a courier does, but dies with every third lease in its hands; what it delivered, and
/// how many letters it took to its grave.
async fn courier(records: Records, dies: bool, now: i64) -> (Vec<String>, usize) {
    let (mut delivered, mut lost, mut idle, mut leases) = (Vec::new(), 0, 0, 0);
    while idle < 3 {
        let leased = records
            .lease_letters(now, now + LEASE, 40, 40)
            .await
            .expect("answers");
        idle = if leased.is_empty() { idle + 1 } else { 0 };
        leases += 1;
        if dies && leases % 3 == 1 {
            lost += leased.len();
            continue;
        }
        let settled = leased.into_iter().map(async |letter| {
            let outcome = LetterOutcome::Delivered {
                at: now,
                status: 200,
            };
            let settled = records.settle_letter(&letter.id, outcome).await;
            assert_eq!(settled, Ok(true), "{} was delivered by another", letter.id);
            letter.id
        });
        delivered.extend(join_all(settled).await);
    }
    (delivered, lost)
}

async fn drained_by(all: Vec<Records>, feedback: u32) {
    fill(&all[0], feedback).await;
    let letters = 3 * usize::try_from(feedback).expect("small");
    let mut delivered: HashMap<String, usize> = HashMap::new();
    let mut now = NOW + 1_000_000;
    let mut lost = 0;
    for round in 0..100 {
        let couriers: Vec<_> = all
            .iter()
            .enumerate()
            // Somebody dies in the first rounds only.
            .map(|(n, records)| tokio::spawn(courier(records.clone(), n == 0 && round < 2, now)))
            .collect();
        for courier in couriers {
            let (ids, dead) = courier.await.expect("no panic");
            lost += dead;
            for id in ids {
                *delivered.entry(id).or_default() += 1;
            }
        }
        if delivered.len() == letters {
            break;
        }
        // What the dead one held comes free with the end of its lease, and not before.
        now += LEASE;
    }
    assert!(lost > 0, "nobody died with a lease");
    assert_eq!(delivered.len(), letters);
    assert!(
        delivered.values().all(|times| *times == 1),
        "delivered twice"
    );
    assert_eq!(all[0].next_letter_due().await, Ok(None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn three_instances_on_postgresql_deliver_each_letter_once() {
    let url = shared().database().await;
    let mut all = Vec::new();
    for _ in 0..3 {
        all.push(Records::open(&url).await.expect("opens"));
    }
    drained_by(all, 1500).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_on_one_file_deliver_each_letter_once() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(url(&folder).starts_with("sqlite:"));
    drained_by(vec![open(&folder).await, open(&folder).await], 400).await;
}

/// A report comes to one instance while another reads the answer to the sending: whichever is
/// first, the message's end is known to exactly one of the two.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_report_and_the_answer_to_the_sending_do_not_miss_each_other() {
    let url = shared().database().await;
    let one = Records::open(&url).await.expect("opens");
    let other = Records::open(&url).await.expect("opens");
    for n in 0..100 {
        let filing = filing_with_message(n);
        let message = filing.message.clone().expect("a message");
        keep(&one, filing).await;
        // Numbers that are long enough to be written in two notations.
        let decimal = 3_735_928_559_u64 + u64::from(n);
        let receipt = Receipt {
            reference: Reference::Theirs(format!("{decimal:X}")),
            fate: Fate::Delivered,
            status: "DELIVRD".to_owned(),
            why: None,
        };
        let accepted = MessageOutcome::Accepted {
            reference: decimal.to_string(),
            at: NOW,
        };
        let (settled, heard) = tokio::join!(
            one.settle_message(&message.id, accepted),
            other.receipt(&message.channel, receipt, NOW)
        );
        let parked = settled.expect("answers").is_some();
        let heard = heard.expect("answers");
        match heard {
            Heard::Final(_) => assert!(!parked, "{n}: known to both"),
            Heard::Parked => assert!(parked, "{n}: known to none"),
            other => panic!("{other:?}"),
        }
    }
}
