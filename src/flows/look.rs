//! A menu shows what only the records know.

use crate::domain::ladder::Standing;
use crate::domain::menu::facts::{Facts, Need};

use super::follow::{self, Asker};
use super::{Gateway, Halt};

/// A citizen's own feedback listed: what nine keys choose from.
const OWN: u32 = 9;

/// Fetches what a screen lacks. `began` is when the session did: what came later would move the
/// numbers under the citizen's finger.
///
/// # Errors
/// [`Halt`] if the records cannot be read.
pub async fn fetch(
    gateway: &Gateway,
    facts: &mut Facts,
    need: Need,
    citizen: &str,
    began: i64,
) -> Result<(), Halt> {
    match need {
        Need::Standing(code) => {
            let asker = Asker::Citizen(citizen.to_owned());
            let standing = follow::standing(gateway, &code, &asker).await?;
            facts.standings.push((code, standing));
        }
        Need::Own => {
            let own = gateway.records.feedback_of(citizen, began, OWN).await?;
            let mut standings: Vec<Standing> = Vec::new();
            for feedback in own {
                let asker = Asker::Citizen(citizen.to_owned());
                standings.extend(follow::standing(gateway, &feedback.code, &asker).await?);
            }
            facts.own = Some(standings);
        }
        // Nobody keeps bulletins yet: the list says that there is nothing.
        Need::Bulletins => facts.bulletins = Some(Vec::new()),
    }
    Ok(())
}
