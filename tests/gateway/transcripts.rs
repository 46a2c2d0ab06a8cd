//! Dialogues from the first word to the last, written down in `tests/fixtures/dialogues` so that
//! whoever speaks the language can read what a citizen and an institution see.

use passerelle::domain::feedback::Status;
use passerelle::domain::redact::Words;
use passerelle::flows::verdict::{Taken, Verdict};

use super::support::town::Town;

const BENIN: (&str, &str) = ("bj", "+2290163109595");
const RWANDA: (&str, &str) = ("rw", "+250788308559");
const CONGO: (&str, &str) = ("cg", "+242068789853");

#[tokio::test]
async fn praise_by_ussd() {
    let overseen = [(
        "institutions/rw-minisante.toml",
        "country = \"RW\"",
        "country = \"RW\"\noverseen_by = \"rw-desk\"",
    )];
    let mut town = Town::new("Praise by USSD, in English", RWANDA, &overseen).await;
    let keys = ["2", "1", "1", "1", "2", "Kind nurses", "1"];
    town.dial(&keys).await;
    town.settle().await;
    town.answers("rw-minisante", "Thank you! We have told them.")
        .await;
    town.ends_as_written("praise-by-ussd");
}

#[tokio::test]
async fn not_ours() {
    let mut town = Town::new("Not ours, in Kinyarwanda", RWANDA, &[]).await;
    town.text("Ikibazo ubuzima Gasabo amatara yo ku muhanda ntiyaka")
        .await;
    town.later(24);
    town.not_ours("rw-minisante", Some("rw-minaloc"), "ni iby'akarere")
        .await;
    town.later(24);
    town.not_ours("rw-minaloc", Some("rw-minisante"), "si ibyacu")
        .await;
    town.ends_as_written("not-ours");
}

#[tokio::test]
async fn overdue_and_escalated() {
    let overseen = [(
        "institutions/bj-sante.toml",
        "country = \"BJ\"",
        "country = \"BJ\"\noverseen_by = \"bj-desk\"",
    )];
    let mut town = Town::new("Overdue and escalated, in French", BENIN, &overseen).await;
    town.text("PLAINTE sante Cotonou cinq heures d'attente")
        .await;
    town.says("bj-sante", Status::Opened).await;
    town.later(4 * 24);
    town.settle().await;
    town.later(4 * 24);
    town.settle().await;
    // It is told once.
    town.later(7 * 24);
    town.settle().await;
    town.ends_as_written("overdue-and-escalated");
}

#[tokio::test]
async fn resolved_not_fixed_reopened() {
    let mut town = Town::new("Resolved, not fixed, reopened, in French", CONGO, &[]).await;
    town.text("PLAINTE sante Brazzaville pas d'eau au dispensaire")
        .await;
    town.answers("cg-sante", "La pompe est en panne. Une equipe vient lundi.")
        .await;
    town.later(72);
    town.says("cg-sante", Status::Resolved).await;
    town.text("Non, toujours pas d'eau").await;
    // Said twice, it is said once.
    let again = Verdict::NotFixed(Some(Words::new("toujours pas d'eau")));
    assert_eq!(town.verdict(again).await, Taken::NotAsked);
    town.later(24);
    town.says("cg-sante", Status::Resolved).await;
    town.text("1").await;
    assert_eq!(town.verdict(Verdict::Fixed).await, Taken::NotAsked);
    town.ends_as_written("resolved-not-fixed-reopened");
}
