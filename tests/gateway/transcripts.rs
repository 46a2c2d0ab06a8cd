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

#[tokio::test]
async fn complaint_by_sms() {
    let mut town = Town::new("An ordinary complaint by SMS, in French", BENIN, &[]).await;
    town.text("SANTE Cotonou 5h d'attente à la maternité").await;
    town.text("2").await;
    town.minutes_later(20);
    town.answers("bj-sante", "Deux sages-femmes de plus dès lundi.")
        .await;
    let code = town.code(1).to_lowercase().replace('-', " ");
    town.text(&format!("Suivi {code}")).await;
    town.ends_as_written("complaint-by-sms");
}

#[tokio::test]
async fn added_words() {
    let mut town = Town::new("Words added, in Kinyarwanda", RWANDA, &[]).await;
    town.text("Ikibazo ubuzima Gasabo nta muganga uhari").await;
    town.later(30);
    town.text("Uyu munsi nabwo nta muganga").await;
    let code = town.code(1);
    town.text_from(
        "+250788308550",
        &format!("{code} nanjye ni uko byangendekeye"),
    )
    .await;
    town.ends_as_written("added-words");
}

#[tokio::test]
async fn a_word_too_few() {
    let mut town = Town::new("Whom is it for? In French", BENIN, &[]).await;
    town.text("Bonjour, il n'y a personne au guichet depuis ce matin")
        .await;
    town.text("la police de Parakou, c'est mal").await;
    town.ends_as_written("whom-is-it-for");
}

#[tokio::test]
async fn two_threads() {
    let mut town = Town::new("Two open threads, in English", RWANDA, &[]).await;
    town.text("Complaint health Gasabo no doctor today").await;
    town.later(20);
    town.text("Complaint police Huye they asked for money")
        .await;
    town.later(20);
    town.text("And again this morning").await;
    town.text("2").await;
    town.later(20);
    town.text("It is about something else").await;
    town.text("3").await;
    town.later(20);
    // No answer: it is filed all the same, and once.
    town.text("Still nobody there").await;
    town.minutes_later(31);
    town.settle().await;
    town.ends_as_written("two-threads");
}

#[tokio::test]
async fn rights_by_sms() {
    let mut town = Town::new("STOP, INFO, START and EFFACER, in French", BENIN, &[]).await;
    town.text("Info").await;
    town.text("PLAINTE sante Cotonou rien ne marche").await;
    town.text("STOP aux pannes").await;
    town.text(" stop. ").await;
    town.answers("bj-sante", "Merci, nous venons.").await;
    let code = town.code(1);
    town.text(&format!("SUIVI {code}")).await;
    town.text("START").await;
    town.answers("bj-sante", "C'est repare.").await;
    town.text("SUIVI").await;
    town.text("AIDE").await;
    town.text("SUIVI K7M-2QX-9").await;
    town.text("Effacer").await;
    town.text(&format!("SUIVI {code}")).await;
    town.ends_as_written("rights-by-sms");
}
