//! Texts that are sent: what they cost, and which character makes them dear.

use std::collections::BTreeMap;

use super::super::texts::{Own, Piece, Variable};
use super::fit::LONGEST_CODE;
use super::{Fault, Notes, Sent, Site};
use crate::domain::channel::Channel;
use crate::domain::service::Service;
use crate::domain::text::fold::fold;
use crate::domain::text::{Cost, Folding, sms_cost};

/// Each text that is sent, with the variables that are filled in it (flows: `file`, `answer`, `tell`).
const SENT: [(Own, &[Variable]); 19] = [
    (Own::SmsFiled, &[Variable::Institution, Variable::Code]),
    (
        Own::SmsReplyMore,
        &[
            Variable::Institution,
            Variable::Code,
            Variable::Reply,
            Variable::Dial,
        ],
    ),
    (Own::SmsVerdict, &[Variable::Institution, Variable::Code]),
    (Own::SmsOverdue, &[Variable::Institution, Variable::Code]),
    (Own::SmsMoved, &[Variable::Institution, Variable::Code]),
    (
        Own::SmsReply,
        &[Variable::Institution, Variable::Code, Variable::Reply],
    ),
    (Own::SmsAskOffice, &[Variable::Code, Variable::List]),
    (
        Own::SmsAskExperience,
        &[Variable::Institution, Variable::Code],
    ),
    (Own::SmsAskPlace, &[Variable::Institution, Variable::Code]),
    (
        Own::SmsAskWhichPlace,
        &[Variable::Institution, Variable::Code, Variable::List],
    ),
    (Own::SmsAskThread, &[Variable::List]),
    (Own::SmsAdded, &[Variable::Institution, Variable::Code]),
    (Own::SmsStopped, &[]),
    (Own::SmsStarted, &[]),
    (Own::SmsInfo, &[]),
    (Own::SmsHelp, &[Variable::List]),
    (Own::SmsErased, &[]),
    (Own::SmsAskCode, &[]),
    (
        Own::SmsStanding,
        &[Variable::Code, Variable::Standing, Variable::Reply],
    ),
];

/// A code to dial, as long as they come.
const LONGEST_DIAL: &str = "*384*7344#";

/// Looks at every text sent, in every language of every country; answers what each costs.
pub(super) fn texts(notes: &mut Notes, service: &Service) -> Vec<Sent> {
    let mut sent: BTreeMap<(usize, String), Sent> = BTreeMap::new();
    let mut channels: Vec<&Channel> = service.channels.values().map(AsRef::as_ref).collect();
    channels.retain(|channel| !channel.sms.is_empty());
    channels.sort_unstable_by_key(|channel| &channel.id);
    let texts = &service.texts;
    for channel in channels {
        let Some(country) = service.country(&channel.country) else {
            continue;
        };
        for language in country.languages.iter().filter_map(|l| texts.language(l)) {
            for (own, filled) in SENT {
                unfilled(notes, service, language, own, filled);
                let Some(worst) = dear(notes, service, channel, language, own) else {
                    continue;
                };
                let known = sent.entry((own.key().0, worst.language.clone()));
                let known = known.or_insert_with(|| worst.clone());
                if weight(&worst.cost) > weight(&known.cost) {
                    *known = worst;
                }
            }
        }
    }
    sent.into_values().collect()
}

/// What makes one cost more than another.
fn weight(cost: &Cost) -> (usize, bool, usize) {
    (cost.parts, cost.dear.is_some(), cost.units)
}

fn unfilled(notes: &mut Notes, service: &Service, language: usize, own: Own, filled: &[Variable]) {
    for piece in service.texts.get(language, own.key()) {
        if let Piece::Slot(variable) = piece
            && !filled.contains(variable)
        {
            let site = Site::Text(language, own.key());
            notes.note(site, Fault::Unfilled(*variable), None, None, &[]);
        }
    }
}

/// Notes a text that takes more than one part or the dear alphabet, a reply's own words left out;
/// answers what it costs in any case.
fn dear(
    notes: &mut Notes,
    service: &Service,
    channel: &Channel,
    language: usize,
    own: Own,
) -> Option<Sent> {
    let tag = service.texts.languages().get(language);
    let tag = tag.map_or("", |l| l.tag.as_str());
    let cost = |institution: &str| -> Cost {
        let sent = service
            .texts
            .filled(language, own.key(), |variable| match variable {
                Variable::Institution => institution.to_owned(),
                Variable::Code => LONGEST_CODE.to_owned(),
                Variable::Dial => LONGEST_DIAL.to_owned(),
                _ => String::new(),
            });
        match channel.folding {
            Folding::Ascii => sms_cost(&fold(&sent, Folding::Ascii)),
            Folding::Gsm7 => sms_cost(&sent),
        }
    };
    let institutions = service.institutions_of(&channel.country);
    let costs = institutions.map(|i| cost(service.institutions[i].name(tag)));
    let worst = costs.max_by_key(weight)?;
    if worst.parts > 1 || worst.dear.is_some() {
        let site = Site::Text(language, own.key());
        let fault = Fault::Dear(worst);
        notes.note(site, fault, None, Some(tag), &[&channel.id]);
    }
    Some(Sent {
        text: service.texts.name(own.key()).to_owned(),
        language: tag.to_owned(),
        cost: worst,
    })
}
