//! `passerelle citizen` and `passerelle audit`, as an operator runs them beside a running service.

use std::path::Path;
use std::process::{Command, Output};

use passerelle::domain::audit::Actor;
use passerelle::store::Records;
use passerelle::store::records::Deed;

use super::support::desk;
use super::support::gateway::{Gateway, Wanted, database};
use super::support::partner::Partner;

const SAID: [(&str, &str); 4] = [
    ("from", "+2290163109595"),
    ("to", "7344"),
    ("text", "sante Cotonou motbienvisible"),
    ("id", "mo-1"),
];

pub async fn passerelle(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_passerelle"));
    command
        .args(words)
        .env("PASSERELLE_RECORDS__URL", database(folder).expose())
        .env(
            "PASSERELLE_PRIVACY__KEY",
            "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
        )
        .stdin(std::process::Stdio::null());
    // The service that it runs beside is in this process.
    let ran = tokio::task::spawn_blocking(move || command.output()).await;
    ran.expect("ends").expect("runs")
}

pub fn said(output: &Output) -> String {
    let both = [output.stdout.clone(), output.stderr.clone()].concat();
    String::from_utf8(both).expect("text")
}

#[tokio::test]
async fn a_citizen_is_shown_and_forgotten_beside_a_running_service() {
    let (receiver, aggregator) = (Partner::receiver(), Partner::start(200, "{}"));
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        aggregator: Some(&aggregator),
        ..Wanted::default()
    })
    .await;
    assert_eq!(gateway.form("/callbacks/sms-bj/sms", &SAID).await.0, 200);
    desk::event(&receiver, "feedback.received").await;
    let folder = gateway.folder();

    let shown = passerelle(folder.path(), &["citizen", "show", "+229 01 63 10 95 95"]).await;
    let text = said(&shown);
    assert!(
        shown.status.success() && text.contains("feedback     1\n"),
        "{text}"
    );
    assert!(
        !text.contains("motbienvisible") && !text.contains("63109595"),
        "{text}"
    );
    // The old way of writing it is the same citizen.
    let words = [
        "citizen",
        "show",
        "63109595",
        "--country",
        "bj",
        "--words",
        "--format",
        "json",
    ];
    let shown = passerelle(folder.path(), &words).await;
    let json: serde_json::Value = serde_json::from_slice(&shown.stdout).expect("JSON");
    assert_eq!(json["held"]["number"], true);
    assert_eq!(json["feedback"][0]["text"], "sante Cotonou motbienvisible");

    // Nobody can be asked here: it has to be said.
    let refused = passerelle(folder.path(), &["citizen", "forget", "+2290163109595"]).await;
    assert!(!refused.status.success() && said(&refused).contains("--yes"));
    let words = ["citizen", "forget", "+2290163109595", "--yes"];
    let gone = said(&passerelle(folder.path(), &words).await);
    assert!(
        gone.starts_with("erased: the number and the words of 1 feedback"),
        "{gone}"
    );
    let again = said(&passerelle(folder.path(), &words).await);
    assert_eq!(again, "nothing was held\n");

    // The service goes on, with the same citizen as with a new one.
    let later = [SAID[0], SAID[1], SAID[2], ("id", "mo-2")];
    assert_eq!(gateway.form("/callbacks/sms-bj/sms", &later).await.0, 200);
    desk::event(&receiver, "feedback.received").await;

    let audited = said(&passerelle(folder.path(), &["audit", "list"]).await);
    assert!(
        audited.contains("\toperator\tcitizen.forget\tnumber=1 feedback=1 "),
        "{audited}"
    );
    assert!(!audited.contains("63109595"), "{audited}");
    gateway.stop().await;
}

#[tokio::test]
async fn a_broken_account_shows_where() {
    let folder = tempfile::tempdir().expect("a folder");
    let records = Records::open(database(folder.path()).expose())
        .await
        .expect("opens");
    let deed = |n: i64| Deed {
        actor: Actor::Operator,
        deed: "citizen.show",
        object: format!("feedback={n}"),
        at: n,
    };
    records
        .account((1..=5).map(deed).collect())
        .await
        .expect("noted");
    let sound = passerelle(folder.path(), &["audit", "verify"]).await;
    let text = said(&sound);
    assert!(
        sound.status.success() && text.starts_with("5 entries hold; head "),
        "{text}"
    );
    let head = text.trim().rsplit(' ').next().expect("a hash");

    let url = database(folder.path());
    let mut conn = <sqlx::SqliteConnection as sqlx::Connection>::connect(url.expose())
        .await
        .expect("opens");
    sqlx::query("UPDATE audit SET object = 'feedback=0' WHERE seq = 3")
        .execute(&mut conn)
        .await
        .expect("changed");
    let broken = passerelle(folder.path(), &["audit", "verify"]).await;
    assert_eq!(broken.status.code(), Some(1));
    assert_eq!(said(&broken), "broken at entry 3; the 2 before it hold\n");
    // Whoever cuts off what follows leaves a sound chain, but not the head that was noted.
    sqlx::query("DELETE FROM audit WHERE seq > 2")
        .execute(&mut conn)
        .await
        .expect("cut");
    let cut = passerelle(folder.path(), &["audit", "verify", "--head", head]).await;
    assert_eq!(cut.status.code(), Some(1), "{}", said(&cut));
}
