//! The networks' own APIs: what they take, and what they report of it.

use serde_json::{Value, json};

use super::*;

fn carry(aggregator: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Carried {
    let (network, channel) = played(aggregator);
    let headers: Vec<_> = headers
        .iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
        .collect();
    let asked = Asked {
        method: "POST",
        path,
        headers: &headers,
        body: body.as_bytes(),
        dice: 9,
    };
    network.carrier().expect("an API").carry(&channel, &asked)
}

#[test]
fn africas_talkings_api_takes_messages_and_reports_them() {
    let body = "username=sandbox&to=%2B250788000001,12&message=Muraho+%C3%A9&from=7344";
    let path = "version1/messaging";
    let carried = carry("africas-talking", path, &[("apikey", "key")], body);
    assert_eq!(carried.answer.status, 201);
    let said: Value = serde_json::from_slice(&carried.answer.body).expect("JSON");
    let recipients = &said["SMSMessageData"]["Recipients"];
    assert_eq!(recipients[0]["statusCode"], 101);
    assert_eq!(recipients[1]["statusCode"], 403);
    let [message] = carried.messages.as_slice() else {
        panic!("one message");
    };
    assert_eq!(recipients[0]["messageId"], message.id.as_str());
    assert!(message.id.starts_with("ATXid_"));
    assert_eq!(
        (message.text.as_str(), message.from.as_str()),
        ("Muraho é", "7344")
    );
    let (network, channel) = played("africas-talking");
    let report = network
        .carrier()
        .expect("an API")
        .report(&channel, message, time());
    let fields = form(&report.body);
    assert_eq!(report.door, "receipt");
    assert_eq!(
        (&fields["id"], fields["status"].as_str()),
        (&message.id, "Success")
    );

    let refused = carry("africas-talking", path, &[("apikey", "wrong")], body);
    assert_eq!((refused.answer.status, refused.messages.len()), (401, 0));
    assert_eq!(
        carry("africas-talking", "elsewhere", &[], body)
            .answer
            .status,
        404
    );
}

#[test]
fn madapis_api_wants_a_token_and_takes_one_receiver() {
    let token_path = "v1/oauth/access_token";
    let granted = carry(
        "mtn-madapi",
        token_path,
        &[],
        "client_id=id&client_secret=hush",
    );
    let granted: Value = serde_json::from_slice(&granted.answer.body).expect("JSON");
    let bearer = format!(
        "Bearer {}",
        granted["access_token"].as_str().expect("a token")
    );
    let refused = carry(
        "mtn-madapi",
        token_path,
        &[],
        "client_id=id&client_secret=x",
    );
    assert_eq!(refused.answer.status, 401);

    let order = |to: &[&str]| {
        json!({"senderAddress": "7344", "receiverAddress": to, "message": "Merci"}).to_string()
    };
    let path = "v2/messages/sms/outbound";
    let headers = [("authorization", bearer.as_str())];
    let carried = carry("mtn-madapi", path, &headers, &order(&["242066000001"]));
    assert_eq!(carried.answer.status, 201);
    let said: Value = serde_json::from_slice(&carried.answer.body).expect("JSON");
    assert_eq!(said["transactionId"], carried.messages[0].id.as_str());
    let (network, channel) = played("mtn-madapi");
    let carrier = network.carrier().expect("an API");
    let report = json_of(&carrier.report(&channel, &carried.messages[0], time()));
    assert_eq!(report["deliveryStatus"], "DELIVRD");
    assert_eq!(report["transactionId"], said["transactionId"]);

    let two = order(&["242066000001", "242066000002"]);
    assert_eq!(carry("mtn-madapi", path, &headers, &two).answer.status, 400);
    assert_eq!(
        carry("mtn-madapi", path, &[], &order(&["242066000001"]))
            .answer
            .status,
        401
    );
}
