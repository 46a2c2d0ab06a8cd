//! The program from outside: the binary, its files, its environment, its log; a receiver written
//! in another language with the public library.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{ChildStdout, Command, Stdio};

use serde_json::Value;

use super::support::gateway::WEBHOOK_SECRET;
use super::support::leaks::search;
use super::support::partner::Partner;
use super::support::served::{Served, Shipped};

async fn post(url: &str, content_type: &str, secret: &str, body: String) -> (u16, String) {
    let answer = reqwest::Client::new()
        .post(url)
        .header("Content-Type", content_type)
        .header("X-Passerelle-Secret", secret)
        .body(body)
        .send()
        .await
        .expect("an answer");
    (
        answer.status().as_u16(),
        answer.text().await.expect("a body"),
    )
}

/// Files one feedback in Rwanda; answers every screen.
async fn file(served: &Served, session: &str, number: &str, words: &str) -> Vec<String> {
    let keys = ["2", "2", "1", "1", "1", words, "1"];
    let mut screens = Vec::new();
    for typed in 0..=keys.len() {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("sessionId", session)
            .append_pair("phoneNumber", number)
            .append_pair("networkCode", "63510")
            .append_pair("serviceCode", "*384*7344#")
            .append_pair("text", &keys[..typed].join("*"))
            .finish();
        let url = format!("{}/callbacks/at-rw/ussd", served.url);
        let (status, screen) = post(
            &url,
            "application/x-www-form-urlencoded",
            "value of AT_RW_SECRET",
            body,
        )
        .await;
        assert_eq!(status, 200, "{screen}");
        screens.push(screen);
    }
    screens
}

/// A receiver in Node, with npm's `standardwebhooks`.
struct NodeReceiver {
    child: std::process::Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
    url: String,
}

impl NodeReceiver {
    fn start(secret: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gateway/receiver");
        assert!(
            folder.join("node_modules").is_dir(),
            "this test needs Node and its packages: scripts/install-test-tools"
        );
        let mut child = Command::new("node")
            .arg("receiver.mjs")
            .arg(secret)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let first = lines.next().expect("a line").expect("a line");
        let first: Value = serde_json::from_str(&first).expect("JSON");
        Self {
            child,
            lines,
            url: format!("http://127.0.0.1:{}/", first["port"]),
        }
    }

    fn next(&mut self) -> Value {
        let line = self.lines.next().expect("a line").expect("a line");
        serde_json::from_str(&line).expect("JSON")
    }
}

impl Drop for NodeReceiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_library_of_another_language_verifies_what_serve_sends() {
    let mut receiver = NodeReceiver::start(WEBHOOK_SECRET);
    let mut shipped = Shipped::new();
    shipped.set_secrets(WEBHOOK_SECRET);
    shipped.edit(
        "institutions/rw-minisante.toml",
        r#""https://hooks.example.org/rw-minisante""#,
        &format!("\"{}\"\nprivate = true", receiver.url),
    );
    let served = shipped.serve();
    let screens = file(
        &served,
        "ATUid_node",
        "+250788308559",
        "Umurongo muremure: 5 h",
    )
    .await;
    assert!(screens[7].starts_with("END "), "{}", screens[7]);
    let news = tokio::task::block_in_place(|| receiver.next());
    assert_eq!(news["verified"], true, "{news}");
    assert_eq!(news["event"]["type"], "feedback.received");
    assert_eq!(news["event"]["data"]["text"], "Umurongo muremure: 5 h");
    assert!(served.stop().0);
}

/// Digits of the numbers used below, as any form of them would show.
const DIGITS: [&str; 4] = ["788314159", "63271828", "068161803", "68161803"];

/// The program with two of its channels and three of its institutions plugged to stubs.
fn plugged(receiver: &Partner, aggregator: &Partner) -> Shipped {
    let mut shipped = Shipped::new();
    shipped.set_secrets(WEBHOOK_SECRET);
    shipped.set("PASSERELLE_LOG", "trace");
    for institution in ["rw-minisante", "bj-sante", "bj-desk"] {
        let path = format!("institutions/{institution}.toml");
        shipped.edit(
            &path,
            &format!("\"https://hooks.example.org/{institution}\""),
            &format!("\"{}\"\nprivate = true", receiver.url),
        );
    }
    for channel in ["at-rw", "sms-bj"] {
        let url = format!("[credentials]\nurl = \"{}\"", aggregator.url);
        shipped.edit(&format!("channels/{channel}.toml"), "[credentials]", &url);
    }
    shipped
}

/// What citizens, strangers and broken machines send; answers what they got.
async fn knock(served: &Served) -> Vec<String> {
    let mut answers = Vec::new();
    for (path, secret, body) in [
        (
            "sms-bj/sms",
            "SMS_BJ_SECRET",
            "from=%2B22963271828&to=7344&id=log-1&text=sante+quelmotsecret",
        ),
        (
            "sms-bj/sms",
            "SMS_BJ_SECRET",
            "from=%2B242068161803&to=7344&id=log-2&text=quelmotsecret",
        ),
        (
            "sms-bj/sms",
            "WRONG",
            "from=%2B22963271828&to=7344&id=log-3&text=quelmotsecret",
        ),
        (
            "at-rw/sms",
            "AT_RW_SECRET",
            "from=%2B250788314159&text=quelmotsecret%FF",
        ),
        (
            "at-rw/ussd",
            "AT_RW_SECRET",
            "phoneNumber=%2B250788314159%00%FF",
        ),
        (
            "mtn-cg/ussd",
            "MTN_CG_SECRET",
            "{\"msisdn\":\"242068161803\",\"ussdString\":",
        ),
    ] {
        let url = format!("{}/callbacks/{path}", served.url);
        let secret = format!("value of {secret}");
        answers.push(
            post(
                &url,
                "application/x-www-form-urlencoded",
                &secret,
                body.into(),
            )
            .await
            .1,
        );
    }
    answers
}

#[tokio::test]
async fn no_number_no_text_and_no_secret_is_in_the_log_the_records_or_an_answer() {
    let (receiver, aggregator) = (Partner::receiver(), Partner::africas_talking("ATXid_log"));
    let shipped = plugged(&receiver, &aggregator);
    let served = shipped.serve();
    let mut answers = file(&served, "ATUid_log", "+250788314159", "quelmotsecret").await;
    let letter = receiver.next().await;
    let feedback = letter.json()["data"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    answers.push(letter.body);
    answers.extend(knock(&served).await);
    let reply = reqwest::Client::new()
        .post(format!("{}/v1/feedback/{feedback}/replies", served.url))
        .bearer_auth("value of RW_MINISANTE_TOKEN")
        .json(&serde_json::json!({"text": "quelmotsecret aussi"}));
    let taken = reply.send().await.expect("an answer");
    assert_eq!(taken.status().as_u16(), 202);
    answers.push(taken.text().await.expect("a body"));
    // The confirmation of the text, and the reply.
    for _ in 0..2 {
        let sent = aggregator.next().await;
        assert!(
            DIGITS.iter().any(|d| sent.form("to").contains(d)),
            "numbers do go to the aggregator"
        );
    }
    answers.push(receiver.next().await.body);
    let metrics = reqwest::get(format!("{}/metrics", served.admin))
        .await
        .expect("an answer");
    answers.push(metrics.text().await.expect("metrics"));
    let (ended, log) = served.stop();
    assert!(
        ended && log.contains("a feedback is on record") && log.contains("DEBUG"),
        "{log}"
    );

    let secrets = ["whsec_", "value of", "BwcHBwc"];
    search(
        "the log",
        log.as_bytes(),
        &[&DIGITS[..], &secrets, &["quelmotsecret"]].concat(),
    );
    for answer in &answers {
        search(
            "an answer",
            answer.as_bytes(),
            &[&DIGITS[..], &secrets].concat(),
        );
    }
    for file in ["passerelle.db", "passerelle.db-wal"] {
        if let Ok(bytes) = std::fs::read(shipped.path().join(file)) {
            search(file, &bytes, &DIGITS);
        }
    }
}

#[tokio::test]
async fn serve_wants_its_key_and_sound_files_and_says_so() {
    let mut shipped = Shipped::new();
    let run = |shipped: &Shipped, command: &str| {
        let output = shipped.command(command).output().expect("runs");
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.code(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    };
    let (code, said) = run(&shipped, "serve");
    assert!(code == Some(1) && said.contains("AT_RW_SECRET"), "{said}");
    shipped.set_secrets(WEBHOOK_SECRET);
    shipped.unset("PASSERELLE_PRIVACY__KEY");
    let (code, said) = run(&shipped, "serve");
    assert!(
        code == Some(1) && said.contains("PASSERELLE_PRIVACY__KEY") && said.contains("base64"),
        "{said}"
    );
    assert_eq!(run(&shipped, "check").0, Some(0));
    let hook = "\"https://hooks.example.org/bj-sante\"";
    shipped.edit("institutions/bj-sante.toml", hook, "\"https://127.1/\"");
    for command in ["check", "serve"] {
        let (code, said) = run(&shipped, command);
        assert!(
            code == Some(1)
                && said.contains("institutions/bj-sante.toml:12:7")
                && said.contains("private = true"),
            "{command}: {said}"
        );
    }
    shipped.edit("institutions/bj-sante.toml", "\"https://127.1/\"", hook);
    shipped.edit(
        "menus/feedback.toml",
        "next = \"words\"\n\n[screens.words]",
        "next = \"wrods\"\n\n[screens.words]",
    );
    for command in ["check", "serve"] {
        let (code, said) = run(&shipped, command);
        assert!(
            code == Some(1) && said.contains("menus/feedback.toml:37:8"),
            "{command}: {said}"
        );
    }
}

#[tokio::test]
async fn a_reload_takes_all_files_or_none() {
    let mut shipped = Shipped::new();
    shipped.set_secrets(WEBHOOK_SECRET);
    let served = shipped.serve();
    let reload = || {
        reqwest::Client::new()
            .post(format!("{}/reload", served.admin))
            .send()
    };
    shipped.edit("locales/fr.ftl", "ask-experience = ", "ask-expérience = ");
    let refused = reload().await.expect("an answer");
    assert_eq!(refused.status().as_u16(), 422);
    assert!(
        refused
            .text()
            .await
            .expect("a report")
            .contains("locales/fr.ftl")
    );
    shipped.edit("locales/fr.ftl", "ask-expérience = ", "ask-experience = ");
    // A session under way stays on what it began with.
    let step = async |session: &str, text: &str| {
        let body = format!(
            "sessionId={session}&phoneNumber=%2B250788308559&serviceCode=*384*7344%23&text={text}"
        );
        let url = format!("{}/callbacks/at-rw/ussd", served.url);
        post(
            &url,
            "application/x-www-form-urlencoded",
            "value of AT_RW_SECRET",
            body,
        )
        .await
        .1
    };
    assert!(step("before", "").await.contains("Hitamo"));
    shipped.edit(
        "locales/en.ftl",
        "ask-experience = The service was:",
        "ask-experience = How was it?",
    );
    assert_eq!(reload().await.expect("an answer").status().as_u16(), 200);
    assert!(step("before", "2").await.contains("The service was:"));
    step("after", "").await;
    assert!(step("after", "2").await.contains("How was it?"));
    assert!(served.stop().0);
}
