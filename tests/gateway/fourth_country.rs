//! A fourth country is files and nothing else: Togo, dialled, texted, and heard.
//!
//! What these files say is an example: only the calling code and the regions' ISO codes are facts;
//! the numbering is what libphonenumber has, and nobody was asked.

use std::fs;

use serde_json::Value;

use super::support::gateway::WEBHOOK_SECRET;
use super::support::partner::Partner;
use super::support::served::{Served, Shipped};
use super::support::{candid, desk};

const COUNTRY: &str = r#"
name.fr = "Togo"
name.en = "Togo"
name.rw = "Togo"
languages = ["fr", "en"]
default_language = "fr"
utc_offset = "+00:00"
desk = "tg-desk"

[numbering]
calling_code = "228"
mobile = '(?:7[0-29]|9[0-36-9])\d{6}'
fixed = '2[2-7]\d{6}'

[[operators]]
id = "togocom"
name = "Togocom"
networks = ["61501"]
prefixes = ["90", "91", "92", "93", "70", "71", "72"]

[[operators]]
id = "moov"
name = "Moov"
networks = ["61503"]
prefixes = ["79", "96", "97", "98", "99"]
"#;

const PLACES: &str = "code,name,level,parent,aliases
TG,Togo,pays,
TG-C,Centrale,region,TG
TG-K,Kara,region,TG
TG-M,Maritime,region,TG
TG-M-1,Lomé,commune,TG-M,Lome ville
TG-P,Plateaux,region,TG
TG-S,Savanes,region,TG
";

const CHANNEL: &str = r#"
aggregator = "africas-talking"
country = "TG"
operator = "togocom"
menu = "feedback"
ussd = ["*7344#"]
sms = ["7344"]
[access]
secret = "env:TG_SECRET"
[credentials]
url = "AGGREGATOR"
username = "u"
api_key = "env:TG_KEY"
sender = "7344"
"#;

fn institution((id, order): (&str, u8), name: &str, keyword: &str, receiver: &str) -> String {
    format!(
        "country = \"TG\"\norder = {order}\nname.fr = \"{name}\"\nname.en = \"{name}\"\nkeywords = [\"{keyword}\"]\n\
         reply_within = \"5 working days\"\ncovers = [\"TG\"]\n[[webhooks]]\n\
         url = \"{receiver}/{id}\"\nprivate = true\nsecret = \"env:TG_HOOK_SECRET\"\n\
         events = [\"feedback.*\", \"reply.*\"]\n[api]\ntoken = \"env:TG_TOKEN_{keyword}\"\n"
    )
}

/// The shipped configuration with four files more, and a menu that asks about the number.
fn with_togo(receiver: &Partner, aggregator: &Partner) -> Shipped {
    let mut shipped = Shipped::new();
    let config = shipped.path().join("config");
    let write = |path: &str, text: &str| fs::write(config.join(path), text).expect("written");
    write("countries/tg.toml", COUNTRY);
    write("places/tg.csv", PLACES);
    let channel = CHANNEL.replace("AGGREGATOR", &aggregator.url);
    write("channels/togocom-tg.toml", &channel);
    for (id, name, keyword) in [
        (("tg-sante", 10), "Ministère de la Santé", "sante"),
        (("tg-desk", 90), "Médiateur", "mediateur"),
    ] {
        let text = institution(id, name, keyword, &receiver.url);
        write(&format!("institutions/{}.toml", id.0), &text);
    }
    write("menus/feedback.toml", candid::MENU);
    for (path, from, to) in candid::EDITS {
        shipped.edit(path, from, to);
    }
    shipped.set_secrets(WEBHOOK_SECRET);
    shipped
}

async fn post(served: &Served, door: &str, fields: &[(&str, &str)]) -> String {
    let answer = reqwest::Client::new()
        .post(format!("{}/callbacks/togocom-tg/{door}", served.url))
        .header("X-Passerelle-Secret", "value of TG_SECRET")
        .form(fields)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status().as_u16(), 200);
    answer.text().await.expect("a body")
}

async fn dial(served: &Served, from: &str, keys: &[&str]) -> Vec<String> {
    let mut screens = Vec::new();
    for typed in 0..=keys.len() {
        let text = keys[..typed].join("*");
        let fields = [
            ("sessionId", from),
            ("phoneNumber", from),
            ("serviceCode", "*7344#"),
            ("text", &text),
        ];
        screens.push(post(served, "ussd", &fields).await);
    }
    screens
}

#[tokio::test]
async fn togo_is_files_and_no_code() {
    let (receiver, aggregator) = (Partner::receiver(), Partner::africas_talking("at-tg"));
    let shipped = with_togo(&receiver, &aggregator);
    let check = shipped.command("check").output().expect("runs");
    let told = String::from_utf8_lossy(&[check.stdout, check.stderr].concat()).into_owned();
    assert!(check.status.success(), "{told}");
    let served = shipped.serve();

    let screens = dial(&served, "+22890123456", &["1", "1", "L'eau manque", "1"]).await;
    assert!(
        screens[0].contains("Ministère de la Santé"),
        "{}",
        screens[0]
    );
    assert!(screens[4].starts_with("END "), "{}", screens[4]);
    let event = desk::event(&receiver, "feedback.received").await;
    assert_eq!(
        (&event["country"], &event["institution"]),
        (&"TG".into(), &"tg-sante".into())
    );
    assert_eq!(event["channel"]["operator"], "togocom");
    assert_eq!(event["citizen"]["phone"], "+22890123456");
    assert!(event["reply_by"].is_string(), "{event}");

    // The same phone as people there write it, and a place by another of its names.
    let fields = [
        ("from", "90123457"),
        ("to", "7344"),
        ("id", "mo-1"),
        ("text", "sante lome ville mauvais, attente de cinq heures"),
    ];
    post(&served, "sms", &fields).await;
    let event = desk::event(&receiver, "feedback.received").await;
    assert_eq!(event["place"]["code"], "TG-M-1");
    assert_eq!(
        event["place"]["path"],
        serde_json::json!(["Maritime", "Lomé"])
    );
    let confirmed = aggregator.next().await;
    assert_eq!(confirmed.form("to"), "+22890123457");
    let code = event["code"].as_str().expect("a code");
    assert!(confirmed.form("message").contains(code));

    let reply = reqwest::Client::new()
        .post(format!("{}/v1/feedback/{}/replies", served.url, id(&event)))
        .bearer_auth("value of TG_TOKEN_sante")
        .json(&serde_json::json!({ "text": "Nous venons" }))
        .send()
        .await;
    assert_eq!(reply.expect("an answer").status().as_u16(), 202);
    assert!(served.stop().0);
}

fn id(event: &Value) -> &str {
    event["id"].as_str().expect("an id")
}
