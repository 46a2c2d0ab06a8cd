//! Branches, calls and returns: screens that are never shown but decide which comes next.

use jiff::Timestamp;
use jiff::tz::Offset;

use super::Scene;
use super::model::{Asks, Condition};
use super::step::Position;

/// Follows forks until there is something to show. As many of them as there are screens can lie
/// in a row; what turns longer is a circle, which `check` refuses: it ends at the menu's home.
pub(super) fn follow(scene: &Scene<'_>, at: &mut Position) {
    let nodes = &scene.menu.nodes;
    for _ in 0..=nodes.len() * 2 {
        let Some(node) = nodes.get(at.node) else {
            return;
        };
        match &node.asks {
            Asks::Branch { cases, otherwise } => {
                let holds = |when: &[Condition]| when.iter().all(|c| holds(scene, at, c));
                let case = cases.iter().find(|case| holds(&case.when));
                at.node = case.map_or(*otherwise, |case| case.next);
            }
            Asks::Call { to, next } => {
                at.calls.push(*next);
                at.node = *to;
            }
            Asks::Return { set } => {
                at.said.take(set, None);
                at.node = at.calls.pop().unwrap_or(scene.menu.home);
            }
            _ => return,
        }
    }
    at.node = scene.menu.home;
}

fn holds(scene: &Scene<'_>, at: &Position, condition: &Condition) -> bool {
    let one_of = |all: &[String], one: &str| all.iter().any(|a| a.eq_ignore_ascii_case(one));
    match condition {
        Condition::Country(codes) => one_of(codes, &scene.country.code),
        Condition::Operator(ids) => scene.operator.is_some_and(|id| one_of(ids, id)),
        Condition::Language(tags) => {
            let language = scene.service.texts.languages().get(at.said.language);
            language.is_some_and(|l| one_of(tags, &l.tag))
        }
        Condition::Hours(hours) => moment(scene).is_some_and(|m| hours.hold(m.minute)),
        Condition::Days(days) => moment(scene).is_some_and(|m| days.contains(&m.day)),
        Condition::WorkingDay(working) => moment(scene).is_some_and(|m| (m.day < 5) == *working),
        Condition::Said(set) => at.said.has(set),
    }
}

/// When a session began, by the clock on the wall.
struct Moment {
    /// Minutes after midnight.
    minute: u16,
    /// Monday is 0.
    day: u8,
}

fn moment(scene: &Scene<'_>) -> Option<Moment> {
    let offset = Offset::from_seconds(scene.country.utc_offset.checked_mul(60)?).ok()?;
    let local = offset.to_datetime(Timestamp::from_millisecond(scene.began).ok()?);
    Some(Moment {
        minute: u16::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).ok()?,
        day: u8::try_from(local.weekday().to_monday_zero_offset()).ok()?,
    })
}
