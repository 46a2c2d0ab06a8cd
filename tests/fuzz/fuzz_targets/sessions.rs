//! Any bytes as a stored session log: what is read is written back byte for byte, and played to a
//! screen. The first byte chooses the channel.
#![cfg_attr(fuzzing, no_main)]

mod service;
mod shim;
mod typed;

use passerelle::domain::inbound::{Claim, Input, Ussd};
use passerelle::domain::menu::render::{self, Filed};
use passerelle::domain::redact::{RawNumber, Words};
use passerelle::domain::session::{Birth, Entry, Log, Rules};

target!(run, seeds);

fn seeds() -> shim::Seeds {
    let seed = |(name, choice, keys): (String, u8, Vec<String>)| (name, log(choice, keys));
    typed::sessions().into_iter().map(seed).collect()
}

/// A log as the store keeps it: the dialled code, then the keys, three seconds apart.
fn log(choice: u8, keys: Vec<String>) -> Vec<u8> {
    let birth = Birth {
        menu: 1,
        at: 1_795_000_000_000,
        nonce: *b"a nonce!",
    };
    let mut bytes = vec![choice];
    bytes.extend(birth.encode());
    let typed = std::iter::once("7344".to_owned()).chain(keys);
    for (mark, text) in (1_u16..).zip(typed) {
        let ussd = Ussd {
            session: Some("s".into()),
            from: RawNumber::new("22963000001"),
            service_code: None,
            input: Input::Last(Words::new(text)),
            claim: Claim::Silent,
            request_id: Some(mark.to_string()).filter(|_| choice == 2),
            network: None,
            echo: Vec::new(),
        };
        let at = birth.at + 3000 * i64::from(mark);
        bytes.extend(Entry::new(&ussd, at, mark).encode());
    }
    bytes
}

fn run(data: &[u8]) {
    let Some((&choice, stored)) = data.split_first() else {
        return;
    };
    let Some(log) = Log::decode(stored) else {
        return;
    };
    let mut written = log.birth.encode();
    written.extend(log.entries.iter().flat_map(Entry::encode));
    assert_eq!(Log::decode(&written).as_ref(), Some(&log), "read back");

    let channel = service::channel(choice);
    let scene = service::scene(&channel);
    for named in [true, false] {
        let rules = Rules {
            repeat_within: 2000,
            codes: vec!["7344".into(), "384*7344".into()],
            named,
        };
        let played = log.play(&scene, &rules);
        let screen = render::screen(&scene, &played.state, &Filed::default());
        assert!(!screen.text.trim().is_empty(), "an empty screen");
    }
}
