//! Citizens, feedback and letters to play with. Everything derives from a small number, so that a
//! test can say which one it means.

use passerelle::domain::feedback::{
    Experience, Feedback, Filing, Kind, Letter, Message, Reply, Sealed, Status,
};
use passerelle::domain::redact::Words;

/// When the tests take place: 2026-11-22T08:05:00Z.
pub const NOW: i64 = 1_795_334_700_000;
/// The institution that most of it is about.
pub const INSTITUTION: &str = "bj-sante";
/// Its address.
pub const URL: &str = "https://sante.example.bj/hook";

pub fn feedback(n: u32) -> Feedback {
    Feedback {
        id: format!("fb_{n:05}"),
        key: format!("mtn-bj/session-{n}/1"),
        code: format!("K7M-{n:05}"),
        country: "BJ".to_owned(),
        institution: INSTITUTION.to_owned(),
        channel: "mtn-bj".to_owned(),
        kind: Kind::Ussd,
        operator: Some("mtn".to_owned()),
        experience: Some(Experience::Bad),
        place: Some("BJ-LI-01".to_owned()),
        office: None,
        text: Words::new(format!("L'eau est coupée à Parakou ({n})")),
        language: "fr".to_owned(),
        citizen: format!("c0ffee{n:05}"),
        alias: format!("cz_{n:05}"),
        status: Status::Received,
        received_at: NOW + i64::from(n),
        reply_by: Some(NOW + 86_400_000),
        complete: true,
        folded: false,
    }
}

pub fn sealed(n: u32) -> Sealed {
    Sealed {
        key_id: "k1".to_owned(),
        bytes: n.to_be_bytes().to_vec(),
    }
}

/// The `nth` letter about this feedback.
pub fn letter(feedback: &Feedback, nth: u32) -> Letter {
    Letter {
        id: format!("msg_{}_{nth}", feedback.id),
        feedback: Some(feedback.id.clone()),
        institution: feedback.institution.clone(),
        url: URL.to_owned(),
        event: "feedback.received".to_owned(),
        body: Words::new("{}"),
        created_at: feedback.received_at + i64::from(nth),
        attempts: 0,
        waited: false,
    }
}

pub fn message(feedback: &Feedback, id: &str) -> Message {
    Message {
        id: id.to_owned(),
        channel: feedback.channel.clone(),
        citizen: feedback.citizen.clone(),
        feedback: Some(feedback.id.clone()),
        number: None,
        reply: None,
        text: Words::new("Merci."),
        created_at: feedback.received_at,
        attempts: 0,
        prompt: true,
        asked: false,
    }
}

pub fn reply(feedback: &Feedback, n: u32) -> Reply {
    Reply {
        id: format!("rp_{}_{n}", feedback.id),
        feedback: feedback.id.clone(),
        text: Words::new("L'eau revient lundi."),
        created_at: NOW + 1000 + i64::from(n),
    }
}

/// A feedback with one letter and no message.
pub fn filing(n: u32) -> Filing {
    let feedback = feedback(n);
    Filing {
        number: Some(sealed(n)),
        consent: None,
        letters: vec![letter(&feedback, 0)],
        message: None,
        question: None,
        feedback,
    }
}

/// The same, with a message to its citizen.
pub fn filing_with_message(n: u32) -> Filing {
    let filing = filing(n);
    let message = message(&filing.feedback, &format!("sms_{n:05}"));
    Filing {
        message: Some(message),
        ..filing
    }
}
