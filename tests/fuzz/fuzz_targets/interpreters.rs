//! Any bytes × any interpreter × any door. `PASSERELLE_FUZZ_INTERPRETER` fixes the interpreter.
//!
//! What is proved beyond "no panic": a USSD door gives at most one step or end; an answer is a 200
//! whose headers hold one line each; a request to send holds no line end where none may be; a
//! reason holds nothing like a telephone number.
#![cfg_attr(fuzzing, no_main)]

mod channels;
mod letter;
mod seeds;
mod shim;

use std::sync::OnceLock;

use letter::{Letter, Part};
use passerelle::aggregators::{ALL, Interpreter, Mt, Registered, Sent, named};
use passerelle::domain::channel::Channel;
use passerelle::domain::exchange::{Answered, Door, Response};
use passerelle::domain::inbound::{Inbound, Ussd};
use passerelle::domain::menu::Screen;
use passerelle::domain::msisdn::Msisdn;

target!(run, seeds::all);

fn run(data: &[u8]) {
    let Some(letter) = Letter::open(data) else {
        return;
    };
    let interpreter = fixed().unwrap_or(ALL[usize::from(letter.interpreter) % ALL.len()]);
    let channels = channels::of(interpreter.name());
    let channel = &channels[usize::from(letter.channel) % channels.len()];
    match letter.part {
        Part::Callback => callback(interpreter, channel, &letter),
        Part::Send => send(interpreter, channel, &letter),
        Part::Answer => answer(interpreter, channel, &letter),
        Part::Registered => registered(interpreter, &letter),
    }
}

fn fixed() -> Option<&'static dyn Interpreter> {
    static FIXED: OnceLock<Option<&'static dyn Interpreter>> = OnceLock::new();
    *FIXED.get_or_init(|| {
        let name = std::env::var("PASSERELLE_FUZZ_INTERPRETER").ok()?;
        Some(named(&name).unwrap_or_else(|| panic!("no interpreter is called {name}")))
    })
}

fn callback(interpreter: &dyn Interpreter, channel: &Channel, letter: &Letter<'_>) {
    let callback = letter.callback();
    let _ = interpreter.signed(channel, &callback);
    let read = interpreter.read(channel, &callback);
    let ussd = matches!(callback.door, Door::Ussd | Door::UssdEnd);
    if let (true, Ok(read)) = (ussd, &read) {
        // Nothing is what a question about no step says.
        let step = matches!(read.as_slice(), [] | [Inbound::Ussd(_) | Inbound::End(_)]);
        assert!(step, "a USSD door gives at most one step or end: {read:?}");
    }
    let asked = read.iter().flatten().find_map(|inbound| match inbound {
        Inbound::Ussd(ussd) => Some(ussd),
        _ => None,
    });
    for screen in screens(letter) {
        reply(interpreter, channel, asked, &screen);
    }
    sound(&interpreter.taken(channel, &callback));
}

/// A menu and a last screen, in the sender's own words.
fn screens(letter: &Letter<'_>) -> [Screen; 2] {
    let words = String::from_utf8_lossy(letter.body).into_owned();
    let menu = Screen {
        text: format!("{words}\n1. {words}"),
        ends: false,
        heading: words.clone(),
        options: vec![("1".to_owned(), words.clone())],
    };
    [menu, Screen::last(words)]
}

fn reply(interpreter: &dyn Interpreter, channel: &Channel, asked: Option<&Ussd>, screen: &Screen) {
    let reply = interpreter.reply(channel, asked, screen);
    sound(&reply.response);
    if let Some(then) = reply.then {
        one_line(&then.url);
        then.headers.iter().for_each(|(_, value)| one_line(value));
    }
}

fn sound(response: &Response) {
    assert_eq!(response.status, 200);
    response.headers.iter().for_each(|(_, value)| one_line(value));
}

fn one_line(value: &str) {
    assert!(!value.contains(['\r', '\n', '\0']), "more than a line");
}

/// A text of any kind goes out in one request.
fn send(interpreter: &dyn Interpreter, channel: &Channel, letter: &Letter<'_>) {
    let Some(sender) = interpreter.sender() else {
        return;
    };
    let to = Msisdn::opened("+22901630000001".to_owned()).expect("a number");
    let text = String::from_utf8_lossy(letter.body);
    let request = sender.send(
        channel,
        &Mt {
            id: "sms_01",
            to: &to,
            text: &text,
            receipt_url: "https://passerelle.example/callbacks/c/receipt?secret=s%20t",
        },
    );
    let strange = |c: char| c.is_control() || c == ' ' || !c.is_ascii();
    assert!(!request.url.contains(strange), "an address is printable");
    request.headers.iter().for_each(|(_, value)| one_line(value));
}

/// Any answer to a request to send means one of three things.
fn answer(interpreter: &dyn Interpreter, channel: &Channel, letter: &Letter<'_>) {
    let Some(sender) = interpreter.sender() else {
        return;
    };
    let sent = sender.sent(
        channel,
        &Answered {
            status: letter.status(),
            retry_after: None,
            body: letter.body.to_vec(),
        },
    );
    if let Sent::Later { why, .. } | Sent::Never { why } = sent {
        let longest = why.split(|c: char| !c.is_ascii_digit()).map(str::len).max();
        assert!(longest < Some(7), "a number in a reason");
        assert!(!why.is_empty(), "no reason");
    }
}

/// Any answer to a registration is understood or refused with a reason.
fn registered(interpreter: &dyn Interpreter, letter: &Letter<'_>) {
    let registered = interpreter.registered(&Answered {
        status: letter.status(),
        retry_after: None,
        body: letter.body.to_vec(),
    });
    if let Registered::Refused { why } = registered {
        assert!(!why.is_empty(), "no reason");
    }
}
