//! The fixtures as letters: what each interpreter's run begins with.

use passerelle::aggregators::ALL;
use passerelle::domain::exchange::Door;

use super::channels::fixture::{self, Fixture, Kind};
use super::letter::{METHODS, STATUSES};
use super::{channels, shim::Seeds};

/// One folder an interpreter.
pub fn all() -> Seeds {
    let mut seeds = Seeds::new();
    for (at, interpreter) in (0_u8..).zip(ALL) {
        let name = interpreter.name();
        let ids = channels::ids(name);
        for case in fixture::cases(name) {
            let file = case.path.file_name().expect("a name").to_string_lossy();
            if let Some(letter) = letter(at, &ids, &case) {
                seeds.push((format!("{name}/{file}"), letter));
            }
        }
    }
    seeds
}

/// The fixture's bytes; none for a registration, which nobody outside has a hand in.
fn letter(interpreter: u8, ids: &[String], case: &Fixture) -> Option<Vec<u8>> {
    let channel = |id: Option<&str>| place(ids, |known| Some(known.as_str()) == id);
    let answer = |mode: u8| {
        let status = place(&STATUSES, |known| *known == case.status());
        [&[interpreter, mode, 0, status], case.body.as_slice()].concat()
    };
    Some(match case.kind {
        Kind::Http => request(interpreter, channel(Some(&case.call().channel)), case),
        Kind::Send => {
            let mode = channel(case.header_of("channel")) | 0x80;
            [&[interpreter, mode, 0, 0], case.body.as_slice()].concat()
        }
        Kind::Sent => answer(channel(case.header_of("x-channel")) | 0xc0),
        Kind::Registered => answer(0x40),
        Kind::Register => return None,
    })
}

fn request(interpreter: u8, channel: u8, case: &Fixture) -> Vec<u8> {
    let call = case.call();
    let door = match call.door {
        Door::Ussd => 0,
        Door::UssdEnd => 1,
        Door::Sms => 2,
        Door::Receipt => 3,
    };
    let method = place(&METHODS, |known| *known == call.method);
    let mut bytes = vec![interpreter, channel, door | method << 2, 0];
    bytes.extend(format!("{}?{}\n", call.rest, call.query).bytes());
    for (name, value) in &call.headers {
        bytes.extend(format!("{name}: {value}\n").bytes());
    }
    bytes.push(b'\n');
    bytes.extend(&call.body);
    bytes
}

fn place<T>(list: &[T], is: impl Fn(&T) -> bool) -> u8 {
    let at = list.iter().position(is).unwrap_or(0);
    u8::try_from(at).expect("a short list")
}
