//! Addresses that fail: how they are left alone, disabled, known to all instances and brought back.

use passerelle::domain::feedback::Standing;
use passerelle::store::Records;
use passerelle::store::records::Delivery;

use super::support::gateway::{Gateway, Wanted, database};
use super::support::hallway::Hallway;
use super::support::partner::{PATIENCE, Partner};
use super::support::served::Shipped;

const HOUR: i64 = 3_600_000;

async fn records() -> Records {
    Records::open("sqlite::memory:").await.expect("opens")
}

async fn delivery(hallway: &Hallway, id: &str) -> Delivery {
    let found = hallway.gateway.records.delivery(id).await;
    found.expect("answers").expect("there")
}

#[tokio::test]
async fn five_days_of_failures_disable_an_address_for_every_instance() {
    let receiver = Partner::start(500, "down");
    let records = records().await;
    let at = |hour: i64| {
        let hallway = Hallway::delivering(&records, &receiver, None);
        hallway.later(hour * HOUR);
        hallway
    };
    let known = async || records.troubles().await.expect("answers");
    // Two letters a day, and a restart: the next life knows what the last one knew.
    let mut one = at(0);
    for hour in 0..120 {
        if hour % 24 == 0 {
            one = at(hour.into());
        }
        if hour % 12 == 0 {
            one.file(hour).await;
        }
        while one.work().await > 0 {}
        one.later(HOUR);
    }
    let troubles = known().await;
    assert!(troubles[0].disabled_at.is_none(), "{troubles:?}");
    one.file(120).await;
    for _ in 0..3 {
        while one.work().await > 0 {}
        one.later(HOUR);
    }
    let troubles = known().await;
    assert!(troubles[0].disabled_at.is_some(), "{troubles:?}");

    // Another one does not try it even once.
    while receiver.waiting() > 0 {
        receiver.next().await;
    }
    let other = at(130);
    let id = other.file(500).await;
    while other.work().await > 0 {}
    let given_up = delivery(&other, &id).await;
    assert_eq!(given_up.standing, Standing::Dead);
    let why = given_up.why.expect("a reason");
    assert!(why.contains("failed for five days"), "{why}");
    assert_eq!(receiver.waiting(), 0);

    // Given another chance by a third, it learns of that.
    receiver.then((0..20).map(|_| (204, String::new(), None)));
    let institution = given_up.letter.institution.as_str();
    assert_eq!(records.forgive(Some(institution), None).await, Ok(1));
    other.later(6_000);
    let again = records.replay_letter(&id, other.gateway.clock.now());
    assert_eq!(again.await, Ok(true));
    while other.work().await > 0 {}
    assert_eq!(delivery(&other, &id).await.standing, Standing::Delivered);
    assert!(known().await.is_empty());
}

#[tokio::test]
async fn a_receiver_that_asks_for_an_hour_gets_it() {
    let receiver = Partner::receiver();
    receiver.then([(429, "slow down".into(), Some(("Retry-After", "3600")))]);
    let hallway = Hallway::delivering(&records().await, &receiver, None);
    let first = hallway.file(1).await;
    hallway.work().await;
    assert_eq!(receiver.next().await.header("webhook-id"), first);
    let second = hallway.file(2).await;
    for _ in 0..59 {
        while hallway.work().await > 0 {}
        hallway.later(HOUR / 60);
    }
    assert_eq!(receiver.waiting(), 0, "neither the one nor the other");
    let waiting = delivery(&hallway, &second).await;
    assert_eq!(
        (waiting.standing, waiting.letter.attempts),
        (Standing::Pending, 0)
    );
    for _ in 0..30 {
        hallway.later(HOUR / 60);
        while hallway.work().await > 0 {}
    }
    let mut came = [receiver.next().await, receiver.next().await];
    came.sort_by(|a, b| a.header("webhook-id").cmp(b.header("webhook-id")));
    assert_eq!(
        came.each_ref().map(|l| l.header("webhook-id")),
        [&first, &second]
    );
}

#[tokio::test]
async fn a_rate_is_kept_to_and_nothing_is_forgotten() {
    let receiver = Partner::receiver();
    let hallway = Hallway::delivering(&records().await, &receiver, Some("20/s"));
    for n in 0..60 {
        hallway.file(n).await;
    }
    let (mut came, mut moments) = (0, Vec::new());
    for _ in 0..1_000 {
        hallway.work().await;
        let now = receiver.waiting();
        moments.push(now - came);
        came = now;
        if came == 60 {
            break;
        }
        hallway.later(10);
    }
    assert_eq!(came, 60);
    for second in moments.windows(100) {
        let sent: usize = second.iter().sum();
        assert!(sent <= 20 + 2, "{sent} in a second");
    }
    assert!(
        moments.len() < 500,
        "and about as fast as that: {}",
        moments.len()
    );
}

#[tokio::test]
async fn what_is_new_goes_before_all_that_has_waited() {
    let receiver = Partner::start(500, "");
    let hallway = Hallway::delivering(&records().await, &receiver, None);
    for n in 0..300 {
        hallway.file(n).await;
    }
    while hallway.work().await > 0 {}
    hallway.later(24 * HOUR);
    let well = Partner::receiver();
    hallway.plug(&well, None);
    let new = hallway.file(1_000).await;
    hallway.work().await;
    assert_eq!(well.next().await.header("webhook-id"), new);
    // What waited comes at its own pace, all of it.
    for _ in 0..2_000 {
        hallway.later(100);
        while hallway.work().await > 0 {}
        if well.waiting() == 300 {
            break;
        }
    }
    assert_eq!(well.waiting(), 300);
}

#[tokio::test]
async fn a_letter_follows_its_institution_to_a_new_address_under_the_same_id() {
    let (old, new) = (Partner::start(500, "moved away"), Partner::receiver());
    let hallway = Hallway::delivering(&records().await, &old, None);
    let id = hallway.file(1).await;
    for _ in 0..6 {
        while hallway.work().await > 0 {}
        hallway.later(HOUR);
    }
    let refused = old.next().await;
    assert_eq!(refused.header("webhook-id"), id);
    hallway.plug(&new, None);
    // At once, although its next try would have been in hours.
    while hallway.work().await > 0 {}
    let taken = new.next().await;
    assert_eq!(
        (taken.header("webhook-id"), &taken.body),
        (id.as_str(), &refused.body)
    );
    assert_eq!(taken.path, "/bj-sante");
    let settled = delivery(&hallway, &id).await;
    assert_eq!(
        (settled.standing, settled.answer),
        (Standing::Delivered, None)
    );
}

/// Files a text with bj-sante.
async fn text(gateway: &Gateway, id: &str) {
    let fields = [
        ("from", "+2290163109595"),
        ("to", "7344"),
        ("text", "sante leau est coupee"),
        ("id", id),
    ];
    let (status, said) = gateway.form("/callbacks/sms-bj/sms", &fields).await;
    assert_eq!(status, 200, "{said}");
}

/// What `passerelle deliveries` says, and how it ends.
fn run(shipped: &Shipped, args: &[&str]) -> (Option<i32>, String) {
    let output = shipped.command("deliveries").args(args).output();
    let output = output.expect("runs");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    (output.status.code(), said)
}

#[tokio::test]
async fn the_operator_reads_what_a_receiver_said_and_brings_an_address_back() {
    let receiver = Partner::receiver();
    let said = "unknown sender +229 01 63 10 95 95 wrote: sante leau est coupee";
    receiver.then([(410, said.into(), None)]);
    let wanted = |folder| Wanted {
        receiver: Some(&receiver),
        folder,
        ..Wanted::default()
    };
    let gateway = Gateway::start(wanted(None)).await;
    text(&gateway, "one").await;
    let refused = receiver.next().await;
    let folder = gateway.stop().await;
    // The next life of the process knows.
    let gateway = Gateway::start(wanted(Some(folder))).await;
    text(&gateway, "two").await;
    let host = receiver.url.trim_start_matches("http://");
    let lines = [
        r#"passerelle_attempts_total{kind="letter",outcome="given_up"} 1"#.to_owned(),
        format!("passerelle_endpoint_disabled{{institution=\"bj-sante\",host=\"{host}\"}} 1"),
    ];
    eventually(async || {
        let asked = gateway
            .http
            .get(format!("{}/metrics", gateway.admin))
            .send();
        let metrics = asked.await.expect("an answer").text().await;
        let metrics = metrics.expect("metrics");
        lines.iter().all(|line| metrics.contains(line))
    })
    .await;
    let folder = gateway.stop().await;
    assert_eq!(receiver.waiting(), 0);

    let mut shipped = Shipped::new();
    shipped.set("PASSERELLE_RECORDS__URL", database(folder.path()).expose());
    let (_, card) = run(&shipped, &["show", refused.header("webhook-id")]);
    let kept = "The receiver said:\nunknown sender +… wrote: …\n";
    assert!(card.contains(kept), "{card}");
    let (_, listed) = run(&shipped, &["endpoints"]);
    assert!(listed.starts_with("bj-sante\tdisabled\t"), "{listed}");
    assert_eq!(run(&shipped, &["enable", "bj-police"]).0, Some(1));
    assert_eq!(run(&shipped, &["enable", "bj-sante"]).0, Some(0));
    assert_eq!(run(&shipped, &["endpoints"]).1, "");
    let (_, replayed) = run(&shipped, &["replay", "--all-dead"]);
    assert!(replayed.contains("2 are on their way again"), "{replayed}");
    let gateway = Gateway::start(wanted(Some(folder))).await;
    receiver.next().await;
    receiver.next().await;
    gateway.stop().await;
}

/// Asks until it is so, or patience ends.
async fn eventually(mut is_so: impl AsyncFnMut() -> bool) {
    let asking = async { while !is_so().await {} };
    tokio::time::timeout(PATIENCE, asking)
        .await
        .expect("it became so in time");
}
