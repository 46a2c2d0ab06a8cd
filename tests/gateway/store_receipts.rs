//! Records: messages to citizens, and the reports on them.

use passerelle::domain::feedback::{Feedback, Message, Standing};
use passerelle::domain::inbound::{Fate, Receipt, Reference};
use passerelle::store::Records;
use passerelle::store::records::{Conclusion, Ending, Heard, MessageOutcome, Parked};

use crate::store_records::{keep, on_every_database};
use crate::store_replies::HOURS_48;
use crate::support::samples::{NOW, filing_with_message, letter};

const LEASE: i64 = 30_000;

on_every_database![
    messages_are_leased_and_retried,
    a_receipt_ends_a_message_once,
    an_ending_and_its_letters_are_one,
    progress_is_noted_and_ends_nothing,
    a_receipt_before_the_acceptance_is_parked,
    a_parked_ending_is_not_undone_by_progress,
    an_ending_that_nobody_lived_to_write_is_found_again,
    references_match_in_any_case_and_without_zeros,
    references_match_in_either_notation,
    an_early_report_in_the_other_notation_waits_too,
    a_short_number_has_one_notation,
    the_very_reference_wins,
    a_channel_cannot_end_anothers_message,
    a_receipt_for_nobody_is_not_kept,
    a_report_that_overtakes_the_acceptance_stands,
];

async fn lease(records: &Records, now: i64) -> Vec<Message> {
    records
        .lease_messages(now, now + LEASE, 10)
        .await
        .expect("answers")
}

async fn messages_are_leased_and_retried(records: Records) {
    for n in 1..=2 {
        keep(&records, filing_with_message(n)).await;
    }
    let now = NOW + 100;
    let leased = lease(&records, now).await;
    assert_eq!(leased.len(), 2);
    assert_eq!(
        (leased[0].id.as_str(), leased[0].attempts),
        ("sms_00001", 1)
    );
    assert!(lease(&records, now + LEASE - 1).await.is_empty());
    assert_eq!(records.next_message_due().await, Ok(Some(now + LEASE)));
    let later = MessageOutcome::Retry {
        due_at: now + 5_000,
        why: "throttled".to_owned(),
    };
    assert_eq!(records.settle_message("sms_00001", later).await, Ok(None));
    assert_eq!(accepted(&records, "sms_00002", "r2").await, None);
    let again = lease(&records, now + 5_000).await;
    assert_eq!(again.len(), 1);
    assert_eq!((again[0].id.as_str(), again[0].attempts), ("sms_00001", 2));
    let view = records.message("sms_00001").await.expect("answers");
    assert_eq!(view.expect("there").why.as_deref(), Some("throttled"));
    assert!(
        lease(&records, now + 10 * LEASE).await.len() == 1,
        "2 is sent"
    );
}

async fn accepted(records: &Records, id: &str, reference: &str) -> Option<Parked> {
    let outcome = MessageOutcome::Accepted {
        reference: reference.to_owned(),
        at: NOW + 200,
    };
    records.settle_message(id, outcome).await.expect("answers")
}

/// A message that its aggregator took under this reference.
async fn sent(records: &Records, n: u32, reference: &str) -> Feedback {
    let f = keep(records, filing_with_message(n)).await;
    lease(records, NOW + 100).await;
    assert_eq!(
        accepted(records, &format!("sms_{n:05}"), reference).await,
        None
    );
    f
}

fn report(reference: Reference, fate: Fate) -> Receipt {
    Receipt {
        reference,
        fate,
        status: format!("said {fate:?}"),
        why: None,
    }
}

pub async fn theirs(records: &Records, reference: &str, fate: Fate) -> Heard {
    let receipt = report(Reference::Theirs(reference.to_owned()), fate);
    let heard = records.receipt("mtn-bj", receipt, NOW + 300).await;
    heard.expect("answers")
}

/// Which message a report turned out to be about, and how.
fn about(heard: &Heard) -> (&'static str, &str) {
    match heard {
        Heard::Final(m) => ("final", &m.id),
        Heard::Noted(m) => ("noted", &m.id),
        Heard::Already(m) => ("already", &m.id),
        Heard::Parked => ("parked", ""),
        Heard::Nobody => ("nobody", ""),
    }
}

fn conclusion(feedback: &Feedback, ending: Ending) -> Conclusion {
    let mut news = letter(feedback, 7);
    "reply.delivered".clone_into(&mut news.event);
    Conclusion {
        ending,
        at: NOW + 400,
        letters: vec![news],
    }
}

async fn a_receipt_ends_a_message_once(records: Records) {
    let f = sent(&records, 1, "ref-1").await;
    let heard = theirs(&records, "ref-1", Fate::Delivered).await;
    assert_eq!(about(&heard), ("final", "sms_00001"));
    let end = || conclusion(&f, Ending::Delivered);
    assert_eq!(records.conclude_message("sms_00001", end()).await, Ok(true));
    let view = records.message("sms_00001").await.expect("answers");
    let view = view.expect("there");
    assert_eq!(view.standing, Standing::Delivered);
    assert_eq!(view.settled_at, Some(NOW + 400));
    assert_eq!(view.sent_at, Some(NOW + 200));
    assert_eq!(view.report.as_deref(), Some("said Delivered"));
    assert_eq!(view.reference.as_deref(), Some("ref-1"));
    // The same report again, and one that says the contrary.
    for fate in [Fate::Delivered, Fate::Failed] {
        let heard = theirs(&records, "ref-1", fate).await;
        assert_eq!(about(&heard), ("already", "sms_00001"));
    }
    assert_eq!(
        records.conclude_message("sms_00001", end()).await,
        Ok(false)
    );
    assert_eq!(records.letters_of(&f.id).await.expect("answers").len(), 2);
}

async fn an_ending_and_its_letters_are_one(records: Records) {
    let f = sent(&records, 1, "ref-1").await;
    let dead = || Ending::Dead {
        why: "absent subscriber".to_owned(),
    };
    let mut broken = conclusion(&f, dead());
    broken.letters[0].feedback = Some("fb_nowhere".to_owned());
    assert!(records.conclude_message("sms_00001", broken).await.is_err());
    let view = records.message("sms_00001").await.expect("answers");
    assert_eq!(
        view.expect("there").standing,
        Standing::Sent,
        "nothing of it"
    );

    let ends: Vec<_> = (0..20)
        .map(|_| {
            let (records, end) = (records.clone(), conclusion(&f, dead()));
            tokio::spawn(async move { records.conclude_message("sms_00001", end).await })
        })
        .collect();
    let mut ended = 0;
    for end in ends {
        ended += i32::from(end.await.expect("no panic").expect("answers"));
    }
    assert_eq!(ended, 1);
    let view = records.message("sms_00001").await.expect("answers");
    let view = view.expect("there");
    assert_eq!(view.standing, Standing::Dead);
    assert_eq!(view.why.as_deref(), Some("absent subscriber"));
    assert_eq!(records.letters_of(&f.id).await.expect("answers").len(), 2);
    let unknown = records.conclude_message("sms_none", conclusion(&f, dead()));
    assert_eq!(unknown.await, Ok(false));
}

async fn progress_is_noted_and_ends_nothing(records: Records) {
    sent(&records, 1, "ref-1").await;
    for fate in [Fate::Underway, Fate::Unknown] {
        let heard = theirs(&records, "ref-1", fate).await;
        assert_eq!(about(&heard), ("noted", "sms_00001"));
    }
    let view = records.message("sms_00001").await.expect("answers");
    let view = view.expect("there");
    assert_eq!(view.standing, Standing::Sent);
    assert_eq!(view.report.as_deref(), Some("said Unknown"));
    let heard = theirs(&records, "ref-1", Fate::Failed).await;
    assert_eq!(about(&heard), ("final", "sms_00001"));
}

async fn a_receipt_before_the_acceptance_is_parked(records: Records) {
    let f = keep(&records, filing_with_message(1)).await;
    lease(&records, NOW + 100).await;
    let heard = theirs(&records, "ref-1", Fate::Delivered).await;
    assert_eq!(about(&heard), ("parked", ""));
    let parked = accepted(&records, "sms_00001", "ref-1").await;
    let parked = parked.expect("it was kept");
    assert_eq!((parked.fate, parked.at), (Fate::Delivered, NOW + 300));
    assert_eq!(parked.status, "said Delivered");
    let end = conclusion(&f, Ending::Delivered);
    assert_eq!(records.conclude_message("sms_00001", end).await, Ok(true));
    assert_eq!(records.unconcluded(10).await, Ok(Vec::new()));
    assert_eq!(
        records.sweep(NOW + 2 * HOURS_48).await,
        Ok(0),
        "none is left"
    );
}

async fn a_parked_ending_is_not_undone_by_progress(records: Records) {
    keep(&records, filing_with_message(1)).await;
    lease(&records, NOW + 100).await;
    for fate in [
        Fate::Underway,
        Fate::Failed,
        Fate::Underway,
        Fate::Delivered,
    ] {
        assert_eq!(theirs(&records, "ref-1", fate).await, Heard::Parked);
    }
    let parked = accepted(&records, "sms_00001", "ref-1").await;
    assert_eq!(parked.map(|p| p.fate), Some(Fate::Failed), "the first end");
}

async fn an_ending_that_nobody_lived_to_write_is_found_again(records: Records) {
    let f = keep(&records, filing_with_message(1)).await;
    lease(&records, NOW + 100).await;
    theirs(&records, "ref-1", Fate::Delivered).await;
    assert_eq!(
        records.unconcluded(10).await,
        Ok(Vec::new()),
        "not accepted"
    );
    assert!(accepted(&records, "sms_00001", "ref-1").await.is_some());
    // Here the worker dies; another asks what was left undone.
    let left = records.unconcluded(10).await.expect("answers");
    assert_eq!(left.len(), 1);
    assert_eq!(
        (left[0].0.id.as_str(), left[0].1.fate),
        ("sms_00001", Fate::Delivered)
    );
    let end = conclusion(&f, Ending::Delivered);
    assert_eq!(records.conclude_message("sms_00001", end).await, Ok(true));
    assert_eq!(records.unconcluded(10).await, Ok(Vec::new()));
}

async fn references_match_in_any_case_and_without_zeros(records: Records) {
    sent(&records, 1, "00AbC-9").await;
    for reference in ["abc-9", "0000ABC-9", "00AbC-9"] {
        let heard = theirs(&records, reference, Fate::Underway).await;
        assert_eq!(about(&heard), ("noted", "sms_00001"), "{reference}");
    }
    for reference in ["abc-90", "abc", "bc-9"] {
        let heard = theirs(&records, reference, Fate::Underway).await;
        assert_eq!(about(&heard), ("parked", ""), "{reference}");
    }
}

async fn the_very_reference_wins(records: Records) {
    sent(&records, 1, "0A1").await;
    sent(&records, 2, "a1").await;
    for (reference, id) in [("0A1", "sms_00001"), ("a1", "sms_00002")] {
        let heard = theirs(&records, reference, Fate::Underway).await;
        assert_eq!(about(&heard), ("noted", id));
    }
}

async fn a_channel_cannot_end_anothers_message(records: Records) {
    sent(&records, 1, "ref-1").await;
    for reference in [
        Reference::Theirs("ref-1".to_owned()),
        Reference::Ours("sms_00001".to_owned()),
    ] {
        let receipt = report(reference, Fate::Failed);
        let heard = records.receipt("moov-bj", receipt, NOW).await;
        assert!(matches!(heard, Ok(Heard::Parked | Heard::Nobody)));
    }
    let view = records.message("sms_00001").await.expect("answers");
    let view = view.expect("there");
    assert_eq!((view.standing, view.report), (Standing::Sent, None));
}

async fn a_receipt_for_nobody_is_not_kept(records: Records) {
    let heard = theirs(&records, "", Fate::Delivered).await;
    assert_eq!(heard, Heard::Nobody);
    let receipt = report(Reference::Ours("sms_none".to_owned()), Fate::Delivered);
    let heard = records.receipt("mtn-bj", receipt, NOW).await;
    assert_eq!(heard, Ok(Heard::Nobody));
    assert_eq!(records.sweep(NOW + 2 * HOURS_48).await, Ok(0));
    // A message without a reference is found by nothing but its own id.
    sent(&records, 1, "").await;
    let heard = theirs(&records, "", Fate::Delivered).await;
    assert_eq!(heard, Heard::Nobody);
}

/// Some aggregators report on our own id before they have answered the request to send.
async fn a_report_that_overtakes_the_acceptance_stands(records: Records) {
    let f = keep(&records, filing_with_message(1)).await;
    lease(&records, NOW + 100).await;
    let receipt = report(Reference::Ours("sms_00001".to_owned()), Fate::Delivered);
    let heard = records.receipt("mtn-bj", receipt, NOW).await;
    assert!(matches!(heard, Ok(Heard::Final(_))));
    let end = conclusion(&f, Ending::Delivered);
    assert_eq!(records.conclude_message("sms_00001", end).await, Ok(true));
    assert_eq!(accepted(&records, "sms_00001", "ref-1").await, None);
    let view = records.message("sms_00001").await.expect("answers");
    let view = view.expect("there");
    assert_eq!(view.standing, Standing::Delivered);
    assert_eq!(view.reference.as_deref(), Some("ref-1"));
    assert!(lease(&records, NOW + 10 * LEASE).await.is_empty());
}

/// jasmin #916 and its like: the sending is answered in hexadecimal, the report is in decimal.
async fn references_match_in_either_notation(records: Records) {
    for (n, given, reported) in [
        (1, "1A2B3C4D5E", "112394521950"),
        (2, "001A2B3C4D5F", "112394521951"),
        (3, "112394521952", "1a2b3c4d60"),
        (4, "0112394521953", "001A2B3C4D61"),
    ] {
        sent(&records, n, given).await;
        let heard = theirs(&records, reported, Fate::Delivered).await;
        assert_eq!(about(&heard), ("final", &*format!("sms_{n:05}")), "{given}");
    }
    // Two days later, a number that looks like it is another message's.
    let receipt = report(Reference::Theirs("112394521950".to_owned()), Fate::Failed);
    let heard = records.receipt("mtn-bj", receipt, NOW + 201 + HOURS_48);
    assert_eq!(heard.await, Ok(Heard::Parked));
}

async fn an_early_report_in_the_other_notation_waits_too(records: Records) {
    let f = keep(&records, filing_with_message(1)).await;
    lease(&records, NOW + 100).await;
    let heard = theirs(&records, "112394521950", Fate::Delivered).await;
    assert_eq!(heard, Heard::Parked);
    let parked = accepted(&records, "sms_00001", "1A2B3C4D5E").await;
    assert_eq!(parked.map(|p| p.fate), Some(Fate::Delivered));
    // Nobody lived to conclude it: it is found again, and goes with its message.
    let left = records.unconcluded(10).await.expect("answers");
    assert_eq!(left.len(), 1);
    let end = conclusion(&f, Ending::Delivered);
    assert_eq!(records.conclude_message("sms_00001", end).await, Ok(true));
    assert_eq!(records.sweep(i64::MAX).await, Ok(0));
}

async fn a_short_number_has_one_notation(records: Records) {
    sent(&records, 1, "10").await;
    assert_eq!(theirs(&records, "16", Fate::Failed).await, Heard::Parked);
}
