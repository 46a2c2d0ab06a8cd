//! The flows without their doors and couriers, and with a clock whose hand a test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use passerelle::client::mail::Mailer;
use passerelle::client::{Client, Limits};
use passerelle::config::Config;
use passerelle::domain::citizen::Keyring;
use passerelle::domain::institution::{Mailbox, Webhook};
use passerelle::domain::mail::Relay;
use passerelle::domain::reach::Reach;
use passerelle::domain::redact::Secret;
use passerelle::domain::service::Service;
use passerelle::flows::clock::Clock;
use passerelle::flows::post::Post;
use passerelle::flows::{Gateway, Settings, deliver};
use passerelle::store::{Records, Sessions};

use super::gateway::{WEBHOOK_SECRET, files, listening_at, loaded};
use super::partner::Partner;
use super::samples::{NOW, filing};

/// Flows over these records, with these channels.
pub struct Hallway {
    pub gateway: Gateway,
    hand: Arc<AtomicI64>,
}

impl Hallway {
    pub async fn new(channels: &[(&str, &str)]) -> Self {
        Self::new_at(channels, "http://127.0.0.1:9").await
    }

    /// With the aggregator's API at this address.
    pub async fn new_at(channels: &[(&str, &str)], aggregator: &str) -> Self {
        Self::of(loaded(&files(channels, aggregator))).await
    }

    /// With institutions that listen at this address, and shipped files edited.
    pub async fn in_town(
        channels: &[(&str, &str)],
        aggregator: &str,
        receiver: &str,
        edits: &[(&str, &str, &str)],
    ) -> Self {
        let mut files = files(channels, aggregator);
        for (path, from, to) in edits {
            let text = String::from_utf8(files.get(path).expect("there").to_vec()).expect("UTF-8");
            assert!(text.contains(from), "`{from}` does not stand in {path}");
            files.insert(path, text.replacen(from, to, 1));
        }
        let mut config = loaded(&files);
        listening_at(&mut config, receiver);
        Self::of(config).await
    }

    async fn of(config: Config) -> Self {
        let records = Records::open("sqlite::memory:").await.expect("opens");
        Self::built(records, config.service)
    }

    /// With the shipped service, changed like this.
    pub async fn altered(alter: impl FnOnce(&mut Service)) -> Self {
        let records = Records::open("sqlite::memory:").await.expect("opens");
        let mut service = loaded(&files(&[], "http://127.0.0.1:9")).service;
        alter(Arc::get_mut(&mut service).expect("fresh"));
        Self::built(records, service)
    }

    fn built(records: Records, service: Arc<Service>) -> Self {
        let hand = Arc::new(AtomicI64::new(NOW));
        let mut gateway = Gateway::new(
            service,
            Sessions::memory(),
            records,
            Client::new(Limits::default()).expect("a client"),
            Keyring::new(&[7; 32]),
            Settings {
                answer_within: Duration::from_secs(2),
                session_lifetime: Duration::from_mins(10),
                repeat_within: Duration::from_secs(2),
                public_url: "http://127.0.0.1:9".into(),
                parallel: 8,
                parallel_each: 8,
                limits: passerelle::config::Limits::default().rules(),
            },
        );
        gateway.clock = Clock::Hand(Arc::clone(&hand));
        Self { gateway, hand }
    }

    /// Over these records, with every institution's events going to this receiver.
    pub fn delivering(records: &Records, receiver: &Partner, rate: Option<&str>) -> Self {
        Self::built(records.clone(), plugged(receiver, rate))
    }

    /// Over these records, with every institution's events going by mail alone.
    pub fn mailing(records: &Records, relay: &Relay, people: &[Mailbox]) -> Self {
        let mut service = loaded(&files(&[], "http://127.0.0.1:9")).service;
        let plugged = Arc::get_mut(&mut service).expect("fresh");
        for institution in &mut plugged.institutions {
            institution.webhooks.clear();
            institution.emails = people.to_vec();
        }
        let mut hallway = Self::built(records.clone(), service);
        let mailer = Mailer::new(relay, Limits::default()).expect("a relay");
        hallway.gateway.post = Some(Post {
            mailer,
            host: relay.host.clone(),
            digest_at: Duration::from_hours(7),
        });
        hallway
    }

    /// Has every institution's events go to this receiver from now on, as a reload would.
    pub fn plug(&self, receiver: &Partner, rate: Option<&str>) {
        self.gateway.renew(&plugged(receiver, rate));
    }

    /// Puts a feedback on record, with a letter to its institution as the files have it.
    pub async fn file(&self, n: u32) -> String {
        let now = self.gateway.clock.now();
        let mut filing = filing(n);
        filing.feedback.received_at = now;
        let service = self.gateway.service();
        let institution = service.institution(&filing.feedback.institution);
        let letter = &mut filing.letters[0];
        letter.created_at = now;
        let addresses = institution.expect("known").addresses(&letter.event);
        letter.url.clone_from(&addresses[0]);
        let id = letter.id.clone();
        self.gateway.records.file(filing).await.expect("kept");
        id
    }

    /// Tries what is due now, as a courier would, once; how many that were.
    pub async fn work(&self) -> usize {
        let letters = deliver::due_letters(&self.gateway, 64).await;
        let letters = letters.expect("answers");
        let tries = letters.iter().map(|l| deliver::letter(&self.gateway, l));
        for tried in futures_util::future::join_all(tries).await {
            tried.expect("noted");
        }
        letters.len()
    }

    /// Moves the clock's hand on.
    pub fn later(&self, milliseconds: i64) {
        self.hand.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

fn plugged(receiver: &Partner, rate: Option<&str>) -> Arc<Service> {
    let mut service = loaded(&files(&[], "http://127.0.0.1:9")).service;
    let plugged = Arc::get_mut(&mut service).expect("fresh");
    for institution in &mut plugged.institutions {
        let url = format!("{}/{}", receiver.url, institution.id);
        let secret = Secret::new(WEBHOOK_SECRET);
        let mut webhook = Webhook::new(url, Reach::Private, secret, &["*"]);
        webhook.rate = rate.map(|rate| rate.parse().expect("a rate"));
        institution.webhooks = vec![webhook];
    }
    service
}
