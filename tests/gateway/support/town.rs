//! A town in which a dialogue is played and written down: a citizen with a phone, institutions, an
//! aggregator, and a clock whose hand is moved. What happened becomes a transcript that anybody can
//! read; `UPDATE_FIXTURES=1` rewrites it.

use std::fmt::Write as _;
use std::path::Path;

use passerelle::domain::exchange::{Callback, Door};
use passerelle::domain::feedback::Status;
use passerelle::domain::redact::Words;
use passerelle::flows::answer::Asked;
use passerelle::flows::remind::{self, Reminded};
use passerelle::flows::turn::{self, Unanswered};
use passerelle::flows::verdict::{self, Taken, Verdict};
use passerelle::flows::{answer, deliver, front, progress, reroute, send};
use serde_json::Value;

use super::hallway::Hallway;
use super::partner::Partner;

const MINUTE: i64 = 60_000;

/// A town and what has happened in it.
pub struct Town {
    pub hallway: Hallway,
    pub receiver: Partner,
    pub aggregator: Partner,
    channel: &'static str,
    phone: &'static str,
    session: usize,
    typed: Vec<String>,
    /// Of every feedback that was filed, in their order; the town talks about the first.
    codes: Vec<String>,
    story: String,
}

/// One channel a country, all in Africa's Talking's dialect: the transcripts are about words.
fn channel(country: &str, dial: &str) -> String {
    format!(
        "aggregator = \"africas-talking\"\ncountry = \"{country}\"\nmenu = \"feedback\"\n\
         ussd = [\"{dial}\"]\nsms = [\"7344\"]\n[access]\nallow = [\"127.0.0.0/8\"]\n\
         [credentials]\nurl = \"{{aggregator}}\"\nusername = \"u\"\napi_key = \"k\"\nsender = \"7344\"\n"
    )
}

impl Town {
    /// A citizen with this phone, in the country of this channel. `edits` change the shipped files.
    pub async fn new(
        title: &str,
        (channel_id, phone): (&'static str, &'static str),
        edits: &[(&str, &str, &str)],
    ) -> Self {
        let (receiver, aggregator) = (Partner::receiver(), Partner::africas_talking("at-1"));
        let files = [
            ("bj", channel("BJ", "*7344#")),
            ("rw", channel("RW", "*384*7344#")),
            ("cg", channel("CG", "*1047#")),
        ];
        let channels: Vec<(&str, &str)> = files.iter().map(|(id, f)| (*id, f.as_str())).collect();
        let hallway = Hallway::in_town(&channels, &aggregator.url, &receiver.url, edits).await;
        Self {
            hallway,
            receiver,
            aggregator,
            channel: channel_id,
            phone,
            session: 0,
            typed: Vec::new(),
            codes: Vec::new(),
            story: format!("# {title}\n"),
        }
    }

    /// Writes a line of the transcript; codes differ from run to run, so they are called CODE, CODE-2 …
    fn tell(&mut self, who: &str, what: &str) {
        let mut what = what.to_owned();
        for (n, code) in self.codes.iter().enumerate() {
            let name = if n == 0 {
                "CODE".to_owned()
            } else {
                format!("CODE-{}", n + 1)
            };
            what = what.replace(code, &name);
        }
        let what = what.trim_end().replace('\n', "\n                  ");
        writeln!(self.story, "{who:>16}: {what}").expect("written");
    }

    /// Time passes.
    pub fn later(&mut self, hours: i64) {
        self.hallway.later(hours * 60 * MINUTE);
        let _ = writeln!(self.story, "\n({hours} hours later)\n");
    }

    /// Less time passes.
    pub fn minutes_later(&mut self, minutes: i64) {
        self.hallway.later(minutes * MINUTE);
        let _ = writeln!(self.story, "\n({minutes} minutes later)\n");
    }

    /// The code of the feedback that was filed as this one, counted from 1.
    pub fn code(&self, nth: usize) -> String {
        self.codes[nth - 1].clone()
    }

    /// The citizen dials, and presses these keys.
    pub async fn dial(&mut self, keys: &[&str]) -> String {
        self.session += 1;
        self.typed.clear();
        self.tell("citizen", "dials");
        let mut screen = self.step().await;
        for key in keys {
            screen = self.press(key).await;
        }
        screen
    }

    /// The citizen presses a key, or types.
    pub async fn press(&mut self, key: &str) -> String {
        self.tell("citizen", key);
        self.typed.push(key.to_owned());
        self.step().await
    }

    async fn step(&mut self) -> String {
        let session = format!("s{}", self.session);
        let text = self.typed.join("*");
        let fields = [
            ("sessionId", session.as_str()),
            ("phoneNumber", self.phone),
            ("networkCode", ""),
            ("serviceCode", "*7344#"),
            ("text", &text),
        ];
        let answer = self.knock(Door::Ussd, &fields).await;
        let screen = answer.split_once(' ').map_or("", |(_, s)| s).to_owned();
        self.notice_code(&screen);
        self.tell("screen", &screen);
        screen
    }

    /// The citizen sends an SMS.
    pub async fn text(&mut self, words: &str) {
        self.session += 1;
        self.tell("citizen, by SMS", words);
        self.deliver(self.phone, words).await;
        // The aggregator hands every message over twice: it is one.
        self.deliver(self.phone, words).await;
        self.settle().await;
    }

    /// Somebody with another phone sends an SMS.
    pub async fn text_from(&mut self, phone: &str, words: &str) {
        self.session += 1;
        self.tell("another phone", words);
        self.deliver(phone, words).await;
        self.settle().await;
    }

    async fn deliver(&mut self, from: &str, words: &str) {
        let id = format!("m{}", self.session);
        let fields = [
            ("id", id.as_str()),
            ("from", from),
            ("to", "7344"),
            ("text", words),
            ("date", "2026-11-22 08:05:00"),
        ];
        self.knock(Door::Sms, &fields).await;
    }

    async fn knock(&self, door: Door, fields: &[(&str, &str)]) -> String {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let headers = [(
            "content-type".to_owned(),
            "application/x-www-form-urlencoded".to_owned(),
        )];
        let callback = Callback {
            method: "POST",
            door,
            rest: "",
            query: "",
            headers: &headers,
            body: body.as_bytes(),
            url: "http://127.0.0.1:9/callbacks",
        };
        let gateway = &self.hallway.gateway;
        let channel = gateway.service().channels[self.channel].clone();
        let answer = front::receive(gateway, &channel, &callback)
            .await
            .expect("taken");
        String::from_utf8(answer.body).expect("UTF-8")
    }

    fn notice_code(&mut self, text: &str) {
        let found = text
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
            .find_map(|w| passerelle::domain::code::parse(w).filter(|_| w.contains('-')));
        if let Some(code) = found.filter(|code| !self.codes.contains(code)) {
            self.codes.push(code);
        }
    }

    /// The feedback's id.
    pub async fn id(&self) -> String {
        let found = self
            .hallway
            .gateway
            .records
            .feedback_by_code(&self.codes[0]);
        found.await.expect("answers").expect("there").id
    }

    /// Everything that is due is carried: letters to institutions, messages to the phone, reminders
    /// of deadlines. Who got what is written down.
    pub async fn settle(&mut self) {
        let gateway = &self.hallway.gateway;
        while remind::overdue(gateway).await.expect("reminds") != Reminded::Nobody {}
        while turn::unanswered(gateway).await.expect("files") != Unanswered::Nobody {}
        loop {
            let letters = deliver::due_letters(gateway, 50).await.expect("letters");
            let messages = send::due_messages(gateway, 50).await.expect("messages");
            if letters.is_empty() && messages.is_empty() {
                break;
            }
            for letter in &letters {
                deliver::letter(gateway, letter).await.expect("noted");
            }
            for message in &messages {
                send::message(gateway, message).await.expect("noted");
            }
        }
        let mut told = Vec::new();
        while self.receiver.waiting() > 0 {
            let letter = self.receiver.next().await;
            let event = letter.json();
            if let Some(code) = event["data"]["code"].as_str() {
                self.notice_code(code);
            }
            let who = letter.path.trim_start_matches('/').to_owned();
            // Addresses are tried in no order that a reader could see: whose it is comes first.
            let other = event["data"]["institution"] != who.as_str();
            told.push((other, who, heard(&event)));
        }
        told.sort();
        for (_, who, said) in told {
            self.tell(&who, &said);
        }
        while self.aggregator.waiting() > 0 {
            let words = self.aggregator.next().await.form("message");
            self.notice_code(&words);
            self.tell("SMS", &words);
        }
    }

    /// An institution says how far it is.
    pub async fn says(&mut self, institution: &str, status: Status) {
        let id = self.id().await;
        self.tell(institution, &format!("says {}", status.word()));
        let service = self.hallway.gateway.service();
        let by = service.institution(institution).expect("there");
        progress::advance(&self.hallway.gateway, by, &id, status)
            .await
            .expect("moved");
        self.settle().await;
    }

    /// The citizen says whether it is mended.
    pub async fn verdict(&mut self, verdict: Verdict) -> Taken {
        let id = self.id().await;
        match &verdict {
            Verdict::Fixed => self.tell("citizen", "says that it is mended"),
            Verdict::NotFixed(words) => {
                let words = words.as_ref().map_or("", Words::as_str).to_owned();
                self.tell("citizen", &format!("says that it is not: \"{words}\""));
            }
        }
        let taken = verdict::say(&self.hallway.gateway, &id, verdict).await;
        self.settle().await;
        taken.expect("taken")
    }

    /// An institution answers.
    pub async fn answers(&mut self, institution: &str, words: &str) {
        let id = self.id().await;
        self.tell(institution, &format!("answers \"{words}\""));
        let service = self.hallway.gateway.service();
        let by = service.institution(institution).expect("there");
        answer::reply(&self.hallway.gateway, by, &id, &Asked::words(words), None)
            .await
            .expect("taken");
        self.settle().await;
    }

    /// An institution says that it is not theirs.
    pub async fn not_ours(&mut self, institution: &str, to: Option<&str>, reason: &str) {
        let id = self.id().await;
        let whose = to.map_or(String::new(), |to| format!(", but of {to}"));
        self.tell(institution, &format!("says not ours{whose}: \"{reason}\""));
        let service = self.hallway.gateway.service();
        let by = service.institution(institution).expect("there");
        reroute::hand_on(&self.hallway.gateway, by, &id, to, Some(reason))
            .await
            .expect("handed on");
        self.settle().await;
    }

    /// Compares what happened with the transcript on file.
    pub fn ends_as_written(self, name: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures/dialogues")
            .join(format!("{name}.txt"));
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(&path, &self.story).expect("written");
        }
        let written = std::fs::read_to_string(&path).expect("a transcript");
        assert_eq!(self.story, written, "--- what happened:\n{}", self.story);
    }
}

/// An event in words, as far as a transcript needs it.
fn heard(event: &Value) -> String {
    let data = &event["data"];
    let word = |name: &str| data[name].as_str().unwrap_or_default();
    match event["type"].as_str().unwrap_or_default() {
        kind @ "feedback.received" => format!(
            "hears {kind}, addressed to {}: {}, \"{}\", to be answered by {}",
            word("institution"),
            word("experience"),
            word("text"),
            word("reply_by").get(..10).unwrap_or("no date"),
        ),
        kind @ "feedback.reopened" => format!(
            "hears {kind}: \"{}\", to be answered by {}",
            word("reason"),
            word("reply_by").get(..10).unwrap_or("no date"),
        ),
        kind @ "feedback.added" => format!(
            "hears {kind}: {}{}",
            match data["added"]["text"].as_str() {
                Some(text) => format!("\"{text}\""),
                None => "an answer".to_owned(),
            },
            if data["complete"] == true {
                format!(
                    ", complete: {} in {}",
                    word("experience"),
                    data["place"]["name"]
                )
            } else {
                String::new()
            }
        ),
        kind @ "feedback.overdue" => {
            format!("hears {kind}, addressed to {}", word("institution"))
        }
        kind => format!("hears {kind}"),
    }
}
