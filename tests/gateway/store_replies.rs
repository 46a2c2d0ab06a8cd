//! Records: replies, and the promises made about repeated calls.

use passerelle::domain::feedback::{Feedback, Standing, Status};
use passerelle::domain::inbound::Fate;
use passerelle::store::Records;
use passerelle::store::records::{Idempotency, ReplyFiled, ReplyFiling};

use crate::store_receipts::theirs;
use crate::store_records::{keep, on_every_database};
use crate::support::samples::{NOW, filing, message, reply};

/// How long repeated calls and early reports are remembered.
pub const HOURS_48: i64 = 48 * 3_600_000;

on_every_database![
    a_reply_is_kept_with_its_message,
    a_reply_to_nothing_is_refused,
    a_resolved_feedback_stays_resolved,
    a_repeated_call_gets_the_first_response,
    fifty_identical_calls_are_one_reply,
    an_old_promise_is_forgotten,
    sweeping_takes_only_what_is_old,
];

fn reply_filing(feedback: &Feedback, n: u32, key: Option<(&str, &str)>) -> ReplyFiling {
    let reply = reply(feedback, n);
    let mut message = message(feedback, &format!("sms_{}", reply.id));
    message.reply = Some(reply.id.clone());
    ReplyFiling {
        response: format!("response {}", reply.id),
        idempotency: key.map(|(key, hash)| Idempotency {
            scope: "bj-sante/replies".to_owned(),
            key: key.to_owned(),
            body_hash: hash.to_owned(),
        }),
        message: Some(message),
        reply,
    }
}

async fn status(records: &Records, id: &str) -> Status {
    let found = records.feedback(id).await.expect("answers");
    found.expect("there").status
}

async fn a_reply_is_kept_with_its_message(records: Records) {
    let f = keep(&records, filing(1)).await;
    let first = reply_filing(&f, 1, None);
    let mut silent = reply_filing(&f, 2, None);
    silent.message = None;
    assert_eq!(records.add_reply(first.clone()).await, Ok(ReplyFiled::Kept));
    assert_eq!(
        records.add_reply(silent.clone()).await,
        Ok(ReplyFiled::Kept)
    );
    assert_eq!(status(&records, &f.id).await, Status::Answered);
    let replies = records.replies(&f.id).await.expect("answers");
    assert_eq!(replies, [first.reply, silent.reply]);
    let messages = records.messages_of(&f.id).await.expect("answers");
    assert_eq!(messages.len(), 1);
    assert_eq!(Some(&messages[0].message), first.message.as_ref());
    assert_eq!(messages[0].standing, Standing::Pending);
}

async fn a_reply_to_nothing_is_refused(records: Records) {
    let nobody = filing(1).feedback;
    let filed = records.add_reply(reply_filing(&nobody, 1, Some(("k", "h"))));
    assert_eq!(filed.await, Ok(ReplyFiled::NoSuchFeedback));
    // Nor is the refusal remembered: the same call may succeed later.
    keep(&records, filing(1)).await;
    let filed = records.add_reply(reply_filing(&nobody, 1, Some(("k", "h"))));
    assert_eq!(filed.await, Ok(ReplyFiled::Kept));
}

async fn a_resolved_feedback_stays_resolved(records: Records) {
    let mut resolved = filing(1);
    resolved.feedback.status = Status::Resolved;
    let f = keep(&records, resolved).await;
    let filed = records.add_reply(reply_filing(&f, 1, None)).await;
    assert_eq!(filed, Ok(ReplyFiled::Kept));
    assert_eq!(status(&records, &f.id).await, Status::Resolved);
}

async fn a_repeated_call_gets_the_first_response(records: Records) {
    let f = keep(&records, filing(1)).await;
    let call = |n, key| reply_filing(&f, n, Some(key));
    let first = records.add_reply(call(1, ("k", "h"))).await;
    assert_eq!(first, Ok(ReplyFiled::Kept));
    let again = records.add_reply(call(2, ("k", "h"))).await;
    let response = "response rp_fb_00001_1".to_owned();
    assert_eq!(again, Ok(ReplyFiled::Repeated(response)));
    let other = records.add_reply(call(3, ("k", "another body"))).await;
    assert_eq!(other, Ok(ReplyFiled::Conflict));
    assert_eq!(records.replies(&f.id).await.expect("answers").len(), 1);
    assert_eq!(records.messages_of(&f.id).await.expect("answers").len(), 1);
    let elsewhere = records.add_reply(call(4, ("k2", "h"))).await;
    assert_eq!(elsewhere, Ok(ReplyFiled::Kept));
}

async fn fifty_identical_calls_are_one_reply(records: Records) {
    let f = keep(&records, filing(1)).await;
    let calls: Vec<_> = (0..50)
        .map(|n| {
            let (records, filing) = (records.clone(), reply_filing(&f, n, Some(("k", "h"))));
            tokio::spawn(async move { records.add_reply(filing).await })
        })
        .collect();
    let mut kept = 0;
    for call in calls {
        let filed = call.await.expect("no panic").expect("answers");
        kept += i32::from(filed == ReplyFiled::Kept);
    }
    assert_eq!(kept, 1);
    assert_eq!(records.replies(&f.id).await.expect("answers").len(), 1);
}

async fn an_old_promise_is_forgotten(records: Records) {
    let f = keep(&records, filing(1)).await;
    let first = reply_filing(&f, 1, Some(("k", "h")));
    let mut later = reply_filing(&f, 2, Some(("k", "another body")));
    later.reply.created_at = first.reply.created_at + HOURS_48;
    assert_eq!(records.add_reply(first).await, Ok(ReplyFiled::Kept));
    assert_eq!(records.add_reply(later.clone()).await, Ok(ReplyFiled::Kept));
    let repeated = records.add_reply(later.clone()).await;
    assert_eq!(repeated, Ok(ReplyFiled::Repeated(later.response)));
}

async fn sweeping_takes_only_what_is_old(records: Records) {
    let f = keep(&records, filing(1)).await;
    let call = reply_filing(&f, 1, Some(("k", "h")));
    records.add_reply(call.clone()).await.expect("answers");
    theirs(&records, "early", Fate::Delivered).await;
    assert_eq!(records.sweep(NOW + HOURS_48).await, Ok(0));
    let again = records.add_reply(call.clone()).await;
    assert_eq!(again, Ok(ReplyFiled::Repeated(call.response)));
    assert_eq!(
        records.sweep(NOW + HOURS_48 + 300).await,
        Ok(1),
        "the report"
    );
    assert_eq!(
        records.sweep(NOW + HOURS_48 + 1_001).await,
        Ok(1),
        "the call"
    );
    assert_eq!(records.sweep(NOW + HOURS_48 + 1_001).await, Ok(0));
}
