//! A citizen known by an old form of their number becomes one with the new.
//!
//! Numbers that came while a country's file did not know their form were kept as they were
//! written. Once the file has learnt it (a rewrite, a new range), the same phone would be
//! somebody else: another alias, another STOP. So after a start and after every reload the kept
//! citizens are gone through once, page by page; who is another by now is made one with them.
//! What they said, their messages and their opt-outs go along; it may be done again at any time.

use std::collections::HashSet;

use crate::domain::citizen::{Caller, Keyring};
use crate::domain::country::Country;
use crate::domain::msisdn::Msisdn;
use crate::domain::service::Service;
use crate::store::records::{Relink, Seen};

use super::{Gateway, Halt, clock};

/// Citizens looked at between two rests of the database.
const PAGE: u32 = 500;

/// Goes through every citizen; how many became one with another.
///
/// # Errors
/// [`Halt`]; what was done stands, and the rest is done when this is called again.
pub async fn all(gateway: &Gateway) -> Result<usize, Halt> {
    let service = gateway.service();
    let opted_out = gateway.records.opted_out_citizens().await?;
    let mut opted_out: HashSet<String> = opted_out.into_iter().collect();
    let mut linked = 0;
    let mut last = String::new();
    loop {
        let page = gateway.records.citizens_after(&last, PAGE).await?;
        let Some(end) = page.last() else { break };
        last.clone_from(&end.lookup);
        for held in page {
            linked += usize::from(one(gateway, &service, &held, &mut opted_out).await?);
        }
    }
    if linked > 0 {
        tracing::info!(
            linked,
            "citizens known by an old form of their number are one again"
        );
    }
    Ok(linked)
}

async fn one(
    gateway: &Gateway,
    service: &Service,
    held: &Seen,
    opted_out: &mut HashSet<String>,
) -> Result<bool, Halt> {
    let keys = gateway.keys();
    let Some(raw) = keys.open_as_written(&held.number, &held.lookup) else {
        return Ok(false);
    };
    // Almost everybody: in today's form already, which tells its country by itself.
    let settled = placed(service, None, raw.expose());
    let (country, number, heard_by) = match settled {
        Some((country, number)) if number.e164() == raw.expose() => (country, number, None),
        _ => {
            let heard_by = gateway.records.heard_by(&held.lookup).await?;
            let home = heard_by.first().map(|(country, _)| country.as_str());
            let Some((country, number)) = placed(service, home, raw.expose()) else {
                return Ok(false);
            };
            (country, number, Some(heard_by))
        }
    };
    let mut linked = false;
    if let Some(heard_by) = heard_by {
        linked = true;
        let relink = moved(&keys, &held.lookup, &number, &heard_by);
        opted_out.remove(&held.lookup);
        gateway.records.relink(relink).await?;
    }
    let former = country.numbering.former(&number);
    for lookup in keys.former_lookups(&former) {
        let theirs = keys.lookup(&Caller::Known(number.clone()));
        if lookup != theirs && opted_out.remove(&lookup) {
            linked = true;
            let relink = moved(&keys, &lookup, &number, &[]);
            gateway.records.relink(relink).await?;
        }
    }
    Ok(linked)
}

/// The number that this is by now, in a country that is known or that its calling code tells.
fn placed<'a>(
    service: &'a Service,
    home: Option<&str>,
    raw: &str,
) -> Option<(&'a Country, Msisdn)> {
    let mut countries = service.countries.iter();
    let country = if let Some(code) = home {
        service.country(code)?
    } else {
        let digits = raw.strip_prefix('+')?;
        countries.find(|c| digits.starts_with(c.numbering.calling_code()))?
    };
    Some((country, country.numbering.parse(raw).ok()?.msisdn))
}

fn moved(keys: &Keyring, from: &str, number: &Msisdn, heard_by: &[(String, String)]) -> Relink {
    let caller = Caller::Known(number.clone());
    let lookup = keys.lookup(&caller);
    let alias = |(_, institution): &(String, String)| {
        (institution.clone(), keys.alias(institution, &lookup))
    };
    Relink {
        from: from.to_owned(),
        aliases: heard_by.iter().map(alias).collect(),
        to: Seen {
            number: keys.seal(&caller, clock::random()),
            lookup,
        },
    }
}
