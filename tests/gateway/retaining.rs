//! Retention: what was kept long enough goes, open cases never.

use std::sync::Arc;
use std::time::Duration;

use passerelle::domain::audit::{Actor, Walk};
use passerelle::domain::feedback::Status;
use passerelle::domain::redact::Words;
use passerelle::domain::retention::{Kind, Retention};
use passerelle::domain::service::Service;
use passerelle::flows::retain::{self, Going};
use passerelle::store::Records;
use passerelle::store::records::{LetterOutcome, Unroutable};

use super::store_records::{keep, on_every_database};
use super::support::gateway::{files, loaded};
use super::support::samples::{NOW, filing, sealed};
use super::support::served::Shipped;

const DAY: i64 = 86_400_000;
const WORKER: Actor = Actor::Worker("retention");

on_every_database![
    nothing_goes_unless_a_time_is_set,
    words_of_closed_cases_go_and_their_count_stays,
    a_number_goes_when_all_cases_are_closed_and_old,
    what_nobody_could_place_goes,
];

/// The shipped service, with times for Benin.
fn service(times: &[(Kind, u64)]) -> Arc<Service> {
    let mut service = loaded(&files(&[], "http://127.0.0.1:9")).service;
    let days = |(kind, days): &(Kind, u64)| (*kind, Duration::from_hours(24 * days));
    let country = Arc::get_mut(&mut service)
        .expect("fresh")
        .countries
        .iter_mut()
        .find(|country| country.code == "BJ");
    country.expect("Benin").retention = Retention::new(times.iter().map(days).collect());
    service
}

/// A case whose letter has been delivered; closed, if it is to be.
async fn case(records: &Records, n: u32, closed: bool) {
    let mut filing = filing(n);
    filing.feedback.text = Words::new("Le docteur veut de l'argent");
    let letter = filing.letters[0].id.clone();
    keep(records, filing).await;
    let status = 204;
    let at = NOW;
    let done = LetterOutcome::Delivered { status, at };
    assert_eq!(records.settle_letter(&letter, done).await, Ok(true));
    if closed {
        let id = format!("fb_{n:05}");
        let moved = records.move_feedback(&id, Status::Received, Status::Resolved, NOW, None);
        assert_eq!(moved.await, Ok(true));
    }
}

fn benin(all: &[Going], kind: Kind) -> (u64, u64) {
    let found = all.iter().find(|g| g.country == "BJ" && g.kind == kind);
    found.map_or((0, 0), |going| (going.count, going.open))
}

async fn has_words(records: &Records, n: u32) -> bool {
    let feedback = records.feedback(&format!("fb_{n:05}")).await;
    let feedback = feedback.expect("answers").expect("the count stays");
    !feedback.text.as_str().is_empty()
}

async fn nothing_goes_unless_a_time_is_set(records: Records) {
    case(&records, 1, true).await;
    let service = loaded(&files(&[], "http://127.0.0.1:9")).service;
    let later = NOW + 100_000 * DAY;
    for all in [
        retain::due(&records, &service, later).await,
        retain::enforce(&records, &service, &WORKER, later).await,
    ] {
        let all = all.expect("answers");
        assert_eq!(all.len(), 3 * service.countries.len());
        assert!(all.iter().all(|g| g.before.is_none() && g.count == 0));
    }
    assert!(has_words(&records, 1).await);
}

async fn words_of_closed_cases_go_and_their_count_stays(records: Records) {
    for n in 1..=150 {
        case(&records, n, true).await;
    }
    case(&records, 200, false).await;
    // Its letter is still on its way.
    keep(&records, filing(201)).await;
    let moved = records.move_feedback("fb_00201", Status::Received, Status::Resolved, NOW, None);
    assert_eq!(moved.await, Ok(true));
    let service = service(&[(Kind::Texts, 30)]);
    let early = NOW + 29 * DAY;
    let due = retain::due(&records, &service, early)
        .await
        .expect("answers");
    assert_eq!(benin(&due, Kind::Texts), (0, 0));
    let later = NOW + 31 * DAY;
    let due = retain::due(&records, &service, later)
        .await
        .expect("answers");
    assert_eq!(benin(&due, Kind::Texts), (150, 1), "the dry run");
    assert!(has_words(&records, 1).await, "changes nothing");

    let gone = retain::enforce(&records, &service, &WORKER, later).await;
    assert_eq!(benin(&gone.expect("answers"), Kind::Texts), (150, 0));
    for (n, kept) in [(1, false), (150, false), (200, true), (201, true)] {
        assert_eq!(has_words(&records, n).await, kept, "{n}");
    }
    let feedback = records.feedback("fb_00001").await.expect("answers");
    let feedback = feedback.expect("the count stays");
    assert_eq!(
        (feedback.citizen.as_str(), feedback.status),
        ("", Status::Resolved)
    );
    let letters = records.letters_of("fb_00001").await.expect("answers");
    assert!(!letters[0].letter.body.as_str().contains("docteur"));
    // Of its citizen nothing is left; of the others there is.
    assert_eq!(records.sealed_number("c0ffee00001").await, Ok(None));
    let others = records.sealed_number("c0ffee00200").await;
    assert_eq!(others, Ok(Some(sealed(200))));

    let again = retain::enforce(&records, &service, &WORKER, later).await;
    assert_eq!(benin(&again.expect("answers"), Kind::Texts), (0, 0));
    let mut walk = Walk::new();
    let mut deeds = 0;
    for (entry, hash) in records.audit(0, 1000).await.expect("answers") {
        assert!(walk.step(&entry, &hash));
        // Institutions resolved the cases, which is accounted for too.
        if entry.actor.starts_with("institution:") {
            continue;
        }
        deeds += 1;
        assert_eq!(
            (entry.actor.as_str(), entry.deed.as_str()),
            ("worker:retention", "retention.texts")
        );
        assert!(
            entry.object.starts_with("country=BJ before=2026-11-23T"),
            "{}",
            entry.object
        );
    }
    assert_eq!(deeds, 2, "a hundred at once");
}

async fn a_number_goes_when_all_cases_are_closed_and_old(records: Records) {
    // Citizen 1: closed. Citizen 2: one closed, one open. Citizen 3: closed, and wrote again later.
    case(&records, 1, true).await;
    for (n, whose, closed) in [(2, 2, true), (3, 2, false), (4, 3, true)] {
        case_of(&records, n, whose, closed, NOW).await;
    }
    case_of(&records, 5, 3, true, NOW + 25 * DAY).await;
    let service = service(&[(Kind::Numbers, 30)]);
    let later = NOW + 31 * DAY;
    let due = retain::due(&records, &service, later)
        .await
        .expect("answers");
    assert_eq!(benin(&due, Kind::Numbers), (1, 0));
    let gone = retain::enforce(&records, &service, &WORKER, later).await;
    assert_eq!(benin(&gone.expect("answers"), Kind::Numbers), (1, 0));
    assert_eq!(records.sealed_number("c0ffee00001").await, Ok(None));
    for other in ["whose00002", "whose00003"] {
        let kept = records.sealed_number(other).await.expect("answers");
        assert!(kept.is_some(), "{other}");
    }
    // The words stay, and whose they are: only the number is gone.
    assert!(has_words(&records, 1).await);
    let feedback = records.feedback("fb_00001").await.expect("answers");
    assert_eq!(feedback.expect("kept").alias, "cz_00001");
}

async fn case_of(records: &Records, n: u32, whose: u32, closed: bool, at: i64) {
    let mut filing = filing(n);
    filing.feedback.citizen = format!("whose{whose:05}");
    filing.feedback.received_at = at;
    filing.letters.clear();
    keep(records, filing).await;
    if closed {
        let id = format!("fb_{n:05}");
        let moved = records.move_feedback(&id, Status::Received, Status::Resolved, at, None);
        assert_eq!(moved.await, Ok(true));
    }
}

async fn what_nobody_could_place_goes(records: Records) {
    for (n, channel) in [(1, "sms-bj"), (2, "at-rw")] {
        let unroutable = Unroutable {
            key: format!("mo-{n}"),
            channel: channel.into(),
            citizen: format!("whose{n:05}"),
            sender: sealed(n),
            to: "7344".into(),
            text: Words::new("bonjour"),
            received_at: NOW,
        };
        assert_eq!(records.keep_unroutable(unroutable).await, Ok(true));
    }
    let service = service(&[(Kind::Unroutable, 30)]);
    let later = NOW + 31 * DAY;
    let due = retain::due(&records, &service, later)
        .await
        .expect("answers");
    assert_eq!(benin(&due, Kind::Unroutable), (1, 0));
    let gone = retain::enforce(&records, &service, &WORKER, later).await;
    assert_eq!(benin(&gone.expect("answers"), Kind::Unroutable), (1, 0));
    let held = async |citizen| {
        let held = records.held(citizen, Actor::Operator, NOW).await;
        held.expect("answers").unplaced
    };
    assert_eq!((held("whose00001").await, held("whose00002").await), (0, 1));
}

#[tokio::test]
async fn the_dry_run_says_what_would_go_and_the_command_has_it_go() {
    let shipped = Shipped::new();
    shipped.edit(
        "countries/bj.toml",
        "# [retention]",
        "[retention]\ntexts = \"30 days\"",
    );
    let url = format!("sqlite:{}", shipped.path().join("passerelle.db").display());
    let records = Records::open(&url).await.expect("opens");
    // Long ago, whatever the clock of this machine says.
    case_of(&records, 1, 1, true, 1_000 * DAY).await;
    let run = |words: &[&str]| {
        let output = shipped.command("retention").args(words).output();
        let output = output.expect("runs");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    let said = run(&["--dry-run"]);
    assert!(
        said.contains("BJ\ttexts\t1 would go\tfinished before "),
        "{said}"
    );
    assert!(said.contains("RW\ttexts\tkept\tno time is set\n"), "{said}");
    assert!(has_words(&records, 1).await);
    assert!(run(&[]).contains("BJ\ttexts\t1 gone\t"));
    assert!(!has_words(&records, 1).await);
    assert!(run(&["--dry-run"]).contains("BJ\ttexts\t0 would go\t"));
    let account = records.audit(0, 10).await.expect("answers");
    let (entry, _) = account.last().expect("an entry");
    assert_eq!(entry.actor, "operator");
}
