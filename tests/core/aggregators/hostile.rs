//! The same hostile requests at every interpreter and every door. Nothing may panic, nothing may
//! be read differently the second time, and an answer is always owed and always well-formed.

use super::bent::{DOCTYPE, DOORS, variations, without_declaration};
use super::fixture::{self, Call, Kind};
use super::shown;
use passerelle::aggregators::{ALL, Interpreter};
use passerelle::domain::channel::Channel;
use passerelle::domain::exchange::{Door, Response};
use passerelle::domain::inbound::Inbound;
use proptest::prelude::*;
use std::sync::LazyLock;

#[test]
fn nothing_breaks_an_interpreter() {
    for_each_call(|interpreter, channel, call| {
        for hostile in variations(call) {
            check(interpreter, channel, &hostile);
        }
    });
}

#[test]
fn a_request_cut_anywhere_is_read_or_refused() {
    for_each_call(|interpreter, channel, call| {
        for cut in (0..call.body.len()).step_by(7) {
            let body = call.body[..cut].to_vec();
            check(
                interpreter,
                channel,
                &Call {
                    body,
                    ..call.clone()
                },
            );
        }
        for cut in (0..call.query.len()).step_by(7) {
            let query = String::from_utf8_lossy(&call.query.as_bytes()[..cut]).into_owned();
            check(
                interpreter,
                channel,
                &Call {
                    query,
                    ..call.clone()
                },
            );
        }
    });
}

#[test]
fn a_megabyte_or_a_depth_bomb_is_read_or_refused() {
    for interpreter in ALL {
        let Some((channel, call)) = calls(*interpreter).into_iter().next() else {
            continue;
        };
        let mut long = call.body.clone();
        long.resize(1_000_000, b'a');
        let bodies = [
            long,
            b"a&".repeat(500_000),
            b"=&".repeat(500_000),
            b"<a/>".repeat(250_000),
            [b"[", b"1,".repeat(499_990).as_slice(), b"1]"].concat(),
            b"[".repeat(1_000_000),
            b"{\"a\":".repeat(200_000),
            [b"<a>".repeat(140_000), b"</a>".repeat(140_000)].concat(),
            vec![0xff; 1_000_000],
        ];
        for body in bodies {
            for door in [Door::Ussd, Door::Sms] {
                let body = body.clone();
                check(
                    *interpreter,
                    &channel,
                    &Call {
                        door,
                        body,
                        ..call.clone()
                    },
                );
            }
        }
    }
}

#[test]
fn a_document_type_is_refused() {
    for name in ["comviva-xml", "parlayx"] {
        let Some(interpreter) = passerelle::aggregators::named(name) else {
            continue;
        };
        for (channel, call) in calls(interpreter) {
            let body = [DOCTYPE.as_bytes(), &without_declaration(&call.body)].concat();
            let hostile = Call { body, ..call };
            assert!(
                interpreter.read(&channel, &hostile.callback()).is_err(),
                "{name}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_bytes_at_any_door(
        body in proptest::collection::vec(any::<u8>(), 0..200),
        query in "[ -~é]{0,80}",
        rest in "[a-z/]{0,12}",
        method in "GET|POST|PUT",
    ) {
        let mut seen = Vec::new();
        for_each_call(|interpreter, channel, call| {
            if seen.contains(&channel.aggregator) {
                return;
            }
            seen.push(channel.aggregator.clone());
            for door in DOORS {
                let (body, query) = (body.clone(), query.clone());
                let (rest, method) = (rest.clone(), method.clone());
                check(interpreter, channel, &Call { method, door, rest, query, body, ..call.clone() });
            }
        });
    }

    #[test]
    fn any_byte_of_a_fixture_changed(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        for_each_call(|interpreter, channel, call| {
            let mut hostile = call.clone();
            if !hostile.body.is_empty() {
                let at = at.index(hostile.body.len());
                hostile.body[at] = byte;
            }
            if !hostile.query.is_empty() {
                let at = at.index(hostile.query.len());
                let mut query = hostile.query.into_bytes();
                query[at] = byte & 0x7f;
                hostile.query = String::from_utf8_lossy(&query).into_owned();
            }
            check(interpreter, channel, &hostile);
        });
    }
}

/// Every request of every fixture folder with its channel, read from disk once.
fn for_each_call(mut what: impl FnMut(&dyn Interpreter, &Channel, &Call)) {
    static ALL_CALLS: LazyLock<Vec<Vec<(Channel, Call)>>> =
        LazyLock::new(|| ALL.iter().map(|i| calls(*i)).collect());
    for (interpreter, calls) in ALL.iter().zip(ALL_CALLS.iter()) {
        for (channel, call) in calls {
            what(*interpreter, channel, call);
        }
    }
}

/// The requests of an interpreter's fixtures; for one that only sends, a request nobody made.
fn calls(interpreter: &dyn Interpreter) -> Vec<(Channel, Call)> {
    let cases = fixture::cases(interpreter.name());
    let heard: Vec<_> = cases
        .iter()
        .filter(|case| case.kind == Kind::Http)
        .map(|case| {
            let call = case.call();
            (case.channel(&call.channel), call)
        })
        .collect();
    if !heard.is_empty() {
        return heard;
    }
    let first = cases.first().expect("a case");
    let id = first.header_of("channel").or(first.header_of("x-channel"));
    let call = Call {
        channel: String::new(),
        method: "POST".to_owned(),
        door: Door::Sms,
        rest: String::new(),
        query: "from=1&text=2".to_owned(),
        headers: vec![],
        body: b"from=1&text=2".to_vec(),
        url: String::new(),
    };
    vec![(first.channel(id.unwrap_or("")), call)]
}

/// What holds for any request whatever.
fn check(interpreter: &dyn Interpreter, channel: &Channel, call: &Call) {
    let callback = call.callback();
    let at = || format!("{}: {call:?}", interpreter.name());
    let read = interpreter.read(channel, &callback);
    assert_eq!(read, interpreter.read(channel, &callback), "{}", at());
    let _ = interpreter.signed(channel, &callback);
    well_formed(&interpreter.taken(channel, &callback), &at);
    let mut asked = vec![None];
    if let Ok(all) = &read {
        let ussd_door = matches!(call.door, Door::Ussd | Door::UssdEnd);
        let steps = all
            .iter()
            .filter(|i| matches!(i, Inbound::Ussd(_) | Inbound::End(_)))
            .count();
        // One step, or a question that is about none.
        assert!(steps <= usize::from(ussd_door), "{}", at());
        assert!(!ussd_door || all.len() == steps, "{}", at());
        for inbound in all {
            assert!(
                !shown::inbound(inbound).to_string().contains("\\u0000"),
                "{}",
                at()
            );
            if let Inbound::Ussd(ussd) = inbound {
                asked.push(Some(ussd));
            }
        }
    }
    for ussd in asked {
        for screen in [shown::menu(), shown::last()] {
            let reply = interpreter.reply(channel, ussd, &screen);
            well_formed(&reply.response, &at);
            assert_eq!(reply.response.status, 200, "{}", at());
            assert!(!reply.response.body.is_empty(), "{}", at());
            assert_eq!(reply, interpreter.reply(channel, ussd, &screen), "{}", at());
        }
    }
}

fn well_formed(response: &Response, at: &dyn Fn() -> String) {
    assert!((200..300).contains(&response.status), "{}", at());
    for (name, value) in &response.headers {
        let token = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        assert!(name.bytes().all(token), "{}", at());
        assert!(value.chars().all(|c| (' '..='~').contains(&c)), "{}", at());
    }
}
