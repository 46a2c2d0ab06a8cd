//! Each network says what the facts sheet says (facts/aggregators.md sections 3, 4 and 7).

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::channel::{Access, Credentials};
use crate::domain::redact::Secret;
use crate::domain::text::Folding;

mod carriers;

const EVERY: [&str; 3] = ["comviva-xml", "africas-talking", "mtn-madapi"];

fn channel(aggregator: &str) -> Channel {
    let credentials = [
        ("username", "sandbox"),
        ("api_key", "key"),
        ("client_id", "id"),
        ("client_secret", "hush"),
    ];
    let credentials: BTreeMap<_, _> = credentials
        .map(|(name, value)| (name.to_owned(), Secret::new(value)))
        .into();
    Channel {
        id: "a-channel".into(),
        aggregator: aggregator.into(),
        country: "RW".into(),
        operator: None,
        menu: "feedback".into(),
        ussd: vec!["*7344#".into()],
        sms: vec!["7344".into()],
        access: Access {
            secret: Some(Secret::new("let me in")),
            ..Access::default()
        },
        credentials: Credentials(credentials),
        budget: 150,
        session_clock: None,
        folding: Folding::Gsm7,
        reports_within: crate::domain::channel::REPORTS_WITHIN,
        dialect: BTreeMap::new(),
    }
}

fn time() -> Timestamp {
    Timestamp::from_second(1_493_881_485).expect("a time")
}

fn call(deep: &[&str], typed: &[&str]) -> Call {
    Call {
        session: "77".into(),
        from: Subscriber::parse("+250 788 000 001").expect("a number"),
        service_code: "*7344#".into(),
        deep: deep.iter().map(|t| Words::new(*t)).collect(),
        typed: typed.iter().map(|t| Words::new(*t)).collect(),
        request: u32::try_from(typed.len()).expect("few") + 1,
        screen: Words::new("Where?"),
        began: time(),
        at: time(),
    }
}

fn played(aggregator: &str) -> (&'static dyn Network, Channel) {
    let network = network(aggregator).expect("a network");
    (network, channel(aggregator))
}

fn form(body: &str) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect()
}

fn json_of(knock: &Knock) -> Value {
    serde_json::from_str(&knock.body).expect("JSON")
}

fn answered(status: u16, body: &str) -> Answered {
    Answered {
        status,
        retry_after: None,
        body: body.into(),
    }
}

#[test]
fn every_network_lets_itself_in_and_knocks_at_the_right_door() {
    for aggregator in EVERY {
        let (network, channel) = played(aggregator);
        let mut knocks = vec![
            network.dial(&channel, &call(&[], &[])),
            network.press(&channel, &call(&[], &["1"])),
        ];
        knocks.extend(network.over(&channel, &call(&[], &["1"]), Over::HungUp));
        for knock in &knocks {
            assert_eq!(knock.method, "POST", "{aggregator}");
            assert!(
                knock.headers.contains(&(SECRET_HEADER, "let me in".into())),
                "{aggregator}"
            );
        }
        let doors: Vec<_> = knocks.iter().map(|k| k.door).collect();
        let end = if aggregator == "africas-talking" {
            "ussd/end"
        } else {
            "ussd"
        };
        assert_eq!(doors, ["ussd", "ussd", end], "{aggregator}");
        let shown = format!("{knocks:?}");
        assert!(
            !shown.contains("let me in") && !shown.contains("250788"),
            "{shown}"
        );
    }
    assert!(network("kannel").is_none());
}

#[test]
fn comviva_sends_the_code_first_and_then_the_last_input_only() {
    let (network, channel) = played("comviva-xml");
    let first = network.dial(&channel, &call(&["1", "2"], &[])).body;
    for part in [
        "<request type=\"pull\">",
        "<subscriberInput>7344*1*2</subscriberInput>",
        "<sessionId>77</sessionId>",
        "<msisdn>250788000001</msisdn>",
        "<newRequest>1</newRequest>",
        "<mode>FD</mode>",
    ] {
        assert!(first.contains(part), "{part} in {first}");
    }
    let second = network
        .press(&channel, &call(&[], &["1", "a<b> & \"é\" *"]))
        .body;
    for part in [
        "<subscriberInput>a&lt;b&gt; &amp; &quot;é&quot; *</subscriberInput>",
        "<newRequest>0</newRequest>",
        "<mode>FE</mode>",
    ] {
        assert!(second.contains(part), "{part} in {second}");
    }
    let transaction = |body: &str| {
        let (_, rest) = body.split_once("<transactionId>").expect("an id");
        rest.split_once('<').expect("its end").0.to_owned()
    };
    assert_ne!(transaction(&first), transaction(&second));
}

#[test]
fn comviva_cleans_up_after_a_hung_up_call_only() {
    let (network, channel) = played("comviva-xml");
    let over = |why| network.over(&channel, &call(&[], &["1"]), why);
    let body = over(Over::HungUp).expect("a cleanup").body;
    assert!(body.contains("type=\"cleanup\"") && body.contains("<statusCode>523<"));
    assert!(over(Over::TimedOut).is_some_and(|k| k.body.contains("522")));
    assert_eq!(over(Over::Done), None);
}

#[test]
fn africas_talking_joins_everything_that_was_typed() {
    let (network, channel) = played("africas-talking");
    let text = |knock: Knock| form(&knock.body).remove("text");
    let dialled = network.dial(&channel, &call(&[], &[]));
    let fields = form(&dialled.body);
    assert_eq!(fields["phoneNumber"], "+250788000001");
    assert_eq!(fields["serviceCode"], "*7344#");
    assert_eq!(fields["networkCode"], "63510");
    assert_eq!(text(dialled).as_deref(), Some(""));
    let deep = network.dial(&channel, &call(&["1", "2"], &[]));
    assert_eq!(text(deep).as_deref(), Some("1*2"));
    let typed = network.press(&channel, &call(&["1"], &["2", "5 * 3 = é & +"]));
    assert_eq!(text(typed).as_deref(), Some("1*2*5 * 3 = é & +"));
    assert!(network.session(u128::MAX).len() >= 32 + "ATUid_".len());
}

#[test]
fn africas_talking_tells_how_a_call_ended() {
    let (network, channel) = played("africas-talking");
    for (why, status) in [(Over::Done, "Success"), (Over::HungUp, "Incomplete")] {
        let knock = network
            .over(&channel, &call(&[], &["1"]), why)
            .expect("an event");
        let fields = form(&knock.body);
        assert_eq!(fields["status"], status);
        assert_eq!(fields["date"], "2017-05-04 07:04:45");
        assert_eq!(fields["input"], "1");
        assert_eq!(fields["hopsCount"], "2");
        assert_eq!(fields["lastAppResponse"], "Where?");
    }
}

#[test]
fn madapi_says_0_and_then_2_as_it_was_logged() {
    let (network, channel) = played("mtn-madapi");
    let first = json_of(&network.dial(&channel, &call(&["1"], &[])));
    assert_eq!(first["messageType"], "0");
    assert_eq!(first["serviceCode"], "7344");
    assert_eq!(first["ussdString"], "7344*1");
    assert_eq!(first["msisdn"], "250788000001");
    let second = json_of(&network.press(&channel, &call(&[], &["3"])));
    assert_eq!(
        (&second["messageType"], &second["ussdString"]),
        (&json!("2"), &json!("3"))
    );
    let cancelled = network.over(&channel, &call(&[], &["3"]), Over::HungUp);
    assert!(cancelled.is_some_and(|k| json_of(&k)["messageType"] == "4"));
}

#[test]
fn texts_carry_what_each_network_has() {
    let sms = Texted {
        from: Subscriber::parse("242066000001").expect("a number"),
        to: "7344".into(),
        text: Words::new("L'eau & l'école + é"),
        at: time(),
        dice: 7,
    };
    let (network, channel) = played("africas-talking");
    let knock = network.text(&channel, &sms).expect("a text");
    let fields = form(&knock.body);
    assert_eq!(knock.door, "sms");
    assert_eq!(fields["from"], "+242066000001");
    assert_eq!(fields["to"], "7344");
    assert_eq!(fields["text"], "L'eau & l'école + é");
    assert_eq!(fields["date"], "2017-05-04T07:04:45Z");
    assert_eq!(fields["id"].len(), 36);
    let (network, channel) = played("mtn-madapi");
    let said = json_of(&network.text(&channel, &sms).expect("a text"));
    assert_eq!(said["id"], Value::Null);
    assert_eq!(said["senderAddress"], "242066000001");
    assert_eq!(said["message"], "L'eau & l'école + é");
    assert_eq!(said["created"], 1_493_881_485_000_i64);
    let (network, channel) = played("comviva-xml");
    assert_eq!(network.text(&channel, &sms), None);
}

#[test]
fn screens_are_read_and_what_is_not_in_the_dialect_is_refused() {
    let xml = |text: &str, state: &str| {
        format!(
            "<?xml version=\"1.0\"?><response><msisdn>2</msisdn><applicationResponse>{text}\
             </applicationResponse><freeflow><freeflowState>{state}</freeflowState></freeflow></response>"
        )
    };
    let envelope = |kind: Value, wants: Value| {
        json!({"statusCode": "0000", "data": {"inboundResponse": "A\nB", "messageType": kind,
               "userInputRequired": wants}})
        .to_string()
    };
    let good = [
        (
            "comviva-xml",
            xml("A &amp; B&#233;&#x21;\n1 &lt;x&gt;", "FC"),
            "A & Bé!\n1 <x>",
            false,
        ),
        ("comviva-xml", xml("<![CDATA[A & B]]>", "FB"), "A & B", true),
        ("africas-talking", "CON A\nB".into(), "A\nB", false),
        ("africas-talking", "END ".into(), "", true),
        (
            "mtn-madapi",
            envelope("1".into(), "true".into()),
            "A\nB",
            false,
        ),
        ("mtn-madapi", envelope(2.into(), false.into()), "A\nB", true),
    ];
    for (aggregator, body, text, ends) in good {
        let (network, _) = played(aggregator);
        let shown = network.show(&answered(200, &body)).expect("a screen");
        assert_eq!((shown.text.as_str(), shown.ends), (text, ends), "{body}");
        assert!(network.show(&answered(500, &body)).is_err(), "{aggregator}");
    }
    let bad = [
        ("comviva-xml", xml("A", "FE")),
        ("comviva-xml", xml("A & B", "FC")),
        ("comviva-xml", "<response></response>".into()),
        ("comviva-xml", "CON A".into()),
        ("africas-talking", "A".into()),
        ("africas-talking", " CON A".into()),
        ("mtn-madapi", envelope("1".into(), "false".into())),
        ("mtn-madapi", envelope("3".into(), "true".into())),
        ("mtn-madapi", "{}".into()),
    ];
    for (aggregator, body) in bad {
        let (network, _) = played(aggregator);
        assert!(network.show(&answered(200, &body)).is_err(), "{body}");
    }
}

#[test]
fn numbers_are_what_phones_could_have() {
    let read = |text| Subscriber::parse(text).map(|s| s.digits().to_owned());
    assert_eq!(read("+229 01 97-00.00 01").as_deref(), Ok("2290197000001"));
    assert_eq!(read("22997000001").as_deref(), Ok("22997000001"));
    for wrong in ["", "7344", "+", "++22997000001", "MTN", "1234567890123456"] {
        assert_eq!(read(wrong), Err(NotANumber), "{wrong}");
    }
}

proptest! {
    #[test]
    fn no_answer_breaks_a_network(status: u16, body: Vec<u8>) {
        for network in ALL {
            let _ = network.show(&Answered { status, retry_after: None, body: body.clone() });
        }
    }

    #[test]
    fn what_is_typed_arrives_whole_through_xml(typed in "[ -~éèàùçœ€\n]{0,60}") {
        let (network, channel) = played("comviva-xml");
        let body = network.press(&channel, &call(&[], &[&typed])).body;
        let mut reader = elements(&body);
        prop_assert_eq!(reader.remove("subscriberInput"), Some(typed));
    }
}

/// The elements of a flat request, read with the least code: tags cannot stand in escaped text.
fn elements(xml: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for piece in xml.split('<').filter(|p| !p.starts_with(['/', '?'])) {
        if let Some((name, text)) = piece.split_once('>') {
            let text = text.replace("&lt;", "<").replace("&gt;", ">");
            let text = text.replace("&quot;", "\"").replace("&amp;", "&");
            found.insert(name.to_owned(), text);
        }
    }
    found
}
