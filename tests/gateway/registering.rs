//! `passerelle register`: the binary against a stub of MTN.

use std::process::{Command, Output};

use super::support::gateway::WEBHOOK_SECRET;
use super::support::partner::Partner;
use super::support::served::Shipped;

const TOKEN: &str = r#"{"access_token":"not-a-real-token","expires_in":"3599"}"#;

/// MTN Congo's channel with a short code, at this MTN.
fn shipped(mtn: &Partner) -> Shipped {
    let mut shipped = Shipped::new();
    shipped.set_secrets(WEBHOOK_SECRET);
    shipped.set("PASSERELLE_SERVER__PUBLIC_URL", "https://feedback.example/");
    shipped.edit("channels/mtn-cg.toml", "sms = []", "sms = [\"2020\"]");
    let url = format!("[credentials]\nurl = \"{}\"", mtn.url);
    shipped.edit("channels/mtn-cg.toml", "[credentials]", &url);
    shipped
}

fn registering(shipped: &Shipped, arguments: &[&str]) -> Command {
    let mut command = shipped.command("register");
    command.args(arguments);
    command
}

/// Runs it while the stub answers on this runtime.
async fn ran(mut command: Command) -> Output {
    let run = tokio::task::spawn_blocking(move || command.output());
    run.await.expect("ends").expect("runs")
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test]
async fn both_subscriptions_are_made_with_one_token() {
    let mtn = Partner::start(201, "{}");
    mtn.then([
        (200, TOKEN.into(), None),
        (
            201,
            r#"{"statusCode":"0000","data":{"subscriptionId":"sub-1"}}"#.into(),
            None,
        ),
        (403, r#"{"statusCode":"4004"}"#.into(), None),
    ]);
    let shipped = shipped(&mtn);
    let output = ran(registering(&shipped, &["mtn-cg"])).await;
    let said = words(&output.stdout);
    assert!(output.status.success(), "{said}{}", words(&output.stderr));
    assert_eq!(
        said,
        "USSD *1047#: registered as sub-1\nSMS 2020: was registered already\n"
    );
    assert!(mtn.next().await.path.starts_with("/v1/oauth/access_token"));
    let ussd = mtn.next().await;
    assert_eq!(ussd.path, "/v1/messages/ussd/subscription");
    assert_eq!(ussd.header("authorization"), "Bearer not-a-real-token");
    let body = ussd.json();
    assert_eq!(body["serviceCode"], "*1047#");
    let secret = "?secret=value+of+MTN_CG_SECRET";
    assert_eq!(
        body["callbackUrl"],
        format!("https://feedback.example/callbacks/mtn-cg/ussd{secret}")
    );
    let sms = mtn.next().await;
    assert_eq!(sms.path, "/v3/sms/messages/sms/subscription");
    assert_eq!(
        sms.json()["deliveryReportUrl"],
        format!("https://feedback.example/callbacks/mtn-cg/receipt{secret}")
    );
    assert_eq!(mtn.waiting(), 0);
}

#[tokio::test]
async fn a_refusal_is_told_and_fails() {
    let mtn = Partner::start(
        400,
        r#"{"statusCode":"1001","statusMessage":"bad callbackUrl"}"#,
    );
    mtn.then([(200, TOKEN.into(), None)]);
    let shipped = shipped(&mtn);
    let output = ran(registering(&shipped, &["mtn-cg"])).await;
    assert_eq!(output.status.code(), Some(1));
    let said = words(&output.stdout);
    let refused = "refused: HTTP 400 status code 1001 bad callbackUrl";
    assert_eq!(
        said,
        format!("USSD *1047#: {refused}\nSMS 2020: {refused}\n")
    );
}

#[tokio::test]
async fn a_dry_run_shows_the_requests_and_no_secret() {
    let mtn = Partner::start(500, "");
    let shipped = shipped(&mtn);
    let output = ran(registering(&shipped, &["mtn-cg", "--dry-run"])).await;
    let said = words(&output.stdout);
    assert!(output.status.success(), "{}", words(&output.stderr));
    assert!(said.contains(&format!("POST {}/v1/messages/ussd/subscription", mtn.url)));
    assert!(
        said.contains("/callbacks/mtn-cg/ussd?secret=hidden"),
        "{said}"
    );
    assert!(
        !said.contains("value of") && !said.contains("value+of"),
        "{said}"
    );
    assert_eq!(mtn.waiting(), 0);
}

#[tokio::test]
async fn what_cannot_be_registered_says_so() {
    let mtn = Partner::start(500, "");
    let shipped = shipped(&mtn);
    for (channel, why) in [
        ("mtn-bj", "comviva-xml has nothing to register"),
        ("mtn-xx", "there is no channel mtn-xx: there are at-rw,"),
    ] {
        let output = ran(registering(&shipped, &[channel])).await;
        assert_eq!(output.status.code(), Some(1));
        assert!(
            words(&output.stderr).contains(why),
            "{}",
            words(&output.stderr)
        );
    }
    assert_eq!(mtn.waiting(), 0);
}
