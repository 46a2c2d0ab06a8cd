//! Three phones, one a dialect, written out as the networks write it: not with the simulator,
//! which could be wrong in the same way as an interpreter.

use super::gateway::Gateway;

/// MTN Benin: XML, the last input only, the code first.
pub fn comviva(session: &str, input: &str, new: bool, transaction: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<request type="pull"><subscriberInput>{input}</subscriberInput><sessionId>{session}</sessionId>
<msisdn>22963109595</msisdn><newRequest>{}</newRequest><transactionId>{transaction}</transactionId>
<parameters></parameters><freeflow><mode>{}</mode></freeflow></request>"#,
        u8::from(new),
        if new { "FD" } else { "FE" },
    )
}

/// MTN Congo: JSON, the last input only.
pub fn madapi(session: &str, kind: &str, input: &str) -> String {
    serde_json::json!({
        "sessionId": session, "messageType": kind, "msisdn": "242068789853",
        "serviceCode": "1047", "ussdString": input, "cellId": "14921", "language": "en",
    })
    .to_string()
}

/// Dials in Benin and presses these keys; answers every screen's raw answer.
pub async fn benin(gateway: &Gateway, session: &str, keys: &[&str]) -> Vec<String> {
    let mut screens = Vec::new();
    let inputs = std::iter::once("7344").chain(keys.iter().copied());
    for (at, input) in inputs.enumerate() {
        let body = comviva(session, input, at == 0, &format!("{session}-{at}"));
        let (status, text) = gateway
            .post("/callbacks/mtn-bj/ussd", "text/xml", body)
            .await;
        assert_eq!(status, 200, "{text}");
        screens.push(text);
    }
    screens
}

/// Dials in Rwanda; Africa's Talking sends all that was typed.
pub async fn rwanda(gateway: &Gateway, session: &str, keys: &[&str]) -> Vec<String> {
    let mut screens = Vec::new();
    for typed in 0..=keys.len() {
        screens.push(rwanda_step(gateway, session, &keys[..typed].join("*")).await);
    }
    screens
}

/// One callback of Africa's Talking.
pub async fn rwanda_step(gateway: &Gateway, session: &str, text: &str) -> String {
    let fields = [
        ("sessionId", session),
        ("phoneNumber", "+250788308559"),
        ("networkCode", "63513"),
        ("serviceCode", "*384*7344#"),
        ("text", text),
    ];
    let (status, body) = gateway.form("/callbacks/at-rw/ussd", &fields).await;
    assert_eq!(status, 200, "{body}");
    body
}

/// Dials in Congo.
pub async fn congo(gateway: &Gateway, session: &str, keys: &[&str]) -> Vec<String> {
    let mut screens = Vec::new();
    let dial = ("0", "1047");
    for (kind, input) in std::iter::once(dial).chain(keys.iter().map(|k| ("2", *k))) {
        let body = madapi(session, kind, input);
        let (status, text) = gateway
            .post("/callbacks/mtn-cg/ussd", "application/json", body)
            .await;
        assert_eq!(status, 200, "{text}");
        screens.push(text);
    }
    screens
}

/// The code in a last screen.
pub fn code(screen: &str) -> String {
    let code = screen
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .find_map(|word| passerelle::domain::code::parse(word).filter(|_| word.contains('-')));
    code.unwrap_or_else(|| panic!("no code in {screen}"))
}
