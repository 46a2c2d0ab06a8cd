//! The aggregator of the tutorial (`docs/aggregators/http.md`), which nobody wrote code for: its
//! channel goes the way of any other file, and then a citizen dials, texts and is answered.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use passerelle::aggregators::{Interpreter, Mt, Sent, named};
use passerelle::config::{self, Environment, Files, Rules};
use passerelle::domain::channel::Channel;
use passerelle::domain::exchange::{Answered, Callback, Door};
use passerelle::domain::inbound::{Claim, Fate, Inbound, Input, Reference};
use passerelle::domain::menu::Screen;
use passerelle::domain::msisdn::Msisdn;

const FILE: &str = "tests/fixtures/aggregators/http/hirondelle-bj.toml";
const PHONE: &str = "2290163000001";

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a file")
}

fn channel() -> Arc<Channel> {
    let mut files = Files::embedded();
    files.insert("channels/hirondelle-bj.toml", text(FILE));
    let secrets = [
        ("HIRONDELLE_BJ_SECRET", "s3cret-of-the-address"),
        ("HIRONDELLE_BJ_TOKEN", "not-a-real-token"),
    ];
    let config = config::load(&files, &Environment::of(secrets), &Rules::CHECK);
    let config = config.unwrap_or_else(|report| panic!("{}", report.text(false)));
    Arc::clone(&config.service.channels["hirondelle-bj"])
}

fn http() -> &'static dyn Interpreter {
    named("http").expect("the interpreter of described dialects")
}

fn call(door: Door, body: &str) -> Callback<'_> {
    Callback {
        method: "POST",
        door,
        rest: "",
        query: "secret=s3cret-of-the-address",
        headers: &[],
        body: body.as_bytes(),
        url: "https://passerelle.example/callbacks/hirondelle-bj",
    }
}

fn read(door: Door, body: &str) -> Inbound {
    let read = http().read(&channel(), &call(door, body));
    let mut read = read.expect("readable");
    assert_eq!(read.len(), 1);
    read.remove(0)
}

fn step(step: &str, key: &str) -> String {
    format!(
        r#"{{"sid":"h-77","step":"{step}","subscriber":{{"number":"{PHONE}"}},"code":"*7344#","key":"{key}"}}"#
    )
}

#[test]
fn the_tutorial_shows_the_file_that_is_tried_here() {
    let page = text("docs/aggregators/http.md");
    let block = format!("```toml\n{}```", text(FILE));
    assert!(page.contains(&block), "docs/aggregators/http.md and {FILE}");
}

#[test]
fn a_citizen_dials_and_answers() {
    let Inbound::Ussd(first) = read(Door::Ussd, &step("open", "")) else {
        panic!("a step");
    };
    assert_eq!(first.claim, Claim::Begins);
    assert_eq!(first.session.as_deref(), Some("h-77"));
    assert_eq!(first.from.expose(), PHONE);

    let Inbound::Ussd(second) = read(Door::Ussd, &step("go", "1")) else {
        panic!("a step");
    };
    assert_eq!(second.claim, Claim::Continues);
    assert!(matches!(&second.input, Input::Last(words) if words.as_str() == "1"));

    let mut screen = Screen::last("Bonjour \"à vous\"\n1. Oui");
    let last = http().reply(&channel(), Some(&second), &screen).response;
    screen.ends = false;
    let more = http().reply(&channel(), Some(&second), &screen).response;
    let body = |keep: bool| format!(r#"{{"screen":"Bonjour \"à vous\"\n1. Oui","keep":{keep}}}"#);
    assert_eq!(String::from_utf8_lossy(&last.body), body(false));
    assert_eq!(String::from_utf8_lossy(&more.body), body(true));
    assert_eq!((more.status, more.content_type), (200, "application/json"));

    let Inbound::End(end) = read(Door::Ussd, &step("shut", "")) else {
        panic!("an end");
    };
    assert_eq!(end.session.as_deref(), Some("h-77"));
}

#[test]
fn a_citizen_texts() {
    let body = format!(
        r#"{{"mid":"h-501","subscriber":{{"number":"{PHONE}"}},"shortcode":"7344","words":"Plus d'eau","at":1795334700}}"#
    );
    let Inbound::Sms(sms) = read(Door::Sms, &body) else {
        panic!("a message");
    };
    assert_eq!(sms.id.as_deref(), Some("h-501"));
    assert_eq!(sms.from.expose(), PHONE);
    assert_eq!((sms.to.as_str(), sms.text.as_str()), ("7344", "Plus d'eau"));
    assert_eq!(sms.sent_at, Some(1_795_334_700_000));
    let taken = http().taken(&channel(), &call(Door::Sms, &body));
    assert_eq!(taken.body, br#"{"ok":true}"#);
}

#[test]
fn a_message_goes_out_and_its_fate_comes_back() {
    let channel = channel();
    let sender = http().sender().expect("the dialect sends");
    let to = Msisdn::opened(format!("+{PHONE}")).expect("a number");
    let request = sender.send(
        &channel,
        &Mt {
            id: "sms_1",
            to: &to,
            text: "Réponse \"oui\"",
            receipt_url: "https://passerelle.example/r",
        },
    );
    assert_eq!(request.method, "POST");
    assert_eq!(request.url, "https://api.hirondelle.example/v1/out");
    let bearer = ("Authorization", "Bearer not-a-real-token".to_owned());
    assert!(request.headers.contains(&bearer));
    assert_eq!(
        String::from_utf8_lossy(&request.body),
        format!(
            r#"{{"to":"{PHONE}","as":"7344","words":"Réponse \"oui\"","ref":"sms_1","report":"https://passerelle.example/r"}}"#
        )
    );

    let answered = |status, body: &str| {
        let body = body.as_bytes().to_vec();
        let retry_after = None;
        sender.sent(
            &channel,
            &Answered {
                status,
                retry_after,
                body,
            },
        )
    };
    let reference = "h-991".to_owned();
    let taken = answered(202, r#"{"state":"queued","mid":"h-991"}"#);
    assert_eq!(taken, Sent::Accepted { reference });
    assert!(matches!(
        answered(202, r#"{"state":"full"}"#),
        Sent::Later { .. }
    ));
    assert!(matches!(answered(422, "{}"), Sent::Never { .. }));

    let body = r#"{"mid":"h-991","ref":"sms_1","outcome":"LOST","reason":"no coverage"}"#;
    let Inbound::Receipt(report) = read(Door::Receipt, body) else {
        panic!("a report");
    };
    assert_eq!(report.reference, Reference::Ours("sms_1".into()));
    assert_eq!(report.fate, Fate::Failed);
    assert_eq!(report.why.as_deref(), Some("no coverage"));
}
