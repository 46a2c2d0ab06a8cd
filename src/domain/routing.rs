//! Who answers for it: of those that could, the institution that covers a place closest.

use super::feedback::Experience;
use super::institution::Institution;
use super::service::Service;
use super::text::fold::key;

/// Who answers for a subject at a place: of those whose files name the subject, the one that covers
/// the place closest; none if nobody does.
pub fn responsible(
    service: &Service,
    country: &str,
    subject: &str,
    place: Option<usize>,
) -> Option<usize> {
    let named: Vec<usize> = service
        .institutions_of(country)
        .filter(|i| {
            let subjects = &service.institutions[*i].ties.subjects;
            subjects.iter().any(|s| key(s) == key(subject))
        })
        .collect();
    closest(service, &named, place)
}

/// Of these institutions the one that covers the place closest; of equals the first, which is the
/// menu's order. `None` if none covers it.
pub fn closest(service: &Service, of: &[usize], place: Option<usize>) -> Option<usize> {
    of.iter()
        .filter_map(|i| Some((closeness(service, *i, place)?, *i)))
        .max_by_key(|(closeness, i)| (*closeness, std::cmp::Reverse(*i)))
        .map(|(_, i)| i)
}

/// Who gets a copy of a feedback besides the institution that answers for it: those its file names
/// and, if it is praise and may be told, the one that oversees it. A media relay gets only what
/// the citizen agreed to publish.
pub fn copies<'a>(
    service: &'a Service,
    responsible: &Institution,
    experience: Option<Experience>,
    publish: bool,
) -> Vec<&'a Institution> {
    let ties = &responsible.ties;
    let praise = experience == Some(Experience::Good) && ties.share_praise;
    let up = ties.overseen_by.iter().filter(|_| praise);
    let mut copies: Vec<&Institution> = Vec::new();
    for id in ties.also.iter().chain(up) {
        let Some(institution) = service.institution(id) else {
            continue;
        };
        let wanted = !institution.ties.media || publish;
        if wanted && institution.id != responsible.id && !copies.iter().any(|c| c.id == *id) {
            copies.push(institution);
        }
    }
    copies
}

/// How precisely an institution covers a place: the depth of what it covers; `None` if it does
/// not. Without a place, the widest cover is the closest.
fn closeness(service: &Service, institution: usize, place: Option<usize>) -> Option<i64> {
    let tree = &service.places;
    let depth = |c: &usize| i64::try_from(tree.depth(*c)).unwrap_or(i64::MAX);
    let covers = &service.institutions.get(institution)?.covers;
    match place {
        None => covers.iter().map(|c| -depth(c)).max(),
        Some(place) => covers
            .iter()
            .filter(|c| tree.within(place, **c))
            .map(depth)
            .max(),
    }
}
