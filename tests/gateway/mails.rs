//! Institutions without a server: the same events by mail, through a real mail server.

use std::sync::Arc;

use passerelle::domain::feedback::Standing;
use passerelle::domain::institution::Mailbox;
use passerelle::domain::mail::Security;
use passerelle::domain::redact::Secret;
use passerelle::flows::digest;
use passerelle::store::Records;

use super::support::gateway::WEBHOOK_SECRET;
use super::support::hallway::Hallway;
use super::support::mailbox::{LOGIN, MailServer};
use super::support::partner::Partner;
use super::support::samples::filing;
use super::support::served::Shipped;

const HOUR: i64 = 3_600_000;

async fn records() -> Records {
    Records::open("sqlite::memory:").await.expect("opens")
}

fn people(to: &str, events: &[&str], digest: bool) -> [Mailbox; 1] {
    [Mailbox {
        to: vec![to.to_owned()],
        events: events.iter().map(|&e| e.to_owned()).collect(),
        digest,
    }]
}

async fn standing(hallway: &Hallway, id: &str) -> (Standing, Option<u16>) {
    let found = hallway.gateway.records.delivery(id).await;
    let found = found.expect("answers").expect("there");
    (found.standing, found.status)
}

async fn in_private(security: Security) {
    let server = MailServer::start(security);
    let mailbox = people("accueil@sante.example", &["feedback.*"], false);
    let hallway = Hallway::mailing(&records().await, &server.relay(), &mailbox);
    let id = hallway.file(1).await;
    hallway.work().await;
    let mail = server.next().await;
    assert_eq!(mail["secure"], true, "{mail}");
    assert_eq!(mail["user"], LOGIN.0);
    assert_eq!(mail["to"], serde_json::json!(["accueil@sante.example"]));
    assert_eq!(mail["id"], format!("<{id}@gateway.example>"));
    assert_eq!(mail["automatic"], "auto-generated");
    assert_eq!(mail["attached"][0]["name"], "event.json");
    let taken = (Standing::Delivered, Some(250));
    assert_eq!(standing(&hallway, &id).await, taken);

    // A server whose certificate nobody vouches for gets nothing; a wrong password is mended.
    let mut relay = server.relay();
    relay.ca = None;
    let careful = Hallway::mailing(&records().await, &relay, &mailbox);
    let id = careful.file(2).await;
    careful.work().await;
    assert_eq!(standing(&careful, &id).await, (Standing::Pending, None));
    let mut relay = server.relay();
    relay.login = Some(("passerelle".into(), Secret::new("x")));
    let stranger = Hallway::mailing(&records().await, &relay, &mailbox);
    let id = stranger.file(3).await;
    stranger.work().await;
    let waits = (Standing::Pending, Some(535));
    assert_eq!(standing(&stranger, &id).await, waits);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_a_mail_after_starttls_and_a_login() {
    in_private(Security::StartTls).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_a_mail_within_tls_and_after_a_login() {
    in_private(Security::Implicit).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_now_is_tried_again_under_the_same_id_and_refused_for_good_is_kept() {
    let server = MailServer::start(Security::None);
    let all = records().await;
    let later = people("later@sante.example", &["feedback.*"], false);
    let hallway = Hallway::mailing(&all, &server.relay(), &later);
    let id = hallway.file(1).await;
    hallway.work().await;
    let waits = (Standing::Pending, Some(451));
    assert_eq!(standing(&hallway, &id).await, waits);
    hallway.later(6_000);
    hallway.work().await;
    let mail = server.next().await;
    assert_eq!(mail["id"], format!("<{id}@gateway.example>"));

    let never = people("never@sante.example", &["feedback.*"], false);
    let hallway = Hallway::mailing(&all, &server.relay(), &never);
    let id = hallway.file(2).await;
    hallway.work().await;
    let dead = all.delivery(&id).await.expect("answers").expect("there");
    assert_eq!((dead.standing, dead.status), (Standing::Dead, Some(550)));
    let said = dead.answer.expect("kept");
    let said = said.as_str();
    assert!(said.contains("no such user, call +…"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_one_mail_however_many_instances_write_it_and_none_is_lost() {
    let server = MailServer::start(Security::None);
    let all = records().await;
    let mailbox = people("chef@sante.example", &[], true);
    // The mail server is down at first. It is five past nine in the morning in Benin.
    let mut away = server.relay();
    away.port = 9;
    let one = Hallway::mailing(&all, &away, &mailbox);
    let two = Hallway::mailing(&all, &server.relay(), &mailbox);
    for n in 1..=3 {
        let mut filing = filing(n);
        filing.letters.clear();
        all.file(filing).await.expect("kept");
    }
    for hours in [0, 21] {
        one.later(hours * HOUR);
        two.later(hours * HOUR);
        digest::write_due(&one.gateway).await.expect("answers");
        assert_eq!(one.work().await, 0, "the day is not over, nor is the night");
    }
    one.later(2 * HOUR);
    two.later(2 * HOUR);
    for _ in 0..3 {
        digest::write_due(&one.gateway).await.expect("answers");
        digest::write_due(&two.gateway).await.expect("answers");
    }
    assert_eq!(one.work().await, 1, "one letter, tried in vain");
    let restarted = Hallway::mailing(&all, &server.relay(), &mailbox);
    restarted.later(23 * HOUR + 60_000);
    digest::write_due(&restarted.gateway)
        .await
        .expect("answers");
    assert_eq!(restarted.work().await, 1);
    let mail = server.next().await;
    let subject = "Messages du 2026-11-22 - Ministère de la Santé (3)";
    assert_eq!(mail["subject"], subject);
    let table = &mail["attached"][0];
    assert_eq!(table["name"], "2026-11-22.csv");
    let rows = table["content"].as_str().expect("a table").lines().count();
    assert_eq!(rows, 4, "a heading and three");
    let page = mail["html"].as_str().expect("a page");
    assert!(page.contains("eau est coupée à Parakou (1)"), "{page}");
    // Days on which nothing was said have none.
    restarted.later(24 * HOUR);
    digest::write_due(&restarted.gateway)
        .await
        .expect("answers");
    assert_eq!(restarted.work().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_told_that_their_address_is_disabled() {
    let server = MailServer::start(Security::None);
    let gone = Partner::start(410, "");
    let all = records().await;
    let chef = people("a@sante.example", &[], true);
    let hallway = Hallway::mailing(&all, &server.relay(), &chef);
    let mut service = Hallway::delivering(&all, &gone, None).gateway.service();
    for institution in &mut Arc::get_mut(&mut service).expect("ours").institutions {
        institution.emails = chef.to_vec();
    }
    hallway.gateway.renew(&service);
    hallway.file(1).await;
    hallway.work().await;
    hallway.work().await;
    let mail = server.next().await;
    let subject = "Votre adresse ne reçoit plus rien - Ministère de la Santé";
    assert_eq!(mail["subject"], subject);
    let text = mail["text"].as_str().expect("text");
    let host = gone.url.trim_start_matches("http://");
    assert!(text.contains(&format!("Adresse: {host}\n")), "{text}");
    assert!(text.contains("410"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn serve_sends_mail_as_its_files_say() {
    let server = MailServer::start(Security::StartTls);
    let mut shipped = Shipped::new();
    shipped.set_secrets(WEBHOOK_SECRET);
    shipped.edit(
        "institutions/bj-sante.toml",
        "[api]",
        "[[emails]]\nto = [\"accueil@sante.example\"]\nevents = [\"feedback.*\"]\n\n[api]",
    );
    let refused = shipped.command("check").output().expect("runs");
    let said = [refused.stdout, refused.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("no mail server to send this by"), "{said}");
    let ca = format!("file:{}", server.ca().display());
    let url = format!("smtp://localhost:{}", server.port);
    for (name, value) in [
        ("URL", url.as_str()),
        ("TLS", "required"),
        ("CA", ca.as_str()),
        ("FROM", "passerelle@gateway.example"),
        ("USERNAME", LOGIN.0),
        ("PASSWORD", LOGIN.1),
    ] {
        shipped.set(&format!("PASSERELLE_EMAIL__{name}"), value);
    }
    let served = shipped.serve();
    served.text_sante("mail-1").await;
    let mail = server.next().await;
    assert_eq!(
        (&mail["secure"], &mail["user"]),
        (&true.into(), &LOGIN.0.into())
    );
    let text = mail["text"].as_str().expect("text");
    assert!(text.contains("\nsante eau\n"), "{text}");
    assert!(!text.contains("63271828"), "{text}");
    let json = mail["attached"][0]["content"].as_str().expect("JSON");
    let event: serde_json::Value = serde_json::from_str(json).expect("JSON");
    assert_eq!(event["type"], "feedback.received");
    let (ended, log) = served.stop();
    assert!(
        ended && !log.contains("accueil@") && !log.contains(LOGIN.1),
        "{log}"
    );
}
