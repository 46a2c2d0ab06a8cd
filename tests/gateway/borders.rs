//! A country whose records and dialogues are kept in that country: nothing of it is anywhere else,
//! and whoever asks is led there.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use passerelle::domain::citizen::Caller;
use passerelle::domain::inbound::Sms;
use passerelle::domain::msisdn::Msisdn;
use passerelle::domain::redact::{RawNumber, Secret, Words};
use passerelle::flows::listen;
use passerelle::store::Records;
use passerelle::store::records::FeedbackQuery;
use reqwest::Method;

use super::support::gateway::{Gateway, Wanted, database, keys};
use super::support::hallway::Hallway;
use super::support::leaks::{self, search};
use super::support::partner::Partner;
use super::support::redis::Redis;
use super::support::{desk, phone, postgres};

/// What is said in Rwanda, and to whom.
const SAID: &str = "amazi yabuze zqxrwanda";
const ANSWERED: &str = "Amazi azagaruka zqxsubizo";
const TEXTED: &str = "minisante zqxubutumwa";
/// A sender that no plan has.
const ODD: &str = "250999zqx";

struct Town {
    folder: tempfile::TempDir,
    redis: [Redis; 2],
    receiver: Partner,
    aggregator: Partner,
    /// Rwanda's records.
    own: String,
}

impl Town {
    fn new(own: Option<String>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let kigali = folder.path().join("kigali");
        std::fs::create_dir(&kigali).expect("a folder");
        Self {
            own: own.unwrap_or_else(|| database(&kigali).expose().to_owned()),
            redis: [(); 2].map(|()| Redis::start_with(&leaks::READABLE)),
            receiver: Partner::receiver(),
            aggregator: Partner::africas_talking("ATXid_zqx"),
            folder,
        }
    }

    async fn gateway(&self) -> Gateway {
        let own = |url: &str| BTreeMap::from([("RW".to_owned(), Secret::new(url))]);
        Gateway::start(Wanted {
            receiver: Some(&self.receiver),
            aggregator: Some(&self.aggregator),
            records: Some(database(self.folder.path()).expose().to_owned()),
            sessions: self.redis[0].url(),
            own_records: own(&self.own),
            own_sessions: own(&self.redis[1].url()),
            ..Wanted::default()
        })
        .await
    }

    /// The program beside it, with the same stores.
    async fn command(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_passerelle"));
        command
            .args(words)
            .env(
                "PASSERELLE_RECORDS__URL",
                database(self.folder.path()).expose(),
            )
            .env("PASSERELLE_RECORDS__RW", &self.own)
            .env(
                "PASSERELLE_PRIVACY__KEY",
                "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
            )
            .stdin(Stdio::null());
        let ran = tokio::task::spawn_blocking(move || command.output()).await;
        ran.expect("ends").expect("runs")
    }
}

/// Everything that is kept in Rwanda.
async fn kept_there(town: &Town) -> Vec<u8> {
    match town.own.strip_prefix("sqlite:") {
        Some(file) => leaks::sqlite(Path::new(file).parent().expect("a folder")),
        None => leaks::postgres(&town.own).await,
    }
}

async fn page(gateway: &Gateway, code: &str) -> u16 {
    let page = gateway.http.get(format!("{}/t/{code}", gateway.url)).send();
    page.await.expect("an answer").status().as_u16()
}

/// A citizen dials and is answered, another one texts, and somebody whom no plan has.
async fn a_day_in_rwanda(town: &Town, gateway: &Gateway) -> [String; 4] {
    let keys = ["2", "2", "1", "1", "1", SAID, "1"];
    let screens = phone::rwanda(gateway, "zqxsession", &keys).await;
    let code = phone::code(screens.last().expect("a screen"));
    let event = desk::event(&town.receiver, "feedback.received").await;
    assert_eq!(event["country"], "RW");
    desk::reply(gateway, &event, ANSWERED).await;
    for (from, id, text) in [
        ("+250788444333", "zqxmo1", TEXTED),
        (ODD, "zqxmo2", "zqxodd"),
    ] {
        let fields = [("from", from), ("to", "7344"), ("text", text), ("id", id)];
        let taken = gateway.form("/callbacks/at-rw/sms", &fields).await;
        assert_eq!(taken.0, 200, "{}", taken.1);
    }
    desk::event(&town.receiver, "feedback.received").await;
    let text = |field: &str| event[field].as_str().expect("a text").to_owned();
    let alias = event["citizen"]["alias"].as_str().expect("an alias");
    [code, text("id"), alias.to_owned(), text("institution")]
}

/// Whoever asks is led to where it is.
async fn led_there(gateway: &Gateway, code: &str, id: &str, institution: &str) {
    assert_eq!(page(gateway, code).await, 200);
    assert_eq!(page(gateway, "K7M-2QX-9").await, 404);
    let path = format!("/v1/feedback/{id}");
    let shown = gateway.api(Method::GET, &path, institution).send().await;
    let shown: serde_json::Value = shown.expect("an answer").json().await.expect("JSON");
    assert_eq!(shown["replies"][0]["text"], ANSWERED);
    let path = "/v1/deliveries";
    let all = gateway.api(Method::GET, path, institution).send().await;
    let all: serde_json::Value = all.expect("an answer").json().await.expect("JSON");
    assert!(all["data"][0]["feedback"].is_string(), "{all}");
    let ready = gateway.http.get(format!("{}/readyz", gateway.admin)).send();
    assert_eq!(ready.await.expect("an answer").status().as_u16(), 200);
}

async fn nothing_of_rwanda_is_elsewhere(own: Option<String>) {
    let town = Town::new(own);
    let gateway = town.gateway().await;
    let [code, id, alias, institution] = a_day_in_rwanda(&town, &gateway).await;
    // Benin goes on as ever.
    let screens = ["from", "to", "text", "id"];
    let values = ["+2290163109595", "7344", "sante zqxbenin", "bj-2"];
    let fields: Vec<_> = screens.into_iter().zip(values).collect();
    assert_eq!(gateway.form("/callbacks/sms-bj/sms", &fields).await.0, 200);
    let event = desk::event(&town.receiver, "feedback.received").await;
    assert_eq!(event["country"], "BJ");

    led_there(&gateway, &code, &id, &institution).await;

    // What leads to a Rwandan: words, number, lookup, alias, code, ids, sessions.
    let records = Records::open(&town.own).await.expect("opens");
    let number = Msisdn::opened("+250788308559".into()).expect("a number");
    let lookup = keys(&records).await.lookup(&Caller::Known(number));
    let there = [SAID, ANSWERED, TEXTED, &alias, &code, &id, &lookup];
    let never = ["788308559", "788444333", "250999zqx"];
    let default = leaks::sqlite(town.folder.path());
    search("the default records", &default, &there);
    search("the default records", &default, &never);
    search(
        "the default records",
        &default,
        &[institution.as_str(), "at-rw", "zqxodd"],
    );
    let sessions = leaks::redis(&town.redis[0]).await;
    search("the default sessions", &sessions, &there);
    search(
        "the default sessions",
        &sessions,
        &["zqxsession", "zqxrwanda", "788308559"],
    );
    // And they are where they belong, which also shows that the search would have found them.
    let kept = kept_there(&town).await;
    for needle in there {
        assert!(holds(&kept, needle), "{needle} is not in Rwanda's records");
    }
    search("Rwanda's records", &kept, &never);
    search("Rwanda's records", &kept, &["zqxbenin"]);
    assert!(holds(&default, "zqxbenin"));
    let dialogues = leaks::redis(&town.redis[1]).await;
    assert!(holds(&dialogues, "zqxrwanda"), "typed in Rwanda");
    gateway.stop().await;
    commands(&town).await;
}

fn holds(hay: &[u8], needle: &str) -> bool {
    hay.windows(needle.len()).any(|w| w == needle.as_bytes())
}

/// What the operator runs looks into each place.
async fn commands(town: &Town) {
    let run = async |words: &[&str]| {
        let output = town.command(words).await;
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    let deliveries = run(&["deliveries", "list"]).await;
    assert!(
        deliveries.contains("\tbj-sante\t") && deliveries.contains("\trw-"),
        "{deliveries}"
    );
    let shown = run(&["citizen", "show", "+250788308559"]).await;
    assert!(shown.contains("feedback     1\n"), "{shown}");
    let gone = run(&["citizen", "forget", "+250788308559", "--yes"]).await;
    assert!(
        gone.starts_with("erased: the number and the words of 1 feedback"),
        "{gone}"
    );
    let verified = run(&["audit", "verify"]).await;
    assert!(
        verified.contains("\nRW: ") || verified.starts_with("RW: "),
        "{verified}"
    );
    assert!(
        run(&["audit", "list"])
            .await
            .contains("citizen.forget\tnumber=1")
    );
    assert!(
        run(&["retention", "--dry-run"])
            .await
            .contains("RW\ttexts\tkept")
    );
    let shown = run(&["citizen", "show", "+250788308559"]).await;
    assert!(
        shown.contains("number       none\nfeedback     0\n"),
        "{shown}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_rwanda_is_elsewhere_in_files() {
    nothing_of_rwanda_is_elsewhere(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_rwanda_is_elsewhere_on_postgres() {
    let url = postgres::shared().database().await;
    nothing_of_rwanda_is_elsewhere(Some(url)).await;
}

/// Files the same text, at the same time and with the same keys: it gets the same code wherever
/// nothing stands in the way.
async fn coded(hallway: &Hallway) -> String {
    let sms = Sms {
        id: Some("mo-1".into()),
        from: RawNumber::new("+2290163109595"),
        to: "7344".into(),
        text: Words::new("sante eau"),
        sent_at: None,
        network: None,
        part: None,
    };
    let service = hallway.gateway.service();
    let channel = service.channels.get("sms-bj").expect("the channel");
    let heard = listen::listen(&hallway.gateway, channel, &sms).await;
    heard.expect("on record");
    let query = FeedbackQuery {
        institution: "bj-sante".into(),
        limit: 2,
        ..FeedbackQuery::default()
    };
    let kept = hallway.gateway.records.feedback_list(query).await;
    kept.expect("answers").remove(0).code
}

#[tokio::test]
async fn a_code_is_given_once_wherever_records_are_kept() {
    let first = Hallway::new(&[]).await;
    let taken = coded(&first).await;
    assert_eq!(coded(&Hallway::new(&[]).await).await, taken);
    let mut other = Hallway::new(&[]).await;
    other.gateway.neighbours = vec![first.gateway.records.clone()];
    assert_ne!(coded(&other).await, taken);
}
