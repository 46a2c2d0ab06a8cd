//! The leak drill: phones with distinctive numbers dial and text, in every spelling that networks
//! use; partners answer badly, with the number in what they say. Then every place where a number
//! could have stayed is searched for its digits. In the end one leak is made on purpose, which the
//! same search has to find.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::gateway::WEBHOOK_SECRET;
use super::support::leaks::{self, search};
use super::support::partner::{Partner, Received};
use super::support::redis::Redis;
use super::support::served::{Served, Shipped};
use super::support::{candid, phone, postgres};

/// A network's spellings of one phone in each country, and of one that no plan has any more.
const BENIN: [&str; 7] = [
    "22963271828",
    "+22963271828",
    "0022963271828",
    "2290163271828",
    "+229 01 63 27 18 28",
    "0163271828",
    "63271828",
];
const RWANDA: [&str; 5] = [
    "+250788314159",
    "250788314159",
    "0788314159",
    "788314159",
    "+2500788314159",
];
const CONGO: [&str; 4] = ["242068161803", "+24268161803", "068161803", "68161803"];
const GONE: &str = "+22981141421";

/// What is common to all spellings of one phone, as it would stand in a text, in hexadecimal, in
/// two-byte letters, and as people space it.
fn needles() -> Vec<String> {
    let digits = ["63271828", "788314159", "68161803", "81141421"];
    let mut needles: Vec<String> = digits.map(str::to_owned).to_vec();
    for digits in digits {
        let each = digits.chars();
        needles.push(each.clone().flat_map(|c| ['3', c]).collect());
        needles.push(each.flat_map(|c| [c, '\0']).collect());
    }
    needles.extend(["63 27 18 28", "788 314 159", "68 16 18 03", "788-314-159"].map(str::to_owned));
    needles
}

/// An answer without the phone to which the network is to show it, where its protocol wants that.
fn without_address(body: &str) -> String {
    let mut body = body.to_owned();
    for (from, to) in [("<msisdn>", "</msisdn>"), ("\"msisdn\":\"", "\"")] {
        if let Some((before, rest)) = body.split_once(from)
            && let Some((_, after)) = rest.split_once(to)
        {
            body = format!("{before}{after}");
        }
    }
    body
}

/// Everything that went out of the program but to a phone.
#[derive(Default)]
struct Outgone {
    answers: Vec<String>,
}

impl Outgone {
    async fn call(&mut self, request: reqwest::RequestBuilder) -> (u16, String) {
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let headers = format!("{:?}", answer.headers());
        let body = answer.text().await.expect("a body");
        self.answers.extend([headers, without_address(&body)]);
        (status, body)
    }

    async fn callback(&mut self, served: &Served, path: &str, kind: &str, body: String) -> String {
        let channel = path.split('/').next().unwrap_or_default();
        let secret = channel.to_uppercase().replace('-', "_");
        let request = reqwest::Client::new()
            .post(format!("{}/callbacks/{path}", served.url))
            .header("Content-Type", kind)
            .header("X-Passerelle-Secret", format!("value of {secret}_SECRET"))
            .body(body);
        self.call(request).await.1
    }

    async fn form(&mut self, served: &Served, path: &str, fields: &[(&str, &str)]) -> String {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let kind = "application/x-www-form-urlencoded";
        self.callback(served, path, kind, body).await
    }

    async fn api(&mut self, served: &Served, method: Method, path: &str, body: Value) -> String {
        let request = reqwest::Client::new()
            .request(method, format!("{}{path}", served.url))
            .bearer_auth("value of BJ_SANTE_TOKEN")
            .json(&body);
        self.call(request).await.1
    }

    async fn list(&mut self, served: &Served) -> String {
        self.api(served, Method::GET, "/v1/feedback?limit=200", json!(null))
            .await
    }

    /// A whole dialogue from this phone; answers the last screen.
    async fn dial(&mut self, served: &Served, from: &str, keys: &[&str]) -> String {
        let session = format!("s{}", self.answers.len());
        let mut last = String::new();
        let inputs = std::iter::once("7344").chain(keys.iter().copied());
        for (at, input) in inputs.enumerate() {
            let body = phone::comviva(&session, input, at == 0, &format!("{session}-{at}"));
            let body = body.replace("22963109595", from);
            last = self.callback(served, "mtn-bj/ussd", "text/xml", body).await;
        }
        last
    }
}

/// Every phone in every spelling, on USSD and by SMS; answers how many texts are to be confirmed.
async fn everybody(served: &Served, out: &mut Outgone) -> usize {
    for from in BENIN {
        out.dial(served, from, &["1", "2", "Attente", "1"]).await;
        out.dial(served, from, &["1", "3", "Corruption", "2"]).await;
    }
    for from in RWANDA {
        let session = format!("at{}", out.answers.len());
        for text in ["", "1", "1*2", "1*2*Umurongo", "1*2*Umurongo*1"] {
            let fields = [
                ("sessionId", session.as_str()),
                ("phoneNumber", from),
                ("serviceCode", "*384*7344#"),
                ("networkCode", "63510"),
                ("text", text),
            ];
            out.form(served, "at-rw/ussd", &fields).await;
        }
    }
    for from in CONGO {
        let session = format!("cg{}", out.answers.len());
        for (kind, input) in [
            ("0", "1047"),
            ("2", "1"),
            ("2", "2"),
            ("2", "Eau"),
            ("2", "1"),
        ] {
            let body = phone::madapi(&session, kind, input).replace("242068789853", from);
            out.callback(served, "mtn-cg/ussd", "application/json", body)
                .await;
        }
    }
    let mut texts = 0;
    for (path, spellings) in [
        ("sms-bj/sms", &BENIN[..]),
        ("at-rw/sms", &RWANDA),
        ("sms-cg/sms", &CONGO),
    ] {
        for from in spellings {
            texts += 1;
            let id = format!("mo-{texts}");
            let fields = [
                ("from", *from),
                ("to", "7344"),
                ("id", &id),
                ("text", "sante eau"),
            ];
            out.form(served, path, &fields).await;
        }
    }
    texts
}

/// Strangers, broken machines, and reports that name the phone.
async fn odd_callers(served: &Served, out: &mut Outgone) {
    let from = ("from", GONE);
    let fields = [from, ("to", "7344"), ("id", "odd-1"), ("text", "sante eau")];
    out.form(served, "sms-bj/sms", &fields).await;
    out.dial(served, GONE, &["1", "2", "Attente", "1"]).await;
    let report = [
        ("id", "nobody-knows"),
        ("status", "Failed"),
        ("failureReason", "AbsentSubscriber +250788314159"),
        ("phoneNumber", "+250788314159"),
    ];
    out.form(served, "at-rw/receipt", &report).await;
    let kind = "application/x-www-form-urlencoded";
    let torn = "phoneNumber=%2B250788314159%00%FF&text=788314159%FF";
    out.callback(served, "at-rw/ussd", kind, torn.into()).await;
    let half = r#"{"msisdn":"242068161803","ussdString":"#;
    out.callback(served, "mtn-cg/ussd", "application/json", half.into())
        .await;
    // Where a path or a query would be logged.
    for path in [
        "/callbacks/sms-bj/sms?from=%2B22963271828&to=7344&text=x",
        "/callbacks/63271828/sms",
        "/t/63271828",
        "/v1/feedback/+22963271828?phone=63271828",
    ] {
        let request = reqwest::Client::new().get(format!("{}{path}", served.url));
        let (status, _) = out.call(request).await;
        assert!(status < 500, "{path}: {status}");
    }
}

/// The program with every partner plugged to a stub that can be rude.
fn plugged(receiver: &Partner, aggregator: &Partner, redis: &Redis) -> Shipped {
    let mut shipped = Shipped::new();
    shipped.set_secrets(WEBHOOK_SECRET);
    shipped.set("PASSERELLE_LOG", "trace");
    shipped.set("PASSERELLE_SESSIONS__URL", &redis.url());
    shipped.webhooks_to(&receiver.url);
    for channel in ["at-rw", "sms-bj", "sms-cg"] {
        let url = format!("[credentials]\nurl = \"{}\"", aggregator.url);
        shipped.edit(&format!("channels/{channel}.toml"), "[credentials]", &url);
    }
    let menu = shipped.path().join("config/menus/feedback.toml");
    std::fs::write(menu, candid::MENU).expect("written");
    for (path, from, to) in candid::EDITS {
        shipped.edit(path, from, to);
    }
    shipped
}

/// Whether the search fails, as it has to.
fn caught(hay: &[u8], needle: &str) -> bool {
    let found = std::panic::catch_unwind(|| search("the bait", hay, &[needle]));
    found.is_err()
}

/// Letters until the one comes in which the number is meant to be, without that one.
async fn letters(receiver: &Partner) -> Vec<Received> {
    let mut letters = Vec::new();
    loop {
        let letter = receiver.next().await;
        let event = letter.json();
        match event["data"]["citizen"]["phone"].as_str() {
            Some(phone) => {
                assert_eq!(
                    (phone, letter.path.as_str()),
                    ("+2290163271828", "/bj-sante")
                );
                assert_eq!(event["data"]["text"], "Rappelez-moi");
                letters.extend(receiver.all());
                return letters;
            }
            None => letters.push(letter),
        }
    }
}

/// The stage, and all that has gone out on it.
struct Drill {
    redis: Redis,
    receiver: Partner,
    aggregator: Partner,
    shipped: Shipped,
    records: Option<String>,
    out: Outgone,
}

impl Drill {
    fn new(records: Option<String>) -> Self {
        let redis = Redis::start_with(&leaks::READABLE);
        let receiver = Partner::receiver();
        let aggregator = Partner::africas_talking("ATXid_drill");
        let mut shipped = plugged(&receiver, &aggregator, &redis);
        if let Some(url) = &records {
            shipped.set("PASSERELLE_RECORDS__URL", url);
        }
        Self {
            redis,
            receiver,
            aggregator,
            shipped,
            records,
            out: Outgone::default(),
        }
    }

    /// Everything happens once; answers the id of a feedback.
    async fn play(&mut self, served: &Served) -> String {
        let out = &mut self.out;
        // Partners that refuse, and say whom.
        let said = "no +22963271828, 0163271828, 63 27 18 28";
        let rude = |status| (status, said.to_owned(), None);
        self.receiver.then([rude(500), rude(503)]);
        self.aggregator.then([rude(400), rude(500)]);
        let texts = everybody(served, out).await;
        odd_callers(served, out).await;
        // One says yes: the one place where the number goes.
        let yes = ["1", "1", "Rappelez-moi", "1"];
        out.dial(served, "22963271828", &yes).await;
        for _ in 0..texts {
            self.aggregator.next().await;
        }
        let list = out.list(served).await;
        let list: Value = serde_json::from_str(&list).expect("JSON");
        let id = list["data"][0]["id"].as_str().expect("an id").to_owned();
        let one = format!("/v1/feedback/{id}");
        let reply = json!({"text": "Nous venons"});
        let replies = format!("{one}/replies");
        out.api(served, Method::POST, &replies, reply).await;
        let opened = json!({"status": "opened"});
        out.api(served, Method::PATCH, &one, opened).await;
        out.api(served, Method::GET, "/v1/deliveries", json!(null))
            .await;
        for path in ["/metrics", "/readyz", "/healthz"] {
            let request = reqwest::Client::new().get(format!("{}{path}", served.admin));
            assert_eq!(out.call(request).await.0, 200, "{path}");
        }
        id
    }

    async fn kept(&self) -> Vec<u8> {
        match &self.records {
            Some(url) => leaks::postgres(url).await,
            None => leaks::sqlite(self.shipped.path()),
        }
    }

    /// Searches all but the log; answers how many letters it looked at.
    async fn look(&self, needles: &[&str]) -> usize {
        search("the records", &self.kept().await, needles);
        search("Redis", &leaks::redis(&self.redis).await, needles);
        for answer in &self.out.answers {
            search("an answer", answer.as_bytes(), needles);
        }
        let letters = letters(&self.receiver).await;
        for letter in &letters {
            search("a letter", letter.body.as_bytes(), needles);
        }
        letters.len()
    }

    /// A leak on purpose: somebody types their number as words. It is theirs to say, and it is
    /// found wherever words are kept, shown and sent.
    async fn leak(&mut self, served: &Served) {
        let bait = "63271828";
        let words = ["1", "2", "Mon numero 63271828", "1"];
        self.out.dial(served, "22963271828", &words).await;
        assert!(caught(&self.kept().await, bait), "the records");
        assert!(caught(&leaks::redis(&self.redis).await, bait), "Redis");
        let list = self.out.list(served).await;
        assert!(caught(list.as_bytes(), bait), "an answer");
    }
}

async fn drill(records: Option<String>) {
    let mut drill = Drill::new(records);
    let served = drill.shipped.serve();
    let id = drill.play(&served).await;
    let needles = needles();
    let needles: Vec<&str> = needles.iter().map(String::as_str).collect();
    let letters = drill.look(&needles).await;
    let answers = drill.out.answers.len() / 2;
    drill.leak(&served).await;
    let (ended, log) = served.stop();
    assert!(ended && log.contains("TRACE") && log.contains("a feedback is on record"));
    search("the log", log.as_bytes(), &needles);
    assert!(caught(log.as_bytes(), &id), "the log");
    println!(
        "drill leaks: {} spellings, {answers} answers, {letters} letters, {} log lines, 0 hits",
        BENIN.len() + RWANDA.len() + CONGO.len() + 1,
        log.lines().count(),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_spelling_of_a_number_is_found_anywhere_on_sqlite() {
    drill(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_spelling_of_a_number_is_found_anywhere_on_postgres() {
    drill(Some(postgres::shared().database().await)).await;
}
