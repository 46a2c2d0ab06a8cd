//! A dialogue by text message, decided from its words: rights, questions, threads, codes.

use passerelle::domain::code;
use passerelle::domain::feedback::{Experience, Feedback, Kind, Status};
use passerelle::domain::hearing::Heard;
use passerelle::domain::redact::Words;
use passerelle::domain::talk::{self, Ask, EXCHANGE_MS, Right, THREAD_MS, Thread, Where};

use super::hearing::{SERVICE, heard};

fn right(text: &str) -> Option<Right> {
    talk::right(&SERVICE.lexicon, text)
}

#[test]
fn a_right_is_its_word_alone() {
    for text in [
        "STOP",
        " stop ",
        "Stop!",
        "S.T.O.P.",
        "arret",
        "ARRÊTER",
        "hagarika",
        "UNSUBSCRIBE",
    ] {
        assert_eq!(right(text), Some(Right::Stop), "{text}");
    }
    for (text, wanted) in [
        ("START", Right::Start),
        ("tangira", Right::Start),
        ("info", Right::Info),
        ("Aide", Right::Help),
        ("effacer", Right::Erase),
        ("DELETE", Right::Erase),
        ("siba byose", Right::Erase),
    ] {
        assert_eq!(right(text), Some(wanted), "{text}");
    }
    for text in [
        "STOP 12345",
        "stop aux pannes",
        "nonstop",
        "info sante",
        "s top",
        "",
        "0",
        "effacer mon dossier",
    ] {
        assert_eq!(right(text), None, "{text}");
    }
}

#[test]
fn one_thing_is_asked_and_only_what_was_not_said() {
    let asked = |text: &str| talk::open(&SERVICE, "RW", &heard("RW", text));
    assert!(matches!(asked("nta muganga uhari"), Some(Ask::Office(_))));
    assert_eq!(asked("minisante Gasabo"), Some(Ask::Experience));
    assert_eq!(
        asked("Complaint minisante no doctor"),
        Some(Ask::Place(Vec::new()))
    );
    assert_eq!(asked("Complaint minisante Gasabo no doctor"), None);
    // A name that places share: whichever it is lies in one of these.
    let Some(Ask::Place(codes)) = asked("Complaint minisante Ngoma no doctor") else {
        return;
    };
    let list = talk::listed(&SERVICE, &Ask::Place(codes), &[], "en");
    assert!(list.starts_with("1 "), "{list}");
}

fn thread(n: u32, institution: &str, last_at: i64) -> Thread {
    Thread {
        feedback: format!("fb_{n}"),
        code: format!("code {n}"),
        institution: institution.to_owned(),
        last_at,
    }
}

#[test]
fn words_go_where_they_belong_or_it_is_asked() {
    const NOW: i64 = 1_795_334_700_000;
    let goes = |open: &[Thread], heard: &Heard| talk::thread(&SERVICE, open, heard, NOW);
    let words = heard("BJ", "et encore ce matin");
    let to = |n: u32| Where::To(format!("fb_{n}"));
    assert_eq!(goes(&[], &words), Where::New);
    let old = thread(1, "bj-sante", NOW - THREAD_MS - 1);
    assert_eq!(goes(std::slice::from_ref(&old), &words), Where::New);
    let health = thread(2, "bj-sante", NOW - THREAD_MS);
    assert_eq!(goes(&[old.clone(), health.clone()], &words), to(2));
    let police = thread(3, "bj-police", NOW - EXCHANGE_MS - 1);
    let both = [health.clone(), police.clone()];
    let asked = Where::Asked(vec!["fb_3".into(), "fb_2".into()]);
    assert_eq!(goes(&both, &words), asked);
    // Who is in the middle of an exchange, or names the office, need not be asked.
    let now = [health, thread(3, "bj-police", NOW - EXCHANGE_MS)];
    assert_eq!(goes(&now, &words), to(3));
    assert_eq!(
        goes(&both, &heard("BJ", "toujours rien de la police")),
        to(3)
    );
    assert_eq!(
        goes(&both, &heard("BJ", "rien a la mairie non plus")),
        Where::New
    );
    // An office's word at the start begins something new.
    assert_eq!(
        goes(&both, &heard("BJ", "POLICE Parakou racket")),
        Where::New
    );
}

fn asked_of(institution: &str) -> Feedback {
    Feedback {
        id: "fb_1".into(),
        key: "key_1".into(),
        code: "FVD-ZTK-K".into(),
        country: "BJ".into(),
        institution: institution.into(),
        channel: "sms-bj".into(),
        kind: Kind::Sms,
        operator: None,
        experience: None,
        place: None,
        office: None,
        text: Words::new("rien ne marche"),
        language: "fr".into(),
        citizen: "citizen".into(),
        alias: "cz_1".into(),
        status: Status::Received,
        received_at: 0,
        reply_by: None,
        complete: false,
        folded: false,
    }
}

#[test]
fn an_answer_fills_in_what_it_says_and_anything_else_is_words() {
    let health = asked_of("bj-sante");
    let filled = |ask: &Ask, text: &str| talk::filled(&SERVICE, &health, ask, text);
    let said = |text: &str| filled(&Ask::Experience, text).map(|f| f.experience);
    for (text, good) in [
        ("1", true),
        ("2.", false),
        ("bien", true),
        ("c'était mal", false),
    ] {
        let wanted = if good {
            Experience::Good
        } else {
            Experience::Bad
        };
        assert_eq!(said(text), Some(Some(wanted)), "{text}");
    }
    for text in [
        "3",
        "il pleut",
        "POLICE Parakou mauvais",
        "SANTE Parakou encore un autre scandale",
    ] {
        assert_eq!(said(text), None, "{text}");
    }
    let offices = Ask::Office(vec!["bj-sante".into(), "bj-police".into()]);
    let desk = asked_of("bj-desk");
    let whose = |text: &str| {
        let filled = talk::filled(&SERVICE, &desk, &offices, text)?;
        Some((filled.institution?, filled.place, filled.more))
    };
    assert_eq!(whose("2"), Some(("bj-police".into(), None, false)));
    assert_eq!(whose("plice"), Some(("bj-police".into(), None, false)));
    let parakou = SERVICE.places.named("parakou");
    let code = SERVICE.places.get(parakou[0]).map(|p| p.code.clone());
    assert_eq!(
        whose("police, Parakou"),
        Some(("bj-police".into(), code.clone(), false))
    );
    let (institution, _, more) = whose("C'est pour la police, ils m'ont insulte").expect("told");
    assert_eq!((institution.as_str(), more), ("bj-police", true));
    assert_eq!(whose("7"), None);
    assert_eq!(whose("merci"), None);
    let place = filled(&Ask::Place(Vec::new()), "a Parakou")
        .expect("told")
        .place;
    assert_eq!(place, code);
}

/// Issue 7 asks for the share of slips that the check character catches:
/// `cargo test --test core slips -- --nocapture`.
#[test]
fn slips_and_swaps_in_a_code_are_caught() {
    const LETTERS: &str = "23456789ABCDEFGHJKMNPQRTVWXYZ";
    let (mut slips, mut swaps, mut missed) = (0_u64, 0_u64, 0_u64);
    for n in 0..2_000_u64 {
        let bytes = n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
        let code: Vec<char> = code::make(bytes).replace('-', "").chars().collect();
        let read = |letters: &[char]| code::read(&letters.iter().collect::<String>());
        for at in 0..code.len() {
            for other in LETTERS.chars().filter(|c| *c != code[at]) {
                let mut wrong = code.clone();
                wrong[at] = other;
                slips += 1;
                missed += u64::from(read(&wrong).is_some());
            }
            if at + 1 < code.len() && code[at] != code[at + 1] {
                let mut wrong = code.clone();
                wrong.swap(at, at + 1);
                swaps += 1;
                missed += u64::from(read(&wrong).is_some());
            }
        }
    }
    println!("{slips} slips and {swaps} swaps of neighbours in 2,000 codes: {missed} missed");
    assert_eq!(missed, 0);
}
