//! Requests and answers bent in every way that a network, a proxy or an enemy can think of.

use super::fixture::{Call, Fixture};
use passerelle::domain::exchange::Door;

/// All doors of a channel.
pub const DOORS: [Door; 4] = [Door::Ussd, Door::UssdEnd, Door::Sms, Door::Receipt];

/// A document type with an external entity.
pub const DOCTYPE: &str =
    "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>";

/// A document without its XML declaration.
pub fn without_declaration(body: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(body);
    let after = text.split_once("?>").map_or(&*text, |(_, rest)| rest);
    after.as_bytes().to_vec()
}

/// A request bent in every way, at every door.
pub fn variations(call: &Call) -> Vec<Call> {
    let bent = bodies(call)
        .into_iter()
        .map(|body| Call {
            body,
            ..call.clone()
        })
        .chain(injections(call))
        .chain(heads(call));
    let at_every_door = |call: Call| {
        DOORS.map(|door| Call {
            door,
            ..call.clone()
        })
    };
    bent.flat_map(at_every_door).collect()
}

fn bodies(call: &Call) -> Vec<Vec<u8>> {
    let (body, half) = (call.body.as_slice(), call.body.len() / 2);
    vec![
        body.to_vec(),
        vec![],
        [body, b"\xff\xfe"].concat(),
        [&body[..half], b"\xc3\x28", &body[half..]].concat(),
        [DOCTYPE.as_bytes(), b"<r>&x;</r>"].concat(),
        [DOCTYPE.as_bytes(), &without_declaration(body)].concat(),
        [body, b"&", body].concat(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"{}".to_vec(),
        b"\"x\"".to_vec(),
    ]
}

/// CR LF, NUL and broken characters wherever a value begins, as a form, JSON and XML write them.
const INJECTED: [(&str, &str, &str); 4] = [
    (
        "=%0d%0aX-Evil:%201%0d%0a%0d%0a",
        ":\"\\r\\nX-Evil: 1\\r\\n\\r\\n",
        ">&#13;&#10;X-Evil: 1\r\n",
    ),
    ("=%00", ":\"\\u0000", ">\0"),
    ("=%ff%c3", ":\"\\ud800", ">\u{fffd}&#xd800;"),
    (
        "=%F0%9F%98%80%E2%80%AE",
        ":\"\\ud83d\\ude00\\u202e",
        ">\u{1f600}\u{202e}",
    ),
];

fn injections(call: &Call) -> Vec<Call> {
    let text = String::from_utf8_lossy(&call.body);
    let bend = |(form, json, xml)| {
        let query = call.query.replace('=', form);
        [
            text.replace('=', form),
            text.replace(":\"", json),
            text.replace('>', xml),
        ]
        .map(|body| Call {
            query: query.clone(),
            body: body.into_bytes(),
            ..call.clone()
        })
    };
    INJECTED.into_iter().flat_map(bend).collect()
}

fn heads(call: &Call) -> Vec<Call> {
    let mut all = vec![
        Call {
            headers: vec![],
            ..call.clone()
        },
        Call {
            query: format!("{0}&{0}", call.query),
            ..call.clone()
        },
        Call {
            query: String::new(),
            ..call.clone()
        },
    ];
    for content_type in [
        "text/plain",
        "multipart/form-data",
        "",
        "application/json",
        "image/png; charset=utf-16",
    ] {
        let mut headers = call.headers.clone();
        headers.retain(|(name, _)| name != "content-type");
        headers.push(("content-type".to_owned(), content_type.to_owned()));
        all.push(Call {
            headers,
            ..call.clone()
        });
    }
    for method in ["GET", "PUT", "DELETE", ""] {
        all.push(Call {
            method: method.to_owned(),
            ..call.clone()
        });
    }
    for rest in [
        "",
        "session",
        "session/",
        "session/1/start",
        "session//end",
        "../../etc",
        "%2e%2e",
        "/",
    ] {
        all.push(Call {
            rest: rest.to_owned(),
            ..call.clone()
        });
    }
    all
}

/// An answer with a telephone number wherever a value stands, in several spellings.
pub fn with_numbers(case: &Fixture) -> Vec<Fixture> {
    let text = String::from_utf8_lossy(&case.body);
    let bend = |number: &str| {
        let json = text
            .split(':')
            .collect::<Vec<_>>()
            .join(&format!(":\"{number}\",\"x\":"));
        let quoted: Vec<_> = text.split('"').collect();
        let quoted = quoted.chunks(4).map(|c| match c {
            [a, b, c, _] => format!("{a}\"{b}\"{c}\"{number}\""),
            rest => rest.join("\""),
        });
        let digits: Vec<_> = text.split(|c: char| c.is_ascii_digit()).collect();
        [
            json,
            quoted.collect(),
            digits.join(number),
            format!("{text} {number}"),
        ]
        .map(|body| {
            let body = body.into_bytes();
            Fixture {
                body,
                ..case.clone()
            }
        })
    };
    [
        "2290163000001",
        "+229 01 63 00 00 01",
        "01.63.00.00.01",
        "229-0163000001",
    ]
    .into_iter()
    .flat_map(bend)
    .collect()
}
