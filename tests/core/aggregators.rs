//! Every interpreter against its fixtures: what stood on the wire, and beside it what it means.
//!
//! `tests/fixtures/aggregators/<interpreter>/` holds
//! * `<channel>.toml`: channels as an operator writes them; a request's path names its channel;
//! * `<nn-what>.http`: a request exactly as the aggregator makes it;
//! * `<nn-what>.send`: a message to send (`channel:`, `id:`, `to:`, `receipt:`, blank line, text);
//! * `<nn-what>.sent`: an HTTP answer to a request to send (with `X-Channel: <channel>` if the
//!   folder has several);
//! * `<nn-what>.register`: a channel to register (`channel:`, `public:`), and `<nn-what>.registered`:
//!   an HTTP answer to that;
//! * `<nn-what>.expected`: what the interpreter makes of it.
//!
//! Lines starting with `#` before the first line are notes for the reader. A new interpreter is
//! tested by putting its folder here; `UPDATE_FIXTURES=1 cargo test --test core aggregators`
//! writes the `.expected` files, which are then read against the aggregator's documentation.

mod bent;
mod fixture;
mod hostile;
mod one_phone;
mod shown;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use fixture::{Fixture, Kind};
use passerelle::aggregators::{ALL, Interpreter, Mt, Registration, Sent, named};
use passerelle::domain::exchange::{Answered, Outgoing};
use passerelle::domain::inbound::Inbound;
use passerelle::domain::msisdn::Msisdn;
use passerelle::domain::redact::{RawNumber, Secret};

/// Ordinary, first, last, aborted, odd, malformed.
const FEWEST: usize = 6;

#[test]
fn every_interpreter_has_its_folder_and_every_folder_its_interpreter() {
    let names: BTreeSet<String> = ALL.iter().map(|i| i.name().to_owned()).collect();
    assert_eq!(names.len(), ALL.len(), "two interpreters share a name");
    assert_eq!(fixture::folders(), names);
    for name in &names {
        assert!(named(name).is_some_and(|i| i.name() == name));
        let cases = fixture::cases(name);
        assert!(
            cases.len() >= FEWEST,
            "{name} has {} cases, {FEWEST} are the least",
            cases.len()
        );
        let sends = cases.iter().any(|c| c.kind == Kind::Send);
        let can = named(name).is_some_and(|i| i.sender().is_some());
        assert_eq!(sends, can, "{name}: a sender has .send fixtures, no other");
        let answered = cases.iter().any(|c| c.kind == Kind::Sent);
        assert_eq!(answered, can, "{name}: a sender has .sent fixtures");
    }
}

#[test]
fn fixtures_mean_what_stands_beside_them() {
    let update = std::env::var_os("UPDATE_FIXTURES").is_some();
    let mut wrong = Vec::new();
    for interpreter in ALL {
        let mut known = BTreeSet::new();
        for case in fixture::cases(interpreter.name()) {
            let told = match case.kind {
                Kind::Http => shown::callback(*interpreter, &case),
                Kind::Send => shown::outgoing(&outgoing(*interpreter, &case, None)),
                Kind::Sent => shown::sent(&sent(*interpreter, case.status(), &case)),
                Kind::Register => registrations(*interpreter, &case)
                    .iter()
                    .map(shown::registration)
                    .collect(),
                Kind::Registered => {
                    shown::registered(&interpreter.registered(&answered(case.status(), &case)))
                }
            };
            let beside = case.path.with_extension("expected");
            assert!(
                known.insert(beside.clone()),
                "two fixtures are named {}",
                beside.display()
            );
            if update {
                fs::write(&beside, &told).expect("a fixtures folder that can be written");
            } else if fs::read_to_string(&beside).ok().as_ref() != Some(&told) {
                wrong.push(format!("{}: got\n{told}", beside.display()));
            }
        }
        wrong.extend(orphans(interpreter.name(), &known));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn orphans(name: &str, known: &BTreeSet<std::path::PathBuf>) -> Vec<String> {
    fixture::files(name)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "expected"))
        .filter(|path| !known.contains(path))
        .map(|path| format!("{}: belongs to no fixture", path.display()))
        .collect()
}

/// The request that an interpreter describes for a `.send` fixture, at its own address or at `base`.
fn outgoing(interpreter: &dyn Interpreter, case: &Fixture, base: Option<&str>) -> Outgoing {
    let sender = interpreter.sender().expect("a .send fixture of a sender");
    let mut channel = case.channel(case.header("channel"));
    if let Some(base) = base {
        let urls = &mut channel.credentials.0;
        urls.insert("url".into(), Secret::new(base));
    }
    let to = Msisdn::opened(case.header("to").to_owned()).expect("a number with its +");
    let mt = Mt {
        id: case.header("id"),
        to: &to,
        text: std::str::from_utf8(&case.body).expect("a text in UTF-8"),
        receipt_url: case.header("receipt"),
    };
    sender.send(&channel, &mt)
}

fn sent(interpreter: &dyn Interpreter, status: u16, case: &Fixture) -> Sent {
    let sender = interpreter.sender().expect("a .sent fixture of a sender");
    let channel = case.channel(case.header_of("x-channel").unwrap_or(""));
    sender.sent(&channel, &answered(status, case))
}

fn answered(status: u16, case: &Fixture) -> Answered {
    Answered {
        status,
        retry_after: case
            .header_of("retry-after")
            .and_then(|seconds| seconds.parse().ok())
            .map(std::time::Duration::from_secs),
        body: case.body.clone(),
    }
}

fn registrations(interpreter: &dyn Interpreter, case: &Fixture) -> Vec<Registration> {
    let channel = case.channel(case.header("channel"));
    interpreter.registrations(&channel, case.header("public"))
}

fn tells_no_number(sent: &Sent, at: &str) {
    if let Sent::Later { why, .. } | Sent::Never { why } = sent {
        let digits: String = why.chars().filter(char::is_ascii_digit).collect();
        // The ends of the numbers that fixtures and hostile answers hold.
        for number in ["63000001", "88300001", "60000001", "06846349"] {
            assert!(!digits.contains(number), "{at}: {why}");
        }
        assert!(!why.is_empty(), "{at}");
    }
}

#[test]
fn a_log_learns_neither_numbers_nor_words() {
    for interpreter in ALL {
        for case in fixture::cases(interpreter.name()) {
            let at = case.path.display().to_string();
            match case.kind {
                Kind::Http => {
                    let call = case.call();
                    let read = interpreter.read(&case.channel(&call.channel), &call.callback());
                    let logged = format!("{read:?}");
                    for secret in read.iter().flatten().flat_map(private) {
                        assert!(!logged.contains(&secret), "{at}: {secret} in {logged}");
                    }
                }
                Kind::Send => {
                    let logged = format!("{:?}", outgoing(*interpreter, &case, None));
                    let to = case.header("to").trim_start_matches('+');
                    assert!(!logged.contains(to), "{at}");
                    assert!(
                        !logged.contains("http"),
                        "{at}: an address may hold a secret"
                    );
                }
                Kind::Register => {
                    let logged = format!("{:?}", registrations(*interpreter, &case));
                    assert!(!logged.contains("s3cret"), "{at}: {logged}");
                }
                Kind::Registered => {}
                Kind::Sent => {
                    tells_no_number(&sent(*interpreter, case.status(), &case), &at);
                    for status in [200, 201, 202, 400, 401, 404, 422, 429, 500] {
                        for case in bent::with_numbers(&case) {
                            tells_no_number(&sent(*interpreter, status, &case), &at);
                        }
                    }
                }
            }
        }
    }
}

/// What of an inbound value belongs to the citizen, if it is long enough to be told apart.
fn private(inbound: &Inbound) -> Vec<String> {
    use passerelle::domain::inbound::Input;
    let all = match inbound {
        Inbound::Ussd(ussd) => {
            let (Input::Last(words) | Input::All(words)) = &ussd.input;
            vec![ussd.from.expose(), words.as_str()]
        }
        Inbound::End(end) => end.from.iter().map(RawNumber::expose).collect(),
        Inbound::Sms(sms) => vec![sms.from.expose(), sms.text.as_str()],
        Inbound::OptOut(out) => vec![out.from.expose()],
        Inbound::Receipt(_) | Inbound::Unreadable(_) => vec![],
    };
    // A dialled code is public: the log may show it as the service code.
    let dialled =
        |value: &str| value.chars().all(|c| "*#0123456789".contains(c)) && value.contains('*');
    let told_apart = |value: &&str| value.chars().count() > 5 && !dialled(value);
    all.into_iter()
        .filter(told_apart)
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_sender_goes_where_the_channel_says() {
    for interpreter in ALL {
        for case in fixture::cases(interpreter.name()) {
            if case.kind == Kind::Send {
                let request = outgoing(*interpreter, &case, Some("http://127.0.0.1:9/api/"));
                let at = Path::new(&case.path).display();
                let base = "http://127.0.0.1:9/api";
                assert!(request.url.starts_with(base), "{at}: {}", request.url);
                assert!(!request.url.contains("api//"), "{at}: {}", request.url);
                if let Some(oauth) = &request.oauth {
                    assert!(oauth.url.starts_with(base), "{at}: {}", oauth.url);
                }
                let clean = |value: &str| !value.contains(['\r', '\n']);
                assert!(
                    request.headers.iter().all(|(_, value)| clean(value)),
                    "{at}"
                );
            }
        }
    }
}
