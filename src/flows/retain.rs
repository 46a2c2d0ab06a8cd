//! What has been kept for as long as its country says goes. Open cases never do.

use crate::domain::audit::Actor;
use crate::domain::retention::Kind;
use crate::domain::service::Service;
use crate::store::Away;
use crate::store::records::Records;

/// Citizens looked at at once.
const PAGE: u32 = 500;

/// What goes, or would go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Going {
    /// Whose country.
    pub country: String,
    /// What.
    pub kind: Kind,
    /// All that was finished before this, in milliseconds since the epoch; `None` if no time is
    /// set and it is kept for good.
    pub before: Option<i64>,
    /// How many.
    pub count: u64,
    /// Cases that are older than that and stay, because they are open.
    pub open: u64,
}

/// What would go now. Changes nothing.
///
/// # Errors
/// [`Away`]
pub async fn due(records: &Records, service: &Service, now: i64) -> Result<Vec<Going>, Away> {
    let mut all = each(service, now);
    for going in &mut all {
        let Some(before) = going.before else { continue };
        let country = going.country.as_str();
        match going.kind {
            Kind::Texts => {
                going.count = records.texts_due(country, before).await?;
                going.open = records.open_since(country, before).await?;
            }
            Kind::Numbers => going.count = numbers(records, country, before, None).await?,
            Kind::Unroutable => {
                for channel in channels(service, country) {
                    going.count += records.unroutable_due(channel, before).await?;
                }
            }
        }
    }
    Ok(all)
}

/// Has go what is to go now; how much went.
///
/// # Errors
/// [`Away`]; what went is gone, and the rest goes the next time.
pub async fn enforce(
    records: &Records,
    service: &Service,
    actor: &Actor,
    now: i64,
) -> Result<Vec<Going>, Away> {
    let mut all = each(service, now);
    for going in &mut all {
        let Some(before) = going.before else { continue };
        let country = going.country.as_str();
        match going.kind {
            Kind::Texts => loop {
                let gone = records.expire_texts(country, before, actor.clone(), now);
                let gone = gone.await?;
                going.count += gone;
                if gone == 0 {
                    break;
                }
            },
            Kind::Numbers => {
                let by = Some((actor, now));
                going.count = numbers(records, country, before, by).await?;
            }
            Kind::Unroutable => {
                for channel in channels(service, country) {
                    let actor = actor.clone();
                    let gone = records.expire_unroutable(country, channel, before, actor, now);
                    going.count += gone.await?;
                }
            }
        }
    }
    Ok(all)
}

fn each(service: &Service, now: i64) -> Vec<Going> {
    let countries = service.countries.iter();
    let all = countries.flat_map(|country| {
        Kind::ALL.map(|kind| Going {
            country: country.code.clone(),
            kind,
            before: country.retention.before(kind, now),
            count: 0,
            open: 0,
        })
    });
    all.collect()
}

fn channels<'a>(service: &'a Service, country: &'a str) -> impl Iterator<Item = &'a str> {
    let channels = service.channels.values();
    let ours = channels.filter(move |channel| channel.country == country);
    ours.map(|channel| channel.id.as_str())
}

/// Goes through the citizens; erases what may go if somebody is to do so.
async fn numbers(
    records: &Records,
    country: &str,
    before: i64,
    by: Option<(&Actor, i64)>,
) -> Result<u64, Away> {
    let (mut count, mut after) = (0, String::new());
    loop {
        let page = records.numbers_due(country, before, &after, PAGE);
        let (due, last) = page.await?;
        let Some(last) = last else {
            return Ok(count);
        };
        after = last;
        count += match by {
            Some((actor, at)) if !due.is_empty() => {
                let gone = records.expire_numbers(country, before, due, actor.clone(), at);
                gone.await?
            }
            _ => u64::try_from(due.len()).unwrap_or(u64::MAX),
        };
    }
}
