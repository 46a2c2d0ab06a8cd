//! `passerelle secret rotate webhook`: for an overlap both secrets sign.

use std::os::unix::fs::PermissionsExt;

use super::support::gateway::WEBHOOK_SECRET;
use super::support::partner::{Partner, Received};
use super::support::served::Shipped;

/// Runs `passerelle secret rotate webhook …`; how it ends and what it says.
fn rotate(shipped: &Shipped, args: &[&str]) -> (Option<i32>, String) {
    let mut command = shipped.bare();
    command.args(["secret", "rotate", "webhook"]).args(args);
    let output = command.output().expect("runs");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    (output.status.code(), said)
}

/// The word in a text that begins so.
fn word<'a>(text: &'a str, prefix: &str) -> &'a str {
    let found = text.split_whitespace().find(|w| w.starts_with(prefix));
    found.unwrap_or_else(|| panic!("no {prefix} in {text}"))
}

/// How many of a letter's signatures the public library finds right with this secret.
fn verified(letter: &Received, secret: &str) -> usize {
    let oracle = standardwebhooks::Webhook::new(secret).expect("a secret");
    let at = letter.header("webhook-timestamp").parse().expect("a time");
    let right = oracle.sign(letter.header("webhook-id"), at, letter.body.as_bytes());
    let right = right.expect("signs");
    let signatures = letter.header("webhook-signature").split(' ');
    signatures.filter(|given| *given == right).count()
}

/// bj-sante's events go to this receiver, signed with what a file holds.
fn kept_in_a_file(receiver: &Partner) -> Shipped {
    let mut shipped = Shipped::new();
    shipped.set_secrets(WEBHOOK_SECRET);
    let sante = "institutions/bj-sante.toml";
    let url = "\"https://hooks.example.org/bj-sante\"";
    let here = format!("\"{}\"\nprivate = true", receiver.url);
    shipped.edit(sante, url, &here);
    shipped.edit(sante, "env:BJ_SANTE_SECRET", "file:sante.secret");
    let file = shipped.path().join("sante.secret");
    std::fs::write(file, format!("{WEBHOOK_SECRET}\n")).expect("written");
    shipped
}

#[tokio::test(flavor = "multi_thread")]
async fn for_an_overlap_both_secrets_sign_and_the_file_is_changed_whole() {
    let receiver = Partner::receiver();
    let shipped = kept_in_a_file(&receiver);
    let path = shipped.path().join("sante.secret");
    let ours = std::fs::Permissions::from_mode(0o640);
    std::fs::set_permissions(&path, ours).expect("ours");
    let served = shipped.serve();
    served.text_sante("before").await;
    assert_eq!(verified(&receiver.next().await, WEBHOOK_SECRET), 1);

    let (code, said) = rotate(&shipped, &["bj-sante", "--overlap", "3s"]);
    assert_eq!(code, Some(0), "{said}");
    let new = word(&said, "whsec_");
    assert!(!said.contains(WEBHOOK_SECRET), "{said}");
    let held = std::fs::read_to_string(&path).expect("there");
    let both = format!("{new}\n{WEBHOOK_SECRET} until ");
    assert!(held.starts_with(&both), "one under the other");
    let permissions = std::fs::metadata(&path).expect("there").permissions();
    assert_eq!(permissions.mode() & 0o777, 0o640);
    served.reload().await;
    served.text_sante("during").await;
    let letter = receiver.next().await;
    let both = [verified(&letter, new), verified(&letter, WEBHOOK_SECRET)];
    // A slow machine may have spent the overlap: then the new one signs alone.
    assert!(both == [1, 1] || both == [1, 0], "{both:?}");

    // The overlap ends by itself.
    for nth in 0.. {
        served.text_sante(&format!("after{nth}")).await;
        let letter = receiver.next().await;
        assert_eq!(verified(&letter, new), 1);
        if verified(&letter, WEBHOOK_SECRET) == 0 {
            break;
        }
    }

    // On to a key pair: the institution gets the public half.
    let (code, said) = rotate(&shipped, &["bj-sante", "--kind", "ed25519"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(word(&said, "whpk_").len() > 40 && !said.contains("whsk_"));
    served.reload().await;
    served.text_sante("pair").await;
    let letter = receiver.next().await;
    let newest = letter.header("webhook-signature");
    assert!(newest.starts_with("v1a,"), "{newest}");
    assert_eq!(verified(&letter, new), 1, "and the one before");
    assert!(served.stop().0);
}

#[test]
fn what_is_not_ours_to_write_is_told() {
    let mut shipped = Shipped::new();
    let (code, said) = rotate(&shipped, &["bj-sante"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("BJ_SANTE_SECRET is not at hand"), "{said}");
    shipped.set_secrets(WEBHOOK_SECRET);
    let (code, said) = rotate(&shipped, &["bj-sante"]);
    assert_eq!(code, Some(0), "{said}");
    let line = said.lines().find(|l| l.contains(WEBHOOK_SECRET));
    let value = line.expect("the value").trim();
    assert!(value.starts_with("whsec_") && value.contains(" until "));
    // It is what the files take.
    let check = |value: &str| {
        let mut command = shipped.command("check");
        let ended = command.env("BJ_SANTE_SECRET", value).output();
        ended.expect("runs").status.code()
    };
    assert_eq!(check(value), Some(0));
    assert_eq!(check(&value.replace(" until ", " till ")), Some(1));
    assert_eq!(rotate(&shipped, &["bj-nobody"]).0, Some(1));
    assert_eq!(
        rotate(&shipped, &["bj-sante", "--overlap", "soon"]).0,
        Some(2)
    );
}
