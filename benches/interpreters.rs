//! Reading one request and writing one answer, for every interpreter that is called, and writing
//! one request to send, for every one that sends. The goal is 10 µs at the median.
//!
//! The requests are the first ordinary fixtures of each interpreter at each door. The signature is
//! checked too where the channel has one, for a callback pays for that as well.
//!
//! `cargo bench --bench interpreters`; what was measured stands in `docs/performance.md`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use passerelle::aggregators::{ALL, Interpreter, Mt};
use passerelle::domain::channel::Channel;
use passerelle::domain::exchange::{Callback, Door, Response};
use passerelle::domain::inbound::Inbound;
use passerelle::domain::menu::Screen;
use passerelle::domain::msisdn::Msisdn;

#[expect(
    dead_code,
    clippy::panic,
    reason = "shared with the tests, which use all of it and fail by panicking"
)]
#[path = "../tests/core/aggregators/fixture.rs"]
mod fixture;

use fixture::{Fixture, Kind};

fn interpreters(criterion: &mut Criterion) {
    for interpreter in ALL {
        let cases = fixture::cases(interpreter.name());
        for (door, word) in [
            (Door::Ussd, "ussd"),
            (Door::Sms, "sms"),
            (Door::Receipt, "receipt"),
        ] {
            if let Some(case) = ordinary(*interpreter, &cases, door) {
                call(criterion, *interpreter, case, word);
            }
        }
        if let Some(case) = cases.iter().find(|case| case.kind == Kind::Send) {
            send(criterion, *interpreter, case);
        }
    }
}

/// The first request at a door that holds what the door is for.
fn ordinary<'a>(
    interpreter: &dyn Interpreter,
    cases: &'a [Fixture],
    door: Door,
) -> Option<&'a Fixture> {
    let requests = cases.iter().filter(|case| case.kind == Kind::Http);
    let mut at_door = requests.filter(|case| case.call().door == door);
    at_door.find(|case| {
        let call = case.call();
        let read = interpreter.read(&case.channel(&call.channel), &call.callback());
        let first = read.as_deref().ok().and_then(<[Inbound]>::first);
        matches!(
            (door, first),
            (Door::Ussd, Some(Inbound::Ussd(_)))
                | (Door::Sms, Some(Inbound::Sms(_)))
                | (Door::Receipt, Some(Inbound::Receipt(_)))
        )
    })
}

fn call(criterion: &mut Criterion, interpreter: &dyn Interpreter, case: &Fixture, word: &str) {
    let call = case.call();
    let channel = case.channel(&call.channel);
    let callback = call.callback();
    let screen = menu();
    criterion.bench_function(&format!("{}/{word}", interpreter.name()), |bencher| {
        bencher.iter(|| answered(interpreter, &channel, black_box(&callback), &screen));
    });
}

/// What one callback costs its interpreter, from the raw request to the raw answer.
fn answered(
    interpreter: &dyn Interpreter,
    channel: &Channel,
    callback: &Callback<'_>,
    screen: &Screen,
) -> Response {
    if channel.access.signature.is_some() {
        black_box(interpreter.signed(channel, callback));
    }
    let read = interpreter.read(channel, callback);
    match read.as_deref().ok().and_then(<[Inbound]>::first) {
        Some(Inbound::Ussd(ussd)) => {
            let reply = interpreter.reply(channel, Some(ussd), black_box(screen));
            black_box(reply.then);
            reply.response
        }
        first => {
            black_box(first);
            interpreter.taken(channel, callback)
        }
    }
}

fn send(criterion: &mut Criterion, interpreter: &dyn Interpreter, case: &Fixture) {
    let Some(sender) = interpreter.sender() else {
        return;
    };
    let channel = case.channel(case.header("channel"));
    let Some(to) = Msisdn::opened(case.header("to").to_owned()) else {
        return;
    };
    let text = String::from_utf8_lossy(&case.body);
    let mt = Mt {
        id: case.header("id"),
        to: &to,
        text: &text,
        receipt_url: case.header("receipt"),
    };
    criterion.bench_function(&format!("{}/send", interpreter.name()), |bencher| {
        bencher.iter(|| sender.send(&channel, black_box(&mt)));
    });
}

/// A screen as the shipped menus have them: a question, options, navigation.
fn menu() -> Screen {
    let option = |key: &str, label: &str| (key.to_owned(), label.to_owned());
    let options = vec![
        option("1", "Très bien"),
        option("2", "Mal"),
        option("3", "Autre chose"),
        option("0", "Retour"),
        option("00", "Accueil"),
    ];
    let lines = options
        .iter()
        .map(|(key, label)| format!("\n{key}. {label}"));
    let heading = "Comment avez-vous été servi à l'hôpital ?".to_owned();
    Screen {
        text: format!("{heading}{}", lines.collect::<String>()),
        ends: false,
        heading,
        options,
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(std::time::Duration::from_millis(500))
        .measurement_time(std::time::Duration::from_secs(2));
    targets = interpreters
}
criterion_main!(benches);
