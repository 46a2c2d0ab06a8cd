//! OAuth tokens, fetched once for all who need the same one.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::{Client, NoAnswer};
use crate::domain::exchange::{OAuth, Outgoing};
use crate::domain::redact::Secret;

/// A token is renewed this long before it would expire.
const MARGIN: Duration = Duration::from_mins(1);
/// What an endpoint that does not say is taken to mean (RFC 6749 section 5.1 recommends saying).
const UNSAID_LIFETIME: u64 = 300;

type Held = Arc<Mutex<Option<(Secret, Instant)>>>;

/// The tokens held. One lock an endpoint and client, so that a slow endpoint holds up only its own.
#[derive(Clone, Default)]
pub(super) struct Tokens(Arc<Mutex<HashMap<String, Held>>>);

#[derive(serde::Deserialize)]
struct Granted {
    access_token: String,
    // MTN writes it as a string in places.
    #[serde(default)]
    expires_in: serde_json::Value,
}

impl Tokens {
    pub(super) async fn get(&self, client: &Client, oauth: &OAuth) -> Result<String, NoAnswer> {
        let held = self.held(oauth).await;
        let mut held = held.lock().await;
        if let Some((token, until)) = held.as_ref()
            && Instant::now() < *until
        {
            return Ok(token.expose().to_owned());
        }
        let (token, until) = fetch(client, oauth).await?;
        *held = Some((Secret::new(token.clone()), until));
        Ok(token)
    }

    pub(super) async fn forget(&self, oauth: &OAuth) {
        *self.held(oauth).await.lock().await = None;
    }

    async fn held(&self, oauth: &OAuth) -> Held {
        let key = format!("{} {}", oauth.url, oauth.client_id.expose());
        Arc::clone(self.0.lock().await.entry(key).or_default())
    }
}

async fn fetch(client: &Client, oauth: &OAuth) -> Result<(String, Instant), NoAnswer> {
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", oauth.client_id.expose())
        .append_pair("client_secret", oauth.client_secret.expose())
        .append_pair("grant_type", "client_credentials")
        .finish();
    let request = Outgoing {
        method: "POST",
        url: oauth.url.clone(),
        headers: vec![("Content-Type", "application/x-www-form-urlencoded".into())],
        body: form.into_bytes(),
        oauth: None,
    };
    let answered = client.exchange(&request, None).await?;
    let granted: Granted = serde_json::from_slice(&answered.body).map_err(|_| NoAnswer::NoToken)?;
    if !(200..300).contains(&answered.status) || granted.access_token.is_empty() {
        return Err(NoAnswer::NoToken);
    }
    let seconds = match &granted.expires_in {
        serde_json::Value::Number(n) => n.as_u64(),
        serde_json::Value::String(s) => s.parse().ok(),
        _ => None,
    };
    let lifetime = Duration::from_secs(seconds.unwrap_or(UNSAID_LIFETIME));
    Ok((
        granted.access_token,
        Instant::now() + lifetime.saturating_sub(MARGIN),
    ))
}
