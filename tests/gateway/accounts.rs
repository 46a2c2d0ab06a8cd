//! What institutions read and change through the API is in the audit, in its chain.

use passerelle::domain::audit::Walk;
use passerelle::store::Records;
use reqwest::Method;
use serde_json::{Value, json};

use super::consent::on_both_databases;
use super::rights_by_command::{passerelle, said};
use super::support::gateway::{Gateway, Wanted, database};
use super::support::partner::Partner;
use super::support::{candid, desk, phone};

async fn call(gateway: &Gateway, method: Method, path: &str, body: Value) -> u16 {
    let request = gateway.api(method, path, "bj-sante").json(&body);
    request.send().await.expect("answers").status().as_u16()
}

/// What was done, as the audit has it; its chain holds.
async fn account(records: &Records) -> Vec<(String, String, String)> {
    let mut walk = Walk::new();
    let mut all = Vec::new();
    for (entry, hash) in records.audit(0, 1000).await.expect("answers") {
        assert!(walk.step(&entry, &hash), "broken at {}", entry.seq);
        all.push((entry.actor, entry.deed, entry.object));
    }
    all
}

/// The ministry reads what it has, three times, answers the first and hands on the second.
async fn act(gateway: &Gateway, ids: &[String]) {
    let none = json!(null);
    let one = format!("/v1/feedback/{}", ids[0]);
    for _ in 0..3 {
        let list = call(gateway, Method::GET, "/v1/feedback", none.clone()).await;
        let shown = call(gateway, Method::GET, &one, none.clone()).await;
        assert_eq!((list, shown), (200, 200));
    }
    let reply = json!({"text": "Nous venons"});
    let replies = format!("{one}/replies");
    assert_eq!(call(gateway, Method::POST, &replies, reply).await, 202);
    let resolved = json!({"status": "resolved"});
    assert_eq!(call(gateway, Method::PATCH, &one, resolved).await, 200);
    let other = format!("/v1/feedback/{}", ids[1]);
    let moved = json!({"status": "not_ours", "to": "bj-education"});
    assert_eq!(call(gateway, Method::PATCH, &other, moved).await, 200);
}

async fn who_read_and_changed_what_is_in_the_chain(records: Option<String>) {
    let receiver = Partner::receiver();
    let gateway = Gateway::start(Wanted {
        receiver: Some(&receiver),
        records: records.clone(),
        files: &candid::FILES,
        edits: &candid::EDITS,
        ..Wanted::default()
    })
    .await;
    let url = records.clone();
    let url = url.unwrap_or_else(|| database(gateway.folder().path()).expose().to_owned());
    let store = Records::open(&url).await.expect("opens");
    let mut ids = Vec::new();
    for session in ["a", "b"] {
        phone::benin(&gateway, session, &["1", "2", "Attente", "1"]).await;
        let event = desk::event(&receiver, "feedback.received").await;
        ids.push(event["id"].as_str().expect("an id").to_owned());
    }
    let one = format!("/v1/feedback/{}", ids[0]);
    // A wrong token reads nothing, and another's feedback is not read.
    let wrong = gateway.http.get(format!("{}{one}", gateway.url));
    let wrong = wrong.bearer_auth("wrong").send().await;
    assert_eq!(wrong.expect("answers").status().as_u16(), 401);
    let other = gateway.api(Method::GET, &one, "bj-police").send().await;
    assert_eq!(other.expect("answers").status().as_u16(), 404);
    assert_eq!(account(&store).await, []);

    act(&gateway, &ids).await;
    let deeds = account(&store).await;
    let by = "institution:bj-sante";
    assert!(deeds.iter().all(|(actor, _, _)| actor == by), "{deeds:?}");
    let what: Vec<(&str, &str)> = deeds
        .iter()
        .map(|(_, d, o)| (d.as_str(), o.as_str()))
        .collect();
    let reply = what[2].1.split_once(' ').expect("two ids").1;
    assert!(reply.starts_with("rp_"));
    assert_eq!(
        what,
        [
            ("feedback.list", &*format!("{} {}", ids[1], ids[0])),
            ("feedback.read", &ids[0]),
            ("feedback.reply", &format!("{} {reply}", ids[0])),
            ("feedback.status", &format!("{} resolved", ids[0])),
            ("feedback.hand_on", &format!("{} to=bj-education", ids[1])),
        ]
    );
    if records.is_none() {
        let folder = gateway.folder();
        let shown = said(&passerelle(folder.path(), &["audit", "list"]).await);
        let line = format!("\t{by}\tfeedback.read\t{}\n", ids[0]);
        assert!(shown.contains(&line), "{shown}");
        let sound = said(&passerelle(folder.path(), &["audit", "verify"]).await);
        assert!(sound.starts_with("5 entries hold"), "{sound}");
    }
    gateway.stop().await;
}

on_both_databases![who_read_and_changed_what_is_in_the_chain];
