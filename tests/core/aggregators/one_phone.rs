//! One phone is one citizen through every interpreter, whichever form of its number travels; and
//! in which form each interpreter sends.

use super::fixture::{self, Call, Kind};
use crate::support::shipped;
use passerelle::aggregators::{ALL, Interpreter, Mt};
use passerelle::domain::citizen::{Caller, Keyring};
use passerelle::domain::inbound::Inbound;
use passerelle::domain::msisdn::Msisdn;
use passerelle::domain::redact::RawNumber;

/// The number as a network may write it since, and before, 30 November 2024.
const FORMS: [&str; 6] = [
    "2290163109595",
    "22963109595",
    "002290163109595",
    "0022963109595",
    "0163109595",
    "63109595",
];

fn senders(inbound: &[Inbound]) -> Vec<RawNumber> {
    let each = inbound.iter().filter_map(|one| match one {
        Inbound::Ussd(ussd) => Some(ussd.from.clone()),
        Inbound::Sms(sms) => Some(sms.from.clone()),
        Inbound::OptOut(out) => Some(out.from.clone()),
        Inbound::End(end) => end.from.clone(),
        Inbound::Receipt(_) | Inbound::Unreadable(_) => None,
    });
    each.collect()
}

/// The call with the digits of one number in place of another's, wherever they stand.
fn redialled(call: &Call, from: &str, to: &str) -> Option<Call> {
    let body = String::from_utf8(call.body.clone()).ok()?;
    let query = call.query.replace(from, to);
    Some(Call {
        body: body.replace(from, to).into_bytes(),
        url: call.url.replace(&call.query, &query),
        query,
        ..call.clone()
    })
}

fn read(interpreter: &dyn Interpreter, case: &fixture::Fixture, call: &Call) -> Vec<Inbound> {
    let channel = case.channel(&call.channel);
    interpreter
        .read(&channel, &call.callback())
        .unwrap_or_default()
}

#[test]
fn old_and_new_forms_are_one_citizen_through_every_interpreter() {
    let service = shipped();
    let benin = &service.country("BJ").expect("served").numbering;
    let keys = Keyring::new(&[7; 32]);
    let phone = Msisdn::opened("+2290163109595".into()).expect("a number");
    let phone = keys.lookup(&Caller::Known(phone));
    let mut said = Vec::new();
    for interpreter in ALL {
        let cases = fixture::cases(interpreter.name());
        let calls = cases.iter().filter(|case| case.kind == Kind::Http);
        let mut checked = 0;
        for case in calls {
            let call = case.call();
            for from in senders(&read(*interpreter, case, &call)) {
                let digits = from.expose().trim_start_matches('+').to_owned();
                if digits.len() < 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
                    continue;
                }
                for form in FORMS {
                    let Some(call) = redialled(&call, &digits, form) else {
                        continue;
                    };
                    let froms = senders(&read(*interpreter, case, &call));
                    let ours = froms.iter().filter(|f| f.expose().ends_with(form));
                    for from in ours {
                        // `+63109595` and `+00229…` are nobody's way of writing it.
                        if from.expose().starts_with('+') && !form.starts_with("229") {
                            continue;
                        }
                        let parsed = benin.parse(from.expose()).expect("is understood");
                        let lookup = keys.lookup(&Caller::Known(parsed.msisdn));
                        assert_eq!(lookup, phone, "{} {form}", case.path.display());
                        checked += 1;
                    }
                }
            }
        }
        said.push((interpreter.name(), checked));
    }
    for (name, checked) in said {
        let sends_only = ["mtn-cg-tinda", "pindo", "intouch", "mista"].contains(&name);
        assert_eq!(
            checked == 0,
            sends_only,
            "{name}: {checked} senders in another form"
        );
    }
}

/// How an interpreter writes a number when it sends, by what its documents and deployments show
/// (see its page in `docs/aggregators/`).
const SENDS: &[(&str, &str)] = &[
    ("africas-talking", "+229…"),
    ("comviva-flares", "—"),
    ("comviva-xml", "—"),
    ("http", "+229…"),
    ("infobip", "229…"),
    ("intouch", "+229…"),
    ("jasmin", "229…"),
    ("kannel", "+229…"),
    ("mista", "229…"),
    ("moov-bj", "—"),
    ("mtn-cg-tinda", "229…"),
    ("mtn-madapi", "229…"),
    ("parlayx", "229…"),
    ("pindo", "+229…"),
    ("twilio", "+229…"),
    ("vonage", "229…"),
];

#[test]
fn each_aggregator_gets_numbers_in_its_own_form_and_in_todays_plan() {
    let to = Msisdn::opened("+2290163109595".into()).expect("a number");
    println!("{:16} sends to", "aggregator");
    for (name, form) in SENDS {
        let interpreter = passerelle::aggregators::named(name).expect("is there");
        println!("{name:16} {form}");
        let Some(sender) = interpreter.sender() else {
            assert_eq!(*form, "—", "{name} does not send");
            continue;
        };
        let cases = fixture::cases(name);
        let case = cases
            .iter()
            .find(|c| c.kind == Kind::Send)
            .expect("a fixture");
        let request = sender.send(
            &case.channel(case.header("channel")),
            &Mt {
                id: "sms_1",
                to: &to,
                text: "Bonjour",
                receipt_url: "https://passerelle.example/r",
            },
        );
        let body = String::from_utf8_lossy(&request.body);
        let whole = format!("{} {body}", request.url).replace("%2B", "+");
        let written = match *form {
            "+229…" => "+2290163109595",
            _ => "2290163109595",
        };
        assert!(whole.contains(written), "{name}");
        assert_eq!(whole.contains("+2290163109595"), *form == "+229…", "{name}");
    }
    assert_eq!(SENDS.len(), ALL.len());
}
