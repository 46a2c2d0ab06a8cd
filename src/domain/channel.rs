//! A channel: one service on one account with one aggregator, in one country.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use ipnet::IpNet;
use url::form_urlencoded::byte_serialize;

use super::exchange::Door;
use super::redact::Secret;
use super::text::Folding;

/// A checked channel; its file's name is its id.
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    /// The file's name without `.toml`; part of the callbacks' addresses.
    pub id: String,
    /// The interpreter's name (`comviva-xml`).
    pub aggregator: String,
    /// ISO 3166-1 alpha-2 code of the country it serves.
    pub country: String,
    /// The operator's id in the country's file, where the channel belongs to one operator.
    pub operator: Option<String>,
    /// The menu that answers on USSD.
    pub menu: String,
    /// Service codes as a citizen dials them (`*7344#`).
    pub ussd: Vec<String>,
    /// Short codes as a citizen texts them (`7344`).
    pub sms: Vec<String>,
    /// Who may call us.
    pub access: Access,
    /// What the aggregator wants from us when we send, in the aggregator's own words.
    pub credentials: Credentials,
    /// The longest screen, in septets (3GPP TS 23.038); 150 by default, never over 182.
    pub budget: usize,
    /// How long the network keeps a session in all, in seconds, where the operator says it.
    pub session_clock: Option<u64>,
    /// What happens to characters that the phone may not show.
    pub folding: Folding,
    /// So long after a message was taken its delivery report is waited for; then its fate is unknown.
    pub reports_within: Duration,
    /// The dialect's own settings (parameter names, templates): `[dialect]` of the channel's file,
    /// flattened to dotted names.
    pub dialect: BTreeMap<String, String>,
}

/// How long reports are waited for where the channel's file does not say: no aggregator's documents
/// state a time, so this is ours.
pub const REPORTS_WITHIN: Duration = Duration::from_hours(72);

impl Channel {
    /// The address of a door, as the aggregator is told it: with the secret, if callers of this
    /// channel need one.
    pub fn callback(&self, public_url: &str, door: Door) -> String {
        let door = match door {
            Door::Ussd => "ussd",
            Door::UssdEnd => "ussd/end",
            Door::Sms => "sms",
            Door::Receipt => "receipt",
        };
        let address = format!("{public_url}/callbacks/{}/{door}", self.id);
        match &self.access.secret {
            None => address,
            Some(secret) => {
                let secret: String = byte_serialize(secret.expose().as_bytes()).collect();
                format!("{address}?secret={secret}")
            }
        }
    }
}

/// Who may call a channel's callbacks: any one of the three lets a caller in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Access {
    /// Addresses, as seen after trusted proxies.
    pub allow: Vec<IpNet>,
    /// Must stand in `?secret=` or in `X-Passerelle-Secret`.
    pub secret: Option<Secret>,
    /// The key with which the aggregator signs, where it signs (Twilio, Vonage).
    pub signature: Option<Secret>,
}

/// `[credentials]` of a channel: `username`, `api_key`, `sender`, … and always `url`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Credentials(pub BTreeMap<String, Secret>);

impl Credentials {
    /// A credential by its name in snake case, empty if the file does not give it.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", Secret::expose)
    }

    /// A credential that the file gives and that is not empty.
    pub fn some(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }
}

impl Access {
    /// May this caller knock? `signed` is what the interpreter found of a signature, if it looks
    /// for one. Every rule that the file gives must hold for its own kind; one suffices.
    pub fn lets_in(&self, peer: Option<IpAddr>, secret: Option<&str>) -> bool {
        let by_address = peer.is_some_and(|ip| {
            let ip = ip.to_canonical();
            self.allow.iter().any(|net| net.contains(&ip))
        });
        let by_secret = match (&self.secret, secret) {
            (Some(ours), Some(theirs)) => {
                use subtle::ConstantTimeEq;
                ours.expose().as_bytes().ct_eq(theirs.as_bytes()).into()
            }
            _ => false,
        };
        by_address || by_secret
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_let_in_by_the_secret_in_their_address() {
        let mut channel = Channel {
            id: "kannel-bj".into(),
            aggregator: "kannel".into(),
            country: "BJ".into(),
            operator: None,
            menu: String::new(),
            ussd: Vec::new(),
            sms: vec!["7344".into()],
            access: Access::default(),
            credentials: Credentials::default(),
            budget: 150,
            session_clock: None,
            folding: Folding::default(),
            reports_within: REPORTS_WITHIN,
            dialect: BTreeMap::new(),
        };
        let at = "https://passerelle.example/callbacks/kannel-bj/receipt";
        assert_eq!(
            channel.callback("https://passerelle.example", Door::Receipt),
            at
        );
        channel.access.secret = Some(Secret::new("s/3 &t"));
        let address = channel.callback("https://passerelle.example", Door::Receipt);
        assert_eq!(address, format!("{at}?secret=s%2F3+%26t"));
    }
}
