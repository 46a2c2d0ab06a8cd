//! The simulator's networks and the interpreters, each written from the facts sheet by itself:
//! what one says the other must understand, whatever a person types.

use std::collections::BTreeMap;

use jiff::Timestamp;
use passerelle::aggregators;
use passerelle::domain::channel::{Access, Channel, Credentials};
use passerelle::domain::exchange::{Answered, Callback, Door};
use passerelle::domain::inbound::{Inbound, Input, Ussd};
use passerelle::domain::menu::Screen;
use passerelle::domain::redact::Words;
use passerelle::domain::text::Folding;
use passerelle::simulator::networks::{self, Call, Knock, Network, Over, Subscriber, Texted};
use proptest::prelude::*;

const NOON: i64 = 1_795_000_000;

fn channel(aggregator: &str) -> Channel {
    Channel {
        id: "a-channel".into(),
        aggregator: aggregator.into(),
        country: "BJ".into(),
        operator: None,
        menu: "feedback".into(),
        ussd: vec!["*7344#".into()],
        sms: vec!["7344".into()],
        access: Access::default(),
        credentials: Credentials::default(),
        budget: 150,
        folding: Folding::Gsm7,
        session_clock: None,
        reports_within: passerelle::domain::channel::REPORTS_WITHIN,
        dialect: BTreeMap::new(),
    }
}

fn call(network: &dyn Network, typed: &[&str]) -> Call {
    let at = Timestamp::from_second(NOON).expect("a time");
    Call {
        session: network.session(7),
        from: Subscriber::parse("+229 01 97 00 00 01").expect("a number"),
        service_code: "*7344#".into(),
        deep: Vec::new(),
        typed: typed.iter().map(|t| Words::new(*t)).collect(),
        request: u32::try_from(typed.len()).expect("few") + 1,
        screen: Words::default(),
        began: at,
        at,
    }
}

/// What the interpreter makes of a network's request.
fn heard(channel: &Channel, knock: &Knock) -> Inbound {
    let door = match knock.door {
        "ussd" => Door::Ussd,
        "ussd/end" => Door::UssdEnd,
        "sms" => Door::Sms,
        "receipt" => Door::Receipt,
        other => panic!("no such door: {other}"),
    };
    let headers: Vec<_> = knock
        .headers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
        .collect();
    let callback = Callback {
        method: knock.method,
        door,
        rest: "",
        query: "",
        headers: &headers,
        body: knock.body.as_bytes(),
        url: "",
    };
    let interpreter = aggregators::named(&channel.aggregator).expect("an interpreter");
    let read = interpreter.read(channel, &callback).expect("readable");
    read.into_iter().next().expect("something")
}

fn step(channel: &Channel, knock: &Knock) -> Ussd {
    match heard(channel, knock) {
        Inbound::Ussd(ussd) => ussd,
        other => panic!("{}: {other:?}", channel.aggregator),
    }
}

/// What was typed last, as the gateway would see it.
fn last(ussd: &Ussd, before: &str) -> String {
    match &ussd.input {
        Input::Last(words) => words.as_str().to_owned(),
        Input::All(words) => {
            let fresh = words
                .as_str()
                .strip_prefix(before)
                .expect("what was typed before");
            fresh.strip_prefix('*').unwrap_or(fresh).to_owned()
        }
    }
}

#[test]
fn dialling_and_hanging_up_are_understood() {
    for network in networks::ALL {
        let channel = channel(network.aggregator());
        let dialled = call(*network, &[]);
        let ussd = step(&channel, &network.dial(&channel, &dialled));
        assert_eq!(ussd.session.as_deref(), Some(dialled.session.as_str()));
        assert!(
            ussd.from.expose().ends_with("2290197000001"),
            "{}",
            channel.aggregator
        );
        let over = network
            .over(&channel, &dialled, Over::HungUp)
            .expect("a word of it");
        match heard(&channel, &over) {
            Inbound::End(end) => assert_eq!(end.session, Some(dialled.session)),
            other => panic!("{}: {other:?}", channel.aggregator),
        }
    }
}

#[test]
fn texts_are_understood() {
    let sms = Texted {
        from: Subscriber::parse("+229 01 97 00 00 01").expect("a number"),
        to: "7344".into(),
        text: Words::new("L'eau & l'école * é + 1 %"),
        at: Timestamp::from_second(NOON).expect("a time"),
        dice: 3,
    };
    let mut carried = 0;
    for network in networks::ALL {
        let channel = channel(network.aggregator());
        let Some(knock) = network.text(&channel, &sms) else {
            continue;
        };
        carried += 1;
        match heard(&channel, &knock) {
            Inbound::Sms(heard) => {
                assert_eq!(heard.text, sms.text);
                assert_eq!(heard.to, "7344");
            }
            other => panic!("{}: {other:?}", channel.aggregator),
        }
    }
    assert_eq!(carried, 2);
}

proptest! {
    #[test]
    fn what_is_typed_is_what_is_heard(typed in "[ -~éèàùçœ€ß]{0,30}[!-~éèàùçœ€ß][ -~éèàùçœ€ß]{0,29}") {
        for network in networks::ALL {
            let channel = channel(network.aggregator());
            let knock = network.press(&channel, &call(*network, &["1", &typed]));
            let ussd = step(&channel, &knock);
            prop_assert_eq!(last(&ussd, "1"), typed.clone(), "{}", channel.aggregator);
        }
    }

    #[test]
    fn what_is_answered_is_what_is_shown(text in "[!-~éèàù][ -~éèàùÇ€\n]{0,120}[!-~]", ends: bool) {
        for network in networks::ALL {
            let channel = channel(network.aggregator());
            let interpreter = aggregators::named(&channel.aggregator).expect("an interpreter");
            let asked = step(&channel, &network.dial(&channel, &call(*network, &[])));
            let screen = Screen {
                text: text.clone(),
                ends,
                heading: text.clone(),
                options: Vec::new(),
            };
            let response = interpreter.reply(&channel, Some(&asked), &screen).response;
            let answered = Answered {
                status: response.status,
                retry_after: None,
                body: response.body,
            };
            let shown = network.show(&answered).map_err(|why| TestCaseError::fail(why.to_string()))?;
            prop_assert_eq!(shown.text.as_str(), &text, "{}", channel.aggregator);
            prop_assert_eq!(shown.ends, ends);
        }
    }
}
