//! An institution is down for a day, by a clock whose hand the drill moves; then it gets
//! everything, in order, and not all at once. Another one notices nothing.

use std::collections::{HashMap, HashSet};

use futures_util::future::join_all;
use passerelle::domain::inbound::Sms;
use passerelle::domain::institution::Webhook;
use passerelle::domain::reach::Reach;
use passerelle::domain::redact::{RawNumber, Secret, Words};
use passerelle::flows::{answer, deliver, listen, receipt, send};
use passerelle::store::records::{Ending, FeedbackQuery};

use super::super::support::gateway::WEBHOOK_SECRET;
use super::super::support::hallway::Hallway;
use super::super::support::receiver::{Arrived, Manner, Receiver};
use super::{full, line};

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 24 * 60 * MINUTE;
/// Its own limit: so many letters a second.
const RATE: usize = 20;

struct Day {
    hall: Hallway,
    silent: Receiver,
    other: Receiver,
    /// Letters taken by the silent one, by the second of the moved clock.
    by_second: HashMap<i64, usize>,
}

impl Day {
    async fn dawn() -> Self {
        let silent = Receiver::start(Manner::Fails).await;
        let other = Receiver::start(Manner::Well).await;
        let (silent_url, other_url) = (silent.url.clone(), other.url.clone());
        let hall = Hallway::altered(move |service| {
            for institution in &mut service.institutions {
                let (url, rate) = match institution.id.as_str() {
                    "rw-minisante" => (&silent_url, Some("20/s".parse().expect("a rate"))),
                    _ => (&other_url, None),
                };
                institution.webhooks = vec![Webhook {
                    url: format!("{url}/{}", institution.id),
                    reach: Reach::Private,
                    secret: Secret::new(WEBHOOK_SECRET),
                    rate,
                    ..institution
                        .webhooks
                        .first()
                        .cloned()
                        .expect("the shipped one")
                }];
            }
        })
        .await;
        silent.ill(true);
        Self {
            hall,
            silent,
            other,
            by_second: HashMap::new(),
        }
    }

    async fn text(&self, words: &str, n: usize) {
        let gateway = &self.hall.gateway;
        let service = gateway.service();
        let channel = service.channels.get("at-rw").expect("the shipped one");
        let sms = Sms {
            id: Some(words.to_owned()),
            from: RawNumber::new(format!("+2507{:08}", 80_000_000 + n)),
            to: "7344".to_owned(),
            text: Words::new(words),
            sent_at: None,
            network: None,
            part: None,
        };
        listen::listen(gateway, channel, &sms).await.expect("taken");
    }

    /// What the couriers do in this moment.
    async fn deliver(&mut self) {
        let gateway = &self.hall.gateway;
        let before = self.silent.taken().len();
        loop {
            let due = deliver::due_letters(gateway, 64).await.expect("read");
            if due.is_empty() {
                break;
            }
            for done in join_all(due.iter().map(|l| deliver::letter(gateway, l))).await {
                done.expect("noted");
            }
        }
        let came = self.silent.taken().len() - before;
        *self
            .by_second
            .entry(gateway.clock.now() / SECOND)
            .or_default() += came;
    }

    /// The institution answers a few feedbacks, and the phones have the answers: these feedbacks
    /// have two letters.
    async fn answered(&self, few: u32) {
        let gateway = &self.hall.gateway;
        let service = gateway.service();
        let institution = service.institution("rw-minisante").expect("shipped");
        let query = FeedbackQuery {
            institution: institution.id.clone(),
            limit: few,
            ..FeedbackQuery::default()
        };
        for feedback in gateway.records.feedback_list(query).await.expect("read") {
            answer::reply(
                gateway,
                institution,
                &feedback.id,
                &answer::Asked::words("Murakoze"),
                None,
            )
            .await
            .expect("taken");
        }
        let mut answers = 0;
        while answers < few {
            let due = send::due_messages(gateway, 64).await.expect("read");
            assert!(!due.is_empty(), "the answers are due");
            for message in due.iter().filter(|m| m.reply.is_some()) {
                receipt::conclude(gateway, message, Ending::Delivered)
                    .await
                    .expect("noted");
                answers += 1;
            }
        }
    }
}

/// How many feedbacks' second letter came before their first.
fn disordered(taken: &[Arrived]) -> usize {
    let mut begun = HashSet::new();
    let mut wrong = 0;
    for letter in taken {
        let (kind, data) = (&letter.event["type"], &letter.event["data"]);
        let own = if kind == "feedback.received" {
            &data["id"]
        } else {
            &data["feedback"]
        };
        let own = own.as_str().expect("a feedback's id").to_owned();
        if kind == "feedback.received" {
            begun.insert(own);
        } else {
            wrong += usize::from(!begun.contains(&own));
        }
    }
    wrong
}

fn ids(all: &[Arrived]) -> Vec<&str> {
    all.iter().map(|a| a.id.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_of_silence_is_made_up_for_without_a_storm() {
    let each: usize = if full() { 1500 } else { 300 };
    let mut day = Day::dawn().await;
    let step = DAY / i64::try_from(each).expect("few");
    let mut delayed = 0;
    for n in 0..each {
        day.text(&format!("minisante {n}"), n).await;
        day.text(&format!("mineduc {n}"), n + each).await;
        day.deliver().await;
        delayed += usize::from(day.other.taken().len() != n + 1);
        day.hall.later(step);
    }
    assert_eq!(day.silent.taken().len(), 0);
    let probes = day.silent.refused();
    // Its officials see the console, whatever becomes of its webhook.
    let few = u32::try_from(each / 10).expect("few");
    day.answered(few).await;
    let owed = each + each / 10;
    day.silent.ill(false);
    let dusk = day.hall.gateway.clock.now();
    while day.silent.taken().len() < owed {
        day.deliver().await;
        day.hall.later(100);
        let waited = day.hall.gateway.clock.now() - dusk;
        assert!(waited < DAY, "{} of {owed} came", day.silent.taken().len());
    }
    let taken = day.silent.taken();
    let mut unique = ids(&taken);
    unique.sort_unstable();
    unique.dedup();
    let most = day.by_second.values().copied().max().unwrap_or(0);
    let disordered = disordered(&taken);
    let until = (day.hall.gateway.clock.now() - dusk) / SECOND;
    line(
        "a day of silence",
        &format!(
            "{owed} letters owed, {} delivered within {until} s of its return, doubled {}, out of \
             order {disordered}, most in a second {most} (limit {RATE}), attempts during the day \
             {probes}, another's letters delayed {delayed}",
            unique.len(),
            taken.len() - unique.len(),
        ),
    );
    assert_eq!(
        (unique.len(), taken.len(), disordered, delayed),
        (owed, owed, 0, 0)
    );
    // A second of the rate, and the tolerance of a tenth.
    assert!(most <= RATE + RATE / 10 + 1, "{most} in a second");
    assert!(
        probes < 3000,
        "{probes} attempts at an address that is down"
    );
}
