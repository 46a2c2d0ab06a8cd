//! `passerelle secret rotate phone-key`: every number is sealed anew, beside a running service, and
//! whatever ends it in the middle. Nobody becomes somebody else by it.

use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use passerelle::domain::citizen::{Caller, Keyring};
use passerelle::domain::msisdn::Msisdn;
use passerelle::domain::parts::{Gathering, Piece};
use passerelle::domain::redact::Words;
use passerelle::domain::vault::PhoneKey;
use passerelle::flows::keys::{self, NoKeys};
use passerelle::flows::rotate::{self, Rotation, Stand};
use passerelle::store::Records;
use passerelle::store::records::Unroutable;
use sqlx::Connection as _;

use super::store_records::{keep, on_every_database};
use super::support::desk;
use super::support::gateway::{Gateway, Wanted, database};
use super::support::partner::{PATIENCE, Partner};
use super::support::postgres;
use super::support::samples::{NOW, filing};
use super::support::served::Shipped;

const OLD: [u8; 32] = [7; 32];
/// Citizens besides the one that texts.
const CROWD: u32 = 3000;

on_every_database![
    records_of_the_time_before_keep_their_keys,
    new_records_have_keys_of_their_own,
    wherever_a_number_is_it_is_sealed_anew,
];

fn caller(n: u32) -> Caller {
    let number = format!("+22901{:08}", 60_000_000 + n);
    Caller::Known(Msisdn::opened(number).expect("a number"))
}

async fn seal_as(records: &Records, keys: &Keyring, n: u32) {
    let mut filing = filing(n);
    filing.feedback.citizen = keys.lookup(&caller(n));
    let nonce = [u8::try_from(n % 251).expect("small"); 24];
    filing.number = Some(keys.seal(&caller(n), nonce));
    filing.letters.clear();
    keep(records, filing).await;
}

async fn records_of_the_time_before_keep_their_keys(records: Records) {
    let before = Keyring::new(&OLD);
    seal_as(&records, &before, 1).await;
    // A key that did not seal them does not get to be theirs.
    let other = [PhoneKey::new(&[8; 32])];
    let refused = keys::open(&records, &other, NOW).await;
    assert!(
        matches!(&refused, Err(NoKeys::Missing { needed, .. }) if needed == before.id()),
        "{refused:?}"
    );
    let both = [other[0].clone(), PhoneKey::new(&OLD)];
    let now = keys::open(&records, &both, NOW).await.expect("opens");
    assert_eq!(now.id(), before.id());
    let lookup = before.lookup(&caller(1));
    assert_eq!(now.lookup(&caller(1)), lookup);
    let sealed = records.sealed_number(&lookup).await.expect("answers");
    assert!(now.open(&sealed.expect("kept"), &lookup).is_some());
    // From here on they are kept, and wrapped by the phone key that sealed.
    assert!(keys::open(&records, &both[1..], NOW).await.is_ok());
    let refused = keys::open(&records, &both[..1], NOW).await;
    assert!(
        matches!(refused, Err(NoKeys::Missing { .. })),
        "{refused:?}"
    );
}

async fn new_records_have_keys_of_their_own(records: Records) {
    let root = [PhoneKey::new(&OLD)];
    let (one, two) = tokio::join!(
        keys::open(&records, &root, NOW),
        keys::open(&records, &root, NOW)
    );
    let (one, two) = (one.expect("opens"), two.expect("opens"));
    // Two that start at once agree, on keys that do not follow from the phone key.
    assert_eq!(one.id(), two.id());
    assert_eq!(one.lookup(&caller(1)), two.lookup(&caller(1)));
    assert_ne!(one.id(), Keyring::new(&OLD).id());
    assert_ne!(
        one.lookup(&caller(1)),
        Keyring::new(&OLD).lookup(&caller(1))
    );
}

/// A message that nobody could place, of citizen 2, and half of a long one, of citizen 3.
async fn numbers_elsewhere(records: &Records, keys: &Keyring) {
    let unroutable = Unroutable {
        key: "mo-2".into(),
        channel: "sms-bj".into(),
        citizen: keys.lookup(&caller(2)),
        sender: keys.seal(&caller(2), [2; 24]),
        to: "7344".into(),
        text: Words::new("bonjour"),
        received_at: NOW,
    };
    assert_eq!(records.keep_unroutable(unroutable).await, Ok(true));
    let opened = Gathering {
        id: "part_3".into(),
        channel: "sms-bj".into(),
        citizen: keys.lookup(&caller(3)),
        number: keys.seal(&caller(3), [3; 24]),
        network: None,
        reference: "1".into(),
        of: 2,
        due_at: NOW,
        closed: false,
        pieces: Vec::new(),
    };
    let piece = Piece {
        number: 1,
        origin: "part_3".into(),
        words: Words::new("half"),
    };
    records.keep_part(opened, piece).await.expect("kept");
}

async fn wherever_a_number_is_it_is_sealed_anew(records: Records) {
    let (old, new) = (PhoneKey::new(&OLD), PhoneKey::new(&[8; 32]));
    let before = keys::open(&records, std::slice::from_ref(&old), NOW).await;
    let before = before.expect("opens");
    let lookup = |n| before.lookup(&caller(n));
    seal_as(&records, &before, 1).await;
    numbers_elsewhere(&records, &before).await;

    let roots = [new.clone(), old.clone()];
    let mut rotation = Rotation::begin(&records, &roots, NOW)
        .await
        .expect("begins");
    assert_eq!(rotation.total, 3);
    assert_eq!(rotate::stand(&records, &roots).await, Ok(Stand::UnderWay));
    // Broken off here, and taken up again: what is done is not done twice.
    while rotation.done == 0 {
        assert_eq!(rotation.step().await, Ok(true));
    }
    let mut rotation = Rotation::begin(&records, &roots, NOW)
        .await
        .expect("goes on");
    assert_eq!(rotation.total, 2);
    while rotation.step().await.expect("answers") {}
    assert_eq!((rotation.done, rotation.unopened), (2, 0));
    // Whoever has not heard of the new key yet seals with the old one.
    seal_as(&records, &before, 4).await;
    assert_eq!(rotation.finish(NOW).await, Ok(false));
    while rotation.step().await.expect("answers") {}
    assert_eq!(rotation.finish(NOW).await, Ok(true));

    assert_eq!(rotate::stand(&records, &roots).await, Ok(Stand::InForce));
    let after = keys::open(&records, &roots[..1], NOW).await.expect("opens");
    let gathering = records.overdue_gathering(NOW).await.expect("answers");
    let number = gathering.expect("open").number;
    assert_eq!(number.key_id, after.id());
    assert!(after.open(&number, &lookup(3)).is_some());
    assert_eq!(records.sealed_otherwise(after.id()).await, Ok(0));
    let refused = keys::open(&records, &[old], NOW).await;
    assert!(
        matches!(refused, Err(NoKeys::Missing { .. })),
        "{refused:?}"
    );
}

/// The program with these records and this key, or these, with blanks between.
fn program(url: &str, keys: &str, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_passerelle"));
    command
        .args(words)
        .env("PASSERELLE_RECORDS__URL", url)
        .env("PASSERELLE_PRIVACY__KEY", keys)
        .stdin(Stdio::null());
    command
}

async fn run(url: &str, keys: &str, words: &[&str]) -> (bool, String) {
    let mut command = program(url, keys, words);
    // The service that it runs beside is in this process.
    let ran = tokio::task::spawn_blocking(move || command.output()).await;
    let ran = ran.expect("ends").expect("runs");
    let said = [ran.stdout, ran.stderr].concat();
    (ran.status.success(), String::from_utf8(said).expect("text"))
}

const ROTATE: [&str; 3] = ["secret", "rotate", "phone-key"];

/// A text of +2290163109595 to bj-sante: its alias, and that the confirmation found the phone.
async fn text(gateway: &Gateway, receiver: &Partner, aggregator: &Partner, id: &str) -> String {
    let fields = [
        ("from", "+2290163109595"),
        ("to", "7344"),
        ("text", "sante eau"),
        ("id", id),
    ];
    assert_eq!(gateway.form("/callbacks/sms-bj/sms", &fields).await.0, 200);
    let event = desk::event(receiver, "feedback.received").await;
    let sent = aggregator.next().await;
    assert_eq!(sent.form("to"), "+2290163109595");
    event["citizen"]["alias"]
        .as_str()
        .expect("an alias")
        .to_owned()
}

/// How the numbers on record are sealed: with this key, with another.
async fn sealed(records: &Records, key: &str) -> (usize, usize) {
    let (mut with, mut without, mut last) = (0, 0, String::new());
    loop {
        let page = records.citizens_after(&last, 500).await.expect("answers");
        let Some(end) = page.last() else {
            return (with, without);
        };
        last.clone_from(&end.lookup);
        let ours = page.iter().filter(|seen| seen.number.key_id == key).count();
        with += ours;
        without += page.len() - ours;
    }
}

/// Begins to seal anew and is killed when some numbers are done.
/// How many are left.
async fn killed_in_the_middle(records: &Records, url: &str, keys: &str, old: &str) -> usize {
    let mut child = program(url, keys, &ROTATE)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let some_are_done = async {
        loop {
            let (left, done) = sealed(records, old).await;
            if done > 0 {
                return left;
            }
            tokio::task::yield_now().await;
        }
    };
    let left = tokio::time::timeout(PATIENCE, some_are_done).await;
    child.kill().expect("killed");
    child.wait().expect("ended");
    left.expect("it began")
}

/// Has a new key made: the value that is to be set, and the new key of it.
async fn new_key(url: &str, old: &str) -> (String, String) {
    let (well, said) = run(url, old, &ROTATE).await;
    assert!(well && said.contains("Nothing is changed yet"), "{said}");
    let line = said.lines().find(|line| line.trim().ends_with(old));
    let both = line.expect("the value").trim().to_owned();
    let new = both.split(' ').next().expect("the new one").to_owned();
    (both, new)
}

/// Many citizens, one of whom has said STOP: whose lookup it is.
async fn crowd(records: &Records, keys: &Keyring) -> String {
    let crowd = (1..=CROWD).map(|n| seal_as(records, keys, n));
    futures_util::future::join_all(crowd).await;
    let stopped = keys.lookup(&caller(1));
    assert_eq!(records.opt_out("sms-bj", &stopped, NOW).await, Ok(true));
    stopped
}

fn root(key: &str) -> [PhoneKey; 1] {
    [PhoneKey::new(&bytes(key))]
}

fn bytes(key: &str) -> [u8; 32] {
    let bytes = STANDARD.decode(key).expect("base64");
    bytes.try_into().expect("32 bytes")
}

/// SQLite holds no row: the last one cannot be written.
const HELD: &str = "CREATE TRIGGER held BEFORE UPDATE ON citizen \
     WHEN NEW.lookup = (SELECT MAX(lookup) FROM citizen) BEGIN SELECT RAISE(ABORT, 'held'); END";

/// The same; the last number is held, so that not all can have been done by then.
async fn broken_off(
    records: &Records,
    url: &str,
    both: &str,
    old: &str,
    hold: Option<sqlx::PgConnection>,
) -> usize {
    if let Some(mut conn) = hold {
        let mut held = conn.begin().await.expect("begins");
        sqlx::query("SELECT lookup FROM citizen ORDER BY lookup DESC LIMIT 1 FOR UPDATE")
            .execute(&mut *held)
            .await
            .expect("held");
        let left = killed_in_the_middle(records, url, both, old).await;
        held.rollback().await.expect("let go");
        return left;
    }
    let mut conn = sqlx::SqliteConnection::connect(url).await.expect("opens");
    sqlx::query(HELD).execute(&mut conn).await.expect("held");
    let left = killed_in_the_middle(records, url, both, old).await;
    let let_go = sqlx::query("DROP TRIGGER held").execute(&mut conn);
    let_go.await.expect("let go");
    left
}

async fn a_new_phone_key(url: &str, hold: Option<sqlx::PgConnection>) {
    let (receiver, aggregator) = (Partner::receiver(), Partner::africas_talking("ATXid_1"));
    let wanted = |phone_keys: Vec<[u8; 32]>| Wanted {
        receiver: Some(&receiver),
        aggregator: Some(&aggregator),
        records: Some(url.to_owned()),
        phone_keys,
        ..Wanted::default()
    };
    let gateway = Gateway::start(wanted(vec![OLD])).await;
    let alias = text(&gateway, &receiver, &aggregator, "before").await;
    let records = Records::open(url).await.expect("opens");
    let before = keys::open(&records, &[PhoneKey::new(&OLD)], NOW).await;
    let before = before.expect("opens");
    let stopped = crowd(&records, &before).await;

    let old = STANDARD.encode(OLD);
    let (both, new) = new_key(url, &old).await;
    let left = broken_off(&records, url, &both, before.id(), hold).await;
    assert!(left > 0, "the last number is held");
    // Some are sealed with one key and some with the other, and the service knows the old phone
    // key only.
    assert_eq!(
        text(&gateway, &receiver, &aggregator, "between").await,
        alias
    );

    let (well, said) = run(url, &both, &ROTATE).await;
    assert!(well && said.starts_with("sealed anew: "), "{said}");
    eprintln!("{}", said.lines().next().unwrap_or_default());
    let after = keys::open(&records, &root(&new), NOW).await.expect("opens");
    assert_eq!(sealed(&records, after.id()).await.1, 0, "none is left");
    for n in [1, CROWD / 2, CROWD] {
        let lookup = after.lookup(&caller(n));
        let number = records.sealed_number(&lookup).await.expect("answers");
        assert!(after.open(&number.expect("kept"), &lookup).is_some());
    }
    assert_eq!(records.opted_out("sms-bj", &stopped).await, Ok(true));
    // The old one opens nothing any more, and says which one is needed.
    let refused = keys::open(&records, &root(&old), NOW).await;
    assert!(
        matches!(refused, Err(NoKeys::Missing { .. })),
        "{refused:?}"
    );
    // Who runs goes on all the same.
    assert_eq!(text(&gateway, &receiver, &aggregator, "after").await, alias);
    let (well, said) = run(url, &both, &ROTATE).await;
    assert!(well && said.contains("already"), "{said}");
    gateway.stop().await;

    let gateway = Gateway::start(wanted(vec![bytes(&new)])).await;
    assert_eq!(text(&gateway, &receiver, &aggregator, "later").await, alias);
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_number_is_sealed_anew_in_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    a_new_phone_key(database(folder.path()).expose(), None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_number_is_sealed_anew_on_postgres() {
    let server = postgres::shared();
    let url = server.database().await;
    let name = url.rsplit('/').next().expect("a name").to_owned();
    a_new_phone_key(&url, Some(server.raw(&name).await)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn serve_names_the_key_that_it_needs() {
    let mut shipped = Shipped::new();
    shipped.set_secrets(super::support::gateway::WEBHOOK_SECRET);
    shipped.serve().stop();
    shipped.unset("PASSERELLE_PRIVACY__KEY");
    shipped.set("PASSERELLE_PRIVACY__KEY", &STANDARD.encode([8; 32]));
    let output = shipped.command("serve").output().expect("ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let (needed, given) = (PhoneKey::new(&OLD), PhoneKey::new(&[8; 32]));
    let told = format!(
        "the records need the phone key {}, and there is only {}",
        needed.id(),
        given.id()
    );
    assert!(said.contains(&told), "{said}");
    shipped.set("PASSERELLE_PRIVACY__PREVIOUS_KEYS", &STANDARD.encode(OLD));
    assert!(shipped.serve().stop().0);
}

#[test]
fn a_key_in_a_file_is_put_above_the_old_one() {
    let mut shipped = Shipped::new();
    shipped.set_secrets(super::support::gateway::WEBHOOK_SECRET);
    let file = shipped.path().join("phone.key");
    std::fs::write(&file, format!("{}\n", STANDARD.encode(OLD))).expect("written");
    shipped.unset("PASSERELLE_PRIVACY__KEY");
    shipped.set(
        "PASSERELLE_PRIVACY__KEY",
        &format!("file:{}", file.display()),
    );
    shipped.serve().stop();
    let rotate = || {
        let mut command = shipped.bare();
        let output = command.args(ROTATE).output().expect("runs");
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    };
    let (well, said) = rotate();
    assert!(well && said.contains("holds the new phone key"), "{said}");
    let held = std::fs::read_to_string(&file).expect("there");
    assert!(held.ends_with(&format!("\n{}\n", STANDARD.encode(OLD))));
    assert!(!said.contains(held.lines().next().expect("the new one")));
    let (well, said) = rotate();
    assert!(well && said.contains("sealed anew: 0 numbers"), "{said}");
    let new = held.lines().next().expect("the new one");
    std::fs::write(&file, new).expect("written");
    assert!(shipped.serve().stop().0);
}
