//! Every dialect from its wire to the record and back, over real sockets: what the aggregator
//! sends is written out here as it would send it, and what it must hear is compared exactly.

mod channels;
mod outcomes;
mod texts;
mod ussd;

use serde_json::Value;

use super::support::desk;
use super::support::gateway::{Gateway, Wanted};
use super::support::partner::{Partner, Received};

/// A gateway with one dialect's channel, an institution and the aggregator's API.
struct Line {
    gateway: Gateway,
    receiver: Partner,
    partner: Partner,
}

/// A status and a body.
type Answer = (u16, String);

impl Line {
    async fn start(channels: &[(&str, &str)]) -> Self {
        Self::start_at(channels, None).await
    }

    /// Behind a reverse proxy that is known to the world by this address.
    async fn start_at(channels: &[(&str, &str)], public_url: Option<&str>) -> Self {
        let (receiver, partner) = (Partner::receiver(), Partner::start(500, ""));
        let gateway = Gateway::start(Wanted {
            receiver: Some(&receiver),
            aggregator: Some(&partner),
            channels,
            public_url,
            behind_proxy: public_url.is_some(),
            ..Wanted::default()
        })
        .await;
        Self {
            gateway,
            receiver,
            partner,
        }
    }

    /// What the aggregator's API answers next, in this order.
    fn answers<const N: usize>(&self, answers: [(u16, &str); N]) {
        let all = answers.map(|(status, body)| (status, body.to_owned(), None));
        self.partner.then(all);
    }

    /// Makes a GET as an aggregator does, without our header.
    async fn get(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let joint = if path.contains('?') { '&' } else { '?' };
        let url = format!("{}{path}{joint}{}", self.gateway.url, encoded(fields));
        let answer = self.gateway.http.get(url).send().await;
        taken(answer.expect("an answer")).await
    }

    /// Makes a POST with these headers, and without ours.
    async fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let url = format!("{}{path}", self.gateway.url);
        let mut request = self.gateway.http.post(url).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        taken(request.send().await.expect("an answer")).await
    }

    /// The feedback that the institution hears of next.
    async fn heard(&self) -> Value {
        desk::event(&self.receiver, "feedback.received").await
    }

    /// Has the institution reply; what the aggregator's API then gets.
    async fn replied(&self, feedback: &Value) -> Received {
        desk::reply(&self.gateway, feedback, REPLY).await;
        self.partner.next().await
    }

    /// That the institution hears of the delivery of its reply, and that nothing is left over.
    async fn delivered(self) {
        let outcome = desk::event(&self.receiver, "reply.delivered").await;
        assert_eq!(outcome["why"], Value::Null);
        self.stop().await;
    }

    async fn stop(self) {
        self.gateway.stop().await;
        let left = (self.receiver.waiting(), self.partner.waiting());
        assert_eq!(left, (0, 0), "letters and requests left over");
    }
}

const REPLY: &str = "A doctor comes on Monday.";
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("Content-Type", "application/json");
const XML: (&str, &str) = ("Content-Type", "text/xml; charset=utf-8");

async fn taken(answer: reqwest::Response) -> Answer {
    let status = answer.status().as_u16();
    (status, answer.text().await.expect("a body"))
}

fn encoded(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

/// A field of a query.
fn queried(url: &str, name: &str) -> String {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(n, _)| n == name)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// What stands in an XML element, unescaped as far as these tests need it.
fn element(xml: &str, name: &str) -> String {
    let open = format!("{name}>");
    let after = xml.split_once(&open).map_or("", |(_, after)| after);
    let inside = after.split_once("</").map_or("", |(inside, _)| inside);
    inside.replace("&amp;", "&")
}
