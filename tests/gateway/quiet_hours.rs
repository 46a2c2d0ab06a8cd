//! Messages that a citizen does not wait for ring in nobody's night.

use passerelle::domain::feedback::{Message, Standing};
use passerelle::flows::send;
use passerelle::store::records::ReplyFiling;

use super::support::hallway::Hallway;
use super::support::samples::{NOW, feedback, message, reply};

const HOUR: i64 = 60 * 60 * 1000;
/// 08:00 in Cotonou on the day after [`NOW`], which is 09:05 there.
const MORNING: i64 = NOW - HOUR - 5 * 60 * 1000 + 24 * HOUR;

/// Puts a message on its way and tries it once; where it then stands.
async fn tried(hall: &Hallway, nth: u32, prompt: bool) -> (Standing, Option<i64>) {
    let gateway = &hall.gateway;
    let kept = feedback(1);
    let filing = ReplyFiling {
        reply: reply(&kept, nth),
        message: Some(Message {
            created_at: gateway.clock.now(),
            prompt,
            ..message(&kept, &format!("sms_{nth}"))
        }),
        idempotency: None,
        response: String::new(),
    };
    gateway.records.add_reply(filing).await.expect("kept");
    let leased = send::due_messages(gateway, 10).await.expect("answers");
    let ours = leased.iter().find(|m| m.id == format!("sms_{nth}"));
    send::message(gateway, ours.expect("due"))
        .await
        .expect("noted");
    let stands = gateway.records.message(&format!("sms_{nth}")).await;
    let stands = stands.expect("answers").expect("kept");
    (stands.standing, stands.due_at)
}

#[tokio::test]
async fn what_is_no_part_of_an_exchange_waits_for_the_morning() {
    let hall = Hallway::new(&[]).await;
    hall.file(1).await;
    // By day it is tried; the sample's number is none, so it is given up.
    assert_eq!(tried(&hall, 1, false).await.0, Standing::Dead);
    hall.later(10 * HOUR);
    // In the evening what the citizen waits for is tried, and nothing else.
    assert_eq!(tried(&hall, 2, true).await.0, Standing::Dead);
    assert_eq!(
        tried(&hall, 3, false).await,
        (Standing::Pending, Some(MORNING))
    );
    let due = async || {
        send::due_messages(&hall.gateway, 10)
            .await
            .expect("answers")
    };
    assert!(due().await.is_empty());
    hall.later(MORNING - NOW - 10 * HOUR);
    let leased = due().await;
    assert_eq!(leased.len(), 1);
    // Resting was no attempt.
    assert_eq!(leased[0].attempts, 1);
}
