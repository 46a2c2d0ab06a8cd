//! A citizen is asked whether the institution that the screen names may see their number: who gets
//! it then, who does not, and where it never is.

use passerelle::domain::audit::Actor;
use passerelle::domain::citizen::Caller;
use passerelle::domain::msisdn::Msisdn;
use passerelle::store::Records;
use reqwest::Method;
use serde_json::{Value, json};

use super::support::gateway::{Gateway, WEBHOOK_SECRET, Wanted, database};
use super::support::partner::{Partner, Received};
use super::support::phone;
use super::support::{candid, gateway};

/// The phone that dials, as institutions would see it.
const NUMBER: &str = "+2290163109595";

async fn start(receiver: &Partner, records: Option<String>) -> Gateway {
    let also = (
        "institutions/bj-sante.toml",
        "covers",
        "also = [\"bj-mairies\"]\ncovers",
    );
    let edits = [&candid::EDITS[..], &[also]].concat();
    Gateway::start(Wanted {
        receiver: Some(receiver),
        records,
        files: &candid::FILES,
        edits: &edits,
        ..Wanted::default()
    })
    .await
}

async fn get(gateway: &Gateway, path: &str, who: &str) -> Value {
    let answer = gateway.api(Method::GET, path, who).send().await;
    answer.expect("an answer").json().await.expect("JSON")
}

async fn show(gateway: &Gateway, id: &str, who: &str) -> Value {
    get(gateway, &format!("/v1/feedback/{id}"), who).await
}

/// The next letter to this institution.
async fn letter_to(receiver: &Partner, who: &str) -> Received {
    loop {
        let letter = receiver.next().await;
        if letter.path == format!("/{who}") {
            return letter;
        }
    }
}

fn phone_in(letter: &Received) -> Value {
    let library = standardwebhooks::Webhook::new(WEBHOOK_SECRET).expect("a secret");
    let mut headers = reqwest::header::HeaderMap::new();
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        headers.insert(name, letter.header(name).parse().expect("a header"));
    }
    library
        .verify(letter.body.as_bytes(), &headers)
        .expect("a valid signature");
    letter.json()["data"]["citizen"]["phone"].clone()
}

/// Says this on the screen that names the ministry of health; answers the event's id, once both
/// letters have come: the ministry's own, and the copy of whoever gets one.
async fn filed(
    gateway: &Gateway,
    receiver: &Partner,
    session: &str,
    keys: &[&str],
) -> (Received, Received) {
    let screens = phone::benin(gateway, session, keys).await;
    assert!(
        screens[1].contains("may they see your number"),
        "{}",
        screens[1]
    );
    let (one, two) = (receiver.next().await, receiver.next().await);
    let copy = |letter: &Received| letter.path == "/bj-mairies";
    assert!(copy(&one) != copy(&two));
    if copy(&two) { (one, two) } else { (two, one) }
}

fn id(letter: &Received) -> String {
    let event = letter.json();
    event["data"]["id"].as_str().expect("an id").to_owned()
}

async fn a_yes_is_for_whom_the_screen_named(records: Option<String>) {
    let receiver = Partner::receiver();
    let gateway = start(&receiver, records).await;
    let keys = ["1", "1", "L'eau manque", "1"];
    let (own, copy) = filed(&gateway, &receiver, "yes", &keys).await;
    assert_eq!(phone_in(&own), NUMBER);
    assert_eq!(phone_in(&copy), Value::Null);
    let id = id(&own);
    assert_eq!(
        show(&gateway, &id, "bj-sante").await["citizen"]["phone"],
        NUMBER
    );
    let list = get(&gateway, "/v1/feedback", "bj-sante").await;
    assert_eq!(list["data"][0]["citizen"]["phone"], Value::Null);
    // What is sent again is the same to the byte.
    let letter = own.header("webhook-id").to_owned();
    let replay = format!("/v1/deliveries/{letter}/replay");
    let again = gateway.api(Method::POST, &replay, "bj-sante").send().await;
    assert!(again.expect("an answer").status().is_success());
    let again = letter_to(&receiver, "bj-sante").await;
    assert_eq!(
        (again.header("webhook-id"), &again.body),
        (letter.as_str(), &own.body)
    );
    assert_eq!(phone_in(&again), NUMBER);

    // Whoever it is handed to was named on no screen.
    let path = format!("/v1/feedback/{id}");
    let patch = gateway.api(Method::PATCH, &path, "bj-sante");
    let body = json!({"status": "not_ours", "to": "bj-education"});
    let answer = patch.json(&body).send().await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 200);
    let moved = letter_to(&receiver, "bj-education").await;
    assert_eq!(phone_in(&moved), Value::Null);
    let now = show(&gateway, &id, "bj-education").await;
    assert_eq!(now["citizen"]["phone"], Value::Null);
    assert!(
        show(&gateway, &id, "bj-sante")
            .await
            .get("citizen")
            .is_none()
    );
    gateway.stop().await;
}

async fn without_a_yes_nobody_gets_it(records: Option<String>) {
    let receiver = Partner::receiver();
    let gateway = start(&receiver, records).await;
    // No; and a yes on a screen that names nobody.
    for (session, keys) in [
        ("no", &["1", "2", "Attente", "1"][..]),
        ("vague", &["1", "4", "1", "Attente encore", "1"]),
    ] {
        let (own, _) = filed(&gateway, &receiver, session, keys).await;
        assert_eq!(phone_in(&own), Value::Null, "{session}");
        let shown = show(&gateway, &id(&own), "bj-sante").await;
        assert_eq!(shown["citizen"]["phone"], Value::Null, "{session}");
    }
    // A yes to one, and then it goes to another.
    phone::benin(&gateway, "other", &["1", "1", "Ailleurs", "3", "2", "1"]).await;
    let other = receiver.next().await;
    assert_ne!(other.path, "/bj-sante");
    assert_eq!(phone_in(&other), Value::Null);
    gateway.stop().await;
}

async fn an_erasure_takes_the_yes_back(records: Option<String>) {
    let receiver = Partner::receiver();
    let gateway = start(&receiver, records.clone()).await;
    let keys = ["1", "1", "L'eau manque", "1"];
    let (own, _) = filed(&gateway, &receiver, "gone", &keys).await;
    let url = records.unwrap_or_else(|| database(gateway.folder().path()).expose().to_owned());
    let store = Records::open(&url).await.expect("opens");
    let id = id(&own);
    let consent = store.consent(&id).await.expect("answers").expect("kept");
    assert_eq!(
        (consent.institution.as_deref(), consent.given),
        (Some("bj-sante"), true)
    );
    assert!(
        consent.words.starts_with("candid-number/fr/"),
        "{}",
        consent.words
    );
    assert!(consent.at > 1_700_000_000_000);
    let ring = gateway::keys(&store).await;
    let citizen = Msisdn::opened(NUMBER.into())
        .map(Caller::Known)
        .expect("a number");
    let who = ring.lookup(&citizen);
    let held = store.held(&who, Actor::Operator, 1).await;
    assert_eq!(held.map(|held| held.shown_to), Ok(vec!["bj-sante".into()]));
    let gone = store
        .forget(&ring.lookup(&citizen), Actor::Operator, 1)
        .await;
    assert_eq!(gone.map(|gone| gone.feedback), Ok(1));
    assert_eq!(
        show(&gateway, &id, "bj-sante").await["citizen"]["phone"],
        Value::Null
    );
    // They write again, the number is known again; what was said before stays without it.
    let held = store.held(&who, Actor::Operator, 1).await;
    assert_eq!(held.map(|held| held.shown_to.len()), Ok(0));
    let (new, _) = filed(&gateway, &receiver, "again", &["1", "2", "Encore", "1"]).await;
    assert_eq!(phone_in(&new), Value::Null);
    assert_eq!(
        show(&gateway, &id, "bj-sante").await["citizen"]["phone"],
        Value::Null
    );
    let replay = format!("/v1/deliveries/{}/replay", own.header("webhook-id"));
    let again = gateway.api(Method::POST, &replay, "bj-sante").send().await;
    assert!(again.expect("an answer").status().is_success());
    let again = letter_to(&receiver, "bj-sante").await;
    assert_eq!(phone_in(&again), Value::Null);
    assert_eq!(again.json()["data"]["erased"], true);
    gateway.stop().await;
}

/// Each on both databases, through the whole gateway.
macro_rules! on_both_databases {
    ($($test:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::$test(None).await;
            })*
        }
        mod on_postgres {
            $(#[tokio::test]
            async fn $test() {
                let url = crate::support::postgres::shared().database().await;
                super::$test(Some(url)).await;
            })*
        }
    };
}
pub(crate) use on_both_databases;

on_both_databases![
    a_yes_is_for_whom_the_screen_named,
    without_a_yes_nobody_gets_it,
    an_erasure_takes_the_yes_back,
];
