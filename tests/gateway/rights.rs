//! Records: a citizen's rights, and the account of who read or changed what.

use passerelle::domain::audit::{Actor, Walk};
use passerelle::domain::redact::Words;
use passerelle::store::Records;
use passerelle::store::records::{
    Deed, Filed, Forgotten, Held, Idempotency, ReplyFiled, ReplyFiling,
};

use crate::store_records::{keep, on_every_database, open};
use crate::support::samples::{NOW, filing_with_message, reply};

on_every_database![
    what_is_held_is_told_and_erased,
    erasing_touches_nobody_else,
    the_same_callback_after_an_erasure_files_nothing,
    every_deed_is_in_the_chain,
];

/// A feedback of citizen 1 with everything around it.
async fn complained(records: &Records, n: u32) {
    let mut filing = filing_with_message(n);
    filing.feedback.citizen = "c0ffee00001".into();
    filing.feedback.text = Words::new("Le docteur veut de l'argent");
    if let Some(message) = &mut filing.message {
        message.citizen = "c0ffee00001".into();
    }
    filing.letters[0].body = Words::new(
        r#"{"type":"feedback.received","data":{"id":"fb","text":"Le docteur veut de l'argent","citizen":{"alias":"cz_1","phone":"+229"}}}"#,
    );
    let feedback = keep(records, filing).await;
    let answered = records
        .add_reply(ReplyFiling {
            reply: reply(&feedback, n),
            message: None,
            idempotency: None::<Idempotency>,
            response: String::new(),
        })
        .await;
    assert_eq!(answered, Ok(ReplyFiled::Kept));
}

async fn what_is_held_is_told_and_erased(records: Records) {
    complained(&records, 1).await;
    complained(&records, 2).await;
    assert_eq!(
        records.opt_out("mtn-bj", "c0ffee00001", NOW).await,
        Ok(true)
    );
    let held = records.held("c0ffee00001", Actor::Citizen, NOW).await;
    let told = Held {
        number: true,
        feedback: 2,
        first_at: Some(NOW + 1),
        last_at: Some(NOW + 2),
        additions: 0,
        replies: 2,
        letters: 2,
        messages: 2,
        unfinished: 0,
        unplaced: 0,
        shown_to: Vec::new(),
        opted_out: vec!["mtn-bj".into()],
    };
    assert_eq!(held, Ok(told));
    let gone = records.forget("c0ffee00001", Actor::Operator, NOW).await;
    let erased = Forgotten {
        number: true,
        feedback: 2,
        replies: 2,
        letters: 2,
        messages: 2,
        unfinished: 0,
        unplaced: 0,
    };
    assert_eq!(gone, Ok(erased));
    let feedback = records.feedback("fb_00001").await.expect("answers");
    let feedback = feedback.expect("the count stays");
    assert_eq!(feedback.text, Words::new(""));
    assert_eq!(
        (feedback.citizen.as_str(), feedback.alias.as_str()),
        ("", "cz_erased")
    );
    assert_eq!(records.sealed_number("c0ffee00001").await, Ok(None));
    let letters = records.letters_of("fb_00001").await.expect("answers");
    assert_eq!(
        letters[0].letter.body.as_str(),
        r#"{"data":{"citizen":{"alias":"cz_erased","phone":null},"erased":true,"id":"fb","text":""},"type":"feedback.received"}"#
    );
    let replies = records.replies("fb_00001").await.expect("answers");
    assert_eq!(replies[0].text, Words::new(""));
    let messages = records.messages_of("fb_00001").await.expect("answers");
    assert_eq!(messages[0].message.text, Words::new(""));
    // The STOP outlives the rest, and twice is once.
    assert_eq!(records.opted_out("mtn-bj", "c0ffee00001").await, Ok(true));
    let again = records.forget("c0ffee00001", Actor::Operator, NOW).await;
    assert_eq!(again, Ok(Forgotten::default()));
    // What is nobody's is nobody's to erase.
    let nobody = records.forget("", Actor::Operator, NOW).await;
    assert_eq!(nobody, Ok(Forgotten::default()));
}

async fn erasing_touches_nobody_else(records: Records) {
    complained(&records, 1).await;
    keep(&records, filing_with_message(3)).await;
    let gone = records.forget("c0ffee00001", Actor::Operator, NOW).await;
    assert_eq!(gone.map(|gone| gone.feedback), Ok(1));
    let other = records.feedback("fb_00003").await.expect("answers");
    assert_eq!(other, Some(filing_with_message(3).feedback));
    let held = records.held("c0ffee00003", Actor::Citizen, NOW).await;
    assert_eq!(held.map(|held| (held.number, held.messages)), Ok((true, 1)));
}

async fn the_same_callback_after_an_erasure_files_nothing(records: Records) {
    keep(&records, filing_with_message(1)).await;
    let gone = records.forget("c0ffee00001", Actor::Citizen, NOW).await;
    assert_eq!(gone.map(|gone| gone.number), Ok(true));
    let again = records.file(filing_with_message(1)).await;
    assert!(matches!(again, Ok(Filed::Already(f)) if f.citizen.is_empty()));
    assert_eq!(records.sealed_number("c0ffee00001").await, Ok(None));
}

fn deed(n: usize) -> Deed {
    Deed {
        actor: Actor::Institution("bj-sante".into()),
        deed: "feedback.read",
        object: format!("fb_{n}"),
        at: NOW,
    }
}

async fn walk(records: &Records) -> Walk {
    let mut walk = Walk::new();
    for (entry, hash) in records.audit(0, 1000).await.expect("answers") {
        assert!(walk.step(&entry, &hash), "broken at {}", entry.seq);
    }
    walk
}

async fn every_deed_is_in_the_chain(records: Records) {
    let noted = (0..50).map(|n| records.account(vec![deed(n), deed(n)]));
    for noted in futures_util::future::join_all(noted).await {
        assert_eq!(noted, Ok(()));
    }
    assert_eq!(walk(&records).await.entries, 100);
    let held = records.held("nobody", Actor::Citizen, NOW).await;
    assert_eq!(held, Ok(Held::default()));
    let (last, _) = records.audit(100, 10).await.expect("answers").remove(0);
    assert_eq!(
        (
            last.actor.as_str(),
            last.deed.as_str(),
            last.object.as_str()
        ),
        ("citizen", "citizen.show", "feedback=0")
    );
}

async fn two_write_one_chain(one: &Records, two: &Records) {
    let noted = (0..50).map(|n| [one, two][n % 2].account(vec![deed(n)]));
    for noted in futures_util::future::join_all(noted).await {
        assert_eq!(noted, Ok(()));
    }
    assert_eq!(walk(one).await.entries, 50);
}

#[tokio::test]
async fn two_instances_write_one_chain() {
    let folder = tempfile::tempdir().expect("a folder");
    two_write_one_chain(&open(&folder).await, &open(&folder).await).await;
    let url = crate::support::postgres::shared().database().await;
    let instance = async || Records::open(&url).await.expect("opens");
    two_write_one_chain(&instance().await, &instance().await).await;
}
