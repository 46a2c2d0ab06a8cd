//! Records: the outbox, letters to institutions.

use std::collections::HashSet;

use passerelle::domain::breaker::Disabled;
use passerelle::domain::feedback::{Letter, Standing};
use passerelle::domain::redact::Words;
use passerelle::store::Records;
use passerelle::store::records::{DeliveryQuery, LetterOutcome, Trouble};

use crate::store_records::{keep, on_every_database};
use crate::support::samples::{INSTITUTION, NOW, URL, filing, letter};

const LEASE: i64 = 30_000;

on_every_database![
    letters_go_in_turn,
    a_letter_behind_a_retry_waits_as_long,
    first_attempts_come_before_retries,
    a_lease_is_one_workers_own,
    a_lease_that_ends_gives_the_letter_back,
    a_late_settlement_changes_nothing,
    a_letter_that_is_put_back_was_not_tried,
    what_has_waited_leaves_hands_to_what_is_new,
    what_is_wrong_with_an_address_is_known_to_all,
    letters_follow_an_address_that_changes,
    the_dead_are_kept_and_replayed,
    an_empty_outbox_has_nothing_due,
];

pub async fn lease(records: &Records, now: i64) -> Vec<Letter> {
    records
        .lease_letters(now, now + LEASE, 100, 100)
        .await
        .expect("answers")
}

/// The ids of a lease's letters.
async fn leased(records: &Records, now: i64) -> Vec<String> {
    lease(records, now)
        .await
        .into_iter()
        .map(|l| l.id)
        .collect()
}

fn delivered(at: i64) -> LetterOutcome {
    LetterOutcome::Delivered { at, status: 200 }
}

fn retry(due_at: i64) -> LetterOutcome {
    LetterOutcome::Retry {
        due_at,
        status: Some(503),
        why: "busy".to_owned(),
        answer: Some(Words::new("come later")),
    }
}

/// A feedback with three letters to one address, and one to another.
async fn keep_four(records: &Records) -> i64 {
    let mut four = filing(1);
    let f = &four.feedback;
    four.letters = (0..3).map(|n| letter(f, n)).collect();
    let mut elsewhere = letter(f, 9);
    "https://elsewhere.example/".clone_into(&mut elsewhere.url);
    four.letters.push(elsewhere);
    keep(records, four).await;
    NOW + 100
}

async fn letters_go_in_turn(records: Records) {
    let now = keep_four(&records).await;
    assert_eq!(
        leased(&records, now).await,
        ["msg_fb_00001_0", "msg_fb_00001_9"]
    );
    assert!(leased(&records, now).await.is_empty(), "the others wait");
    assert_eq!(records.next_letter_due().await, Ok(Some(now + LEASE)));
    let settled = records.settle_letter("msg_fb_00001_0", delivered(now + 5));
    assert_eq!(settled.await, Ok(true));
    assert_eq!(records.next_letter_due().await, Ok(Some(now + 5)));
    assert_eq!(leased(&records, now + 5).await, ["msg_fb_00001_1"]);
    // One that is given up does not hold up the rest for ever.
    let dead = LetterOutcome::Dead {
        at: now + 6,
        status: Some(410),
        why: "gone".to_owned(),
        answer: None,
    };
    assert_eq!(
        records.settle_letter("msg_fb_00001_1", dead).await,
        Ok(true)
    );
    assert_eq!(leased(&records, now + 6).await, ["msg_fb_00001_2"]);
}

async fn a_letter_behind_a_retry_waits_as_long(records: Records) {
    let now = keep_four(&records).await;
    leased(&records, now).await;
    records
        .settle_letter("msg_fb_00001_0", retry(now + 7_200_000))
        .await
        .expect("answers");
    records
        .settle_letter("msg_fb_00001_9", delivered(now))
        .await
        .expect("answers");
    let due = records.next_letter_due().await;
    assert_eq!(
        due,
        Ok(Some(now + 7_200_000)),
        "no worker wakes for nothing"
    );
    assert!(leased(&records, now + 7_199_999).await.is_empty());
    let again = lease(&records, now + 7_200_000).await;
    assert_eq!(again.len(), 1);
    assert_eq!(
        (again[0].id.as_str(), again[0].attempts),
        ("msg_fb_00001_0", 2)
    );
    let view = records.delivery("msg_fb_00001_0").await.expect("answers");
    let view = view.expect("there");
    assert_eq!(
        (view.status, view.why.as_deref()),
        (Some(503), Some("busy"))
    );
    assert_eq!(view.answer, Some(Words::new("come later")));
    // A letter written in the meantime joins the end of the queue.
    records
        .settle_letter("msg_fb_00001_0", delivered(now + 7_200_001))
        .await
        .expect("answers");
    assert_eq!(leased(&records, now + 7_200_001).await, ["msg_fb_00001_1"]);
}

async fn first_attempts_come_before_retries(records: Records) {
    for n in 1..=3 {
        keep(&records, filing(n)).await;
    }
    let now = NOW + 100;
    for id in leased(&records, now).await {
        let settled = records.settle_letter(&id, retry(now + 5_000)).await;
        assert_eq!(settled, Ok(true));
    }
    for n in 4..=6 {
        keep(&records, filing(n)).await;
    }
    let now = now + 60_000;
    let batch = records.lease_letters(now, now + LEASE, 4, 4).await;
    let attempts: Vec<_> = batch.expect("answers").iter().map(|l| l.attempts).collect();
    assert_eq!(attempts, [1, 1, 1, 2]);
}

async fn a_lease_is_one_workers_own(records: Records) {
    for n in 1..=60 {
        keep(&records, filing(n)).await;
    }
    let workers: Vec<_> = (0..12)
        .map(|_| {
            let records = records.clone();
            let now = NOW + 1_000;
            tokio::spawn(async move { records.lease_letters(now, now + LEASE, 7, 7).await })
        })
        .collect();
    let mut ids = Vec::new();
    for worker in workers {
        let letters = worker.await.expect("no panic").expect("answers");
        ids.extend(letters.into_iter().map(|l| l.id));
    }
    assert_eq!(ids.len(), 60);
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 60);
}

async fn a_lease_that_ends_gives_the_letter_back(records: Records) {
    keep(&records, filing(1)).await;
    let now = NOW + 100;
    assert_eq!(lease(&records, now).await[0].attempts, 1);
    assert!(lease(&records, now + LEASE - 1).await.is_empty());
    assert_eq!(records.next_letter_due().await, Ok(Some(now + LEASE)));
    let again = lease(&records, now + LEASE).await;
    assert_eq!(again[0].attempts, 2, "the lost attempt may have arrived");
}

async fn a_late_settlement_changes_nothing(records: Records) {
    keep(&records, filing(1)).await;
    let (id, now) = ("msg_fb_00001_0", NOW + 100);
    lease(&records, now).await;
    lease(&records, now + LEASE).await;
    assert_eq!(
        records.settle_letter(id, delivered(now + LEASE)).await,
        Ok(true)
    );
    assert_eq!(
        records.settle_letter(id, retry(now + LEASE)).await,
        Ok(false)
    );
    let view = records.delivery(id).await.expect("answers").expect("there");
    assert_eq!(view.standing, Standing::Delivered);
    assert_eq!(view.settled_at, Some(now + LEASE));
    assert_eq!(
        (view.status, view.due_at, view.why),
        (Some(200), None, None)
    );
    assert!(lease(&records, now + 10 * LEASE).await.is_empty());
    assert_eq!(
        records.settle_letter("msg_none", delivered(now)).await,
        Ok(false)
    );
}

async fn a_letter_that_is_put_back_was_not_tried(records: Records) {
    let now = keep_four(&records).await;
    let id = "msg_fb_00001_0";
    assert_eq!(lease(&records, now).await[0].attempts, 1);
    let back = |due_at| LetterOutcome::PutBack { due_at };
    assert_eq!(records.settle_letter(id, back(now + 500)).await, Ok(true));
    assert!(
        leased(&records, now + 499).await.is_empty(),
        "none overtakes"
    );
    let again = lease(&records, now + 500).await;
    assert_eq!((again[0].id.as_str(), again[0].attempts), (id, 1));
    let settled = records.settle_letter(id, delivered(now + 501)).await;
    assert_eq!(settled, Ok(true));
    assert_eq!(records.settle_letter(id, back(now + 502)).await, Ok(false));
}

async fn what_has_waited_leaves_hands_to_what_is_new(records: Records) {
    for n in 1..=5 {
        keep(&records, filing(n)).await;
    }
    let now = NOW + 100;
    for id in leased(&records, now).await {
        let back = LetterOutcome::PutBack { due_at: now };
        assert_eq!(records.settle_letter(&id, back).await, Ok(true));
    }
    keep(&records, filing(6)).await;
    // Due since before the new one was written, and put back as if untried: they come behind it.
    let batch = records.lease_letters(now + 1, now + LEASE, 10, 2).await;
    let batch = batch.expect("answers");
    let waited: Vec<_> = batch.iter().map(|l| l.waited).collect();
    assert_eq!(
        (batch[0].id.as_str(), waited),
        ("msg_fb_00006_0", vec![false, true, true])
    );
    assert!(batch.iter().all(|l| l.attempts == 1));
    let none = records.lease_letters(now + 1, now + LEASE, 10, 0).await;
    assert_eq!(none, Ok(Vec::new()), "no hand is free for them");
}

async fn what_is_wrong_with_an_address_is_known_to_all(records: Records) {
    let known = async || records.troubles().await.expect("answers");
    let (whose, url) = (INSTITUTION, "https://sante.example/hook");
    assert!(known().await.is_empty());
    records.note_failing(whose, url, 5).await.expect("answers");
    records.note_failing(whose, url, 9).await.expect("answers");
    assert_eq!(known().await[0].failing_since, 5, "the first is kept");
    records.note_well(whose, url).await.expect("answers");
    assert!(known().await.is_empty());
    let disable = async |at| records.disable(whose, url, 5, at, Disabled::Gone).await;
    assert_eq!(disable(7).await, Ok(true));
    assert_eq!(
        disable(8).await,
        Ok(false),
        "one of several tells the owner"
    );
    records.note_well(whose, url).await.expect("answers");
    records
        .note_failing("other", url, 6)
        .await
        .expect("answers");
    let mut troubles = known().await;
    troubles.sort_by(|a, b| a.institution.cmp(&b.institution));
    let of = |t: &Trouble| (t.institution.clone(), t.disabled_at, t.why);
    assert_eq!(
        of(&troubles[0]),
        (whose.to_owned(), Some(7), Some(Disabled::Gone))
    );
    assert_eq!(of(&troubles[1]), ("other".to_owned(), None, None));
    assert_eq!(
        records.forgive(Some(whose), Some("https://else/")).await,
        Ok(0)
    );
    assert_eq!(records.forgive(Some(whose), None).await, Ok(1));
    assert_eq!(records.forgive(None, None).await, Ok(1));
}

async fn letters_follow_an_address_that_changes(records: Records) {
    let now = keep_four(&records).await;
    let moved = "https://new.example/";
    for id in leased(&records, now).await {
        let settled = records.settle_letter(&id, retry(now + 7_200_000));
        assert_eq!(settled.await, Ok(true));
    }
    let known = [moved.to_owned(), "https://elsewhere.example/".to_owned()];
    let hurried = records.hurry_elsewhere(INSTITUTION, &known, now + 1).await;
    assert_eq!(
        hurried,
        Ok(3),
        "and the one whose address is known waits on"
    );
    assert_eq!(
        records.hurry_elsewhere("other", &known, now + 1).await,
        Ok(0)
    );
    assert_eq!(leased(&records, now + 1).await, ["msg_fb_00001_0"]);
    assert_eq!(records.retarget("fb_00001", URL, moved).await, Ok(3));
    let settled = records.settle_letter("msg_fb_00001_0", delivered(now + 2));
    assert_eq!(settled.await, Ok(true));
    // In their order, before what was written to the new address since.
    let next = lease(&records, now + 2).await;
    assert_eq!(
        (next[0].id.as_str(), next[0].url.as_str()),
        ("msg_fb_00001_1", moved)
    );
    assert_eq!(next.len(), 1);
}

async fn the_dead_are_kept_and_replayed(records: Records) {
    keep(&records, filing(1)).await;
    let (id, now) = ("msg_fb_00001_0", NOW + 100);
    lease(&records, now).await;
    assert_eq!(
        records.replay_letter(id, now + 1).await,
        Ok(false),
        "in flight"
    );
    let dead = LetterOutcome::Dead {
        at: now + 1,
        status: None,
        why: "five days".to_owned(),
        answer: None,
    };
    records.settle_letter(id, dead).await.expect("answers");
    assert!(lease(&records, now + LEASE).await.is_empty());
    let list = |standing| DeliveryQuery {
        institution: INSTITUTION.to_owned(),
        standing: Some(standing),
        limit: 10,
        ..DeliveryQuery::default()
    };
    let deliveries = records.deliveries(list(Standing::Dead)).await;
    let deliveries = deliveries.expect("answers");
    assert_eq!(deliveries.len(), 1);
    assert_eq!(deliveries[0].why.as_deref(), Some("five days"));
    assert_eq!(
        records.deliveries(list(Standing::Pending)).await,
        Ok(Vec::new())
    );

    let now = now + 2 * LEASE;
    assert_eq!(records.replay_letter(id, now).await, Ok(true));
    let again = lease(&records, now).await;
    assert_eq!((again[0].id.as_str(), again[0].attempts), (id, 1));
    // One that is only waiting may be hurried.
    let settled = records.settle_letter(id, retry(now + 36_000_000)).await;
    assert_eq!(settled, Ok(true));
    assert_eq!(records.replay_letter(id, now + 1).await, Ok(true));
    assert_eq!(leased(&records, now + 1).await, [id]);
    assert_eq!(records.replay_letter("msg_none", now).await, Ok(false));
}

async fn an_empty_outbox_has_nothing_due(records: Records) {
    assert_eq!(records.next_letter_due().await, Ok(None));
    assert_eq!(records.next_message_due().await, Ok(None));
    keep(&records, filing(1)).await;
    assert_eq!(records.next_letter_due().await, Ok(Some(NOW + 1)));
    assert_eq!(records.next_message_due().await, Ok(None));
}
