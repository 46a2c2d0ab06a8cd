//! What a citizen does about their own data and messages from the menu: follow by code, stop, start,
//! erase.

use passerelle::domain::audit::Actor;
use passerelle::domain::citizen::Caller;
use passerelle::flows::erase;
use passerelle::store::records::Held;

use super::support::town::Town;

const RWANDA: (&str, &str) = ("rw", "+250788308559");
/// A praise of the Ministry of Health in Gasabo, in English.
const PRAISE: [&str; 7] = ["2", "1", "1", "1", "2", "Kind nurses", "1"];

/// What is held about the town's citizen.
async fn held(town: &Town) -> Held {
    let gateway = &town.hallway.gateway;
    let service = gateway.service();
    let country = service.country("RW").expect("served");
    let parsed = country.numbering.parse(RWANDA.1).expect("a number");
    let citizen = gateway.keys().lookup(&Caller::Known(parsed.msisdn));
    let held = erase::held(gateway, &citizen, Actor::Operator).await;
    held.expect("answers")
}

#[tokio::test]
async fn whoever_has_the_code_reads_what_was_answered() {
    let mut town = Town::new("", RWANDA, &[]).await;
    town.dial(&PRAISE).await;
    town.settle().await;
    let code = town.code(1);
    let before = town.dial(&["2", "3", &code.to_lowercase()]).await;
    assert!(
        before.starts_with("Ministry of Health: Handed over"),
        "{before}"
    );
    town.answers("rw-minisante", "Thank you! We have told them.")
        .await;
    let after = town.dial(&["2", "3", &code]).await;
    assert!(after.contains("Answered on"), "{after}");
    assert!(after.contains("Thank you! We have told them."), "{after}");
    let unknown = town.dial(&["2", "3", "K7M-2QX-T"]).await;
    assert!(unknown.starts_with("Unknown code."), "{unknown}");
}

#[tokio::test]
async fn a_long_answer_is_read_on_from_the_menu() {
    let mut town = Town::new("", RWANDA, &[]).await;
    town.dial(&PRAISE).await;
    town.settle().await;
    let code = town.code(1);
    let words = "The nurses were told in front of everybody. ".repeat(20);
    town.answers("rw-minisante", words.trim_end()).await;
    let id = town.id().await;
    let messages = town.hallway.gateway.records.messages_of(&id);
    let messages = messages.await.expect("answers");
    let sms = messages.last().expect("one").message.text.as_str();
    assert!(sms.ends_with("Read on: dial *384*7344#"), "{sms}");
    let mut screen = town.dial(&["2", "3", &code]).await;
    let mut read = String::new();
    while let Some((page, _)) = screen.split_once("\n98 More") {
        read.push_str(page);
        read.push(' ');
        screen = town.press("98").await;
    }
    read.push_str(&screen);
    assert!(read.contains(words.trim_end()), "{read}");
}

#[tokio::test]
async fn a_citizen_stops_messages_and_takes_that_back() {
    let mut town = Town::new("", RWANDA, &[]).await;
    let last = town.dial(&["2", "6", "2"]).await;
    assert!(last.starts_with("You get no more SMS."), "{last}");
    assert!(!held(&town).await.opted_out.is_empty());
    town.dial(&["2", "6", "3"]).await;
    assert!(held(&town).await.opted_out.is_empty());
}

#[tokio::test]
async fn a_citizen_erases_what_is_theirs_once_they_confirm() {
    let mut town = Town::new("", RWANDA, &[]).await;
    town.dial(&PRAISE).await;
    town.settle().await;
    let refused = town.dial(&["2", "6", "4", "2"]).await;
    assert!(refused.starts_with("Your data:"), "{refused}");
    assert_eq!(
        (held(&town).await.number, held(&town).await.feedback),
        (true, 1)
    );
    let erased = town.dial(&["2", "6", "4", "1"]).await;
    assert!(erased.starts_with("Done:"), "{erased}");
    let held = held(&town).await;
    assert_eq!((held.number, held.feedback, held.messages), (false, 0, 0));
}
