//! What a text's variables show on a screen.

use super::Scene;
use super::offers::{self, Offer};
use super::render::Filed;
use super::step::State;
use super::texts::{Own, Variable};
use crate::domain::feedback::Experience;
use crate::domain::follow;
use crate::domain::ladder::Standing;

/// A variable's value in the session's language; nothing for what was not said. The citizen's own
/// words are the layout's: it shortens them to fit.
pub(super) fn value(scene: &Scene<'_>, state: &State, filed: &Filed, variable: Variable) -> String {
    let said = &state.here.said;
    let texts = &scene.service.texts;
    let language = said.language;
    let label = |offer| offers::label(scene, &state.here, offer);
    match variable {
        Variable::Institution => {
            let institution = said.institution.map(Offer::Institution);
            institution.map(label).unwrap_or_default()
        }
        Variable::Place => said.place.map(Offer::Place).map(label).unwrap_or_default(),
        Variable::Experience => match said.experience {
            Some(Experience::Good) => texts.plain(language, Own::ExperienceGood.key()),
            Some(Experience::Bad) => texts.plain(language, Own::ExperienceBad.key()),
            None => String::new(),
        },
        Variable::Code if filed.code.is_empty() => {
            said.code.as_deref().unwrap_or_default().to_owned()
        }
        Variable::Code => filed.code.clone(),
        Variable::ReplyBy => filed.reply_by.clone(),
        Variable::Standing => match standing(scene, state) {
            Some(standing) => follow::told(scene.service, standing, language).line(),
            None => texts.plain(language, Own::FollowUnknown.key()),
        },
        Variable::Reply => standing(scene, state).map(replies).unwrap_or_default(),
        Variable::Bulletin => {
            let all = scene.facts.bulletins.as_deref().unwrap_or_default();
            let chosen = said.bulletin.and_then(|index| all.get(index));
            chosen.map_or_else(String::new, |b| b.body.clone())
        }
        Variable::ShortCode => scene
            .service
            .short_code(&scene.country.code)
            .unwrap_or_default()
            .to_owned(),
        Variable::Emergency => emergency(scene, language),
        Variable::Words | Variable::Since | Variable::Dial | Variable::List => String::new(),
    }
}

/// Who answers and what to dial, one a line; the layout keeps a line together. The name comes
/// first: a number that began a line would be taken for a key.
fn emergency(scene: &Scene<'_>, language: usize) -> String {
    let tag = scene.service.texts.languages().get(language);
    let tag = tag.map_or("", |l| l.tag.as_str());
    let numbers = scene.country.emergency.iter();
    let told = numbers.map(|e| format!("{} {}", e.name(tag), e.number));
    told.collect::<Vec<_>>().join("\n")
}

fn standing<'a>(scene: &Scene<'a>, state: &State) -> Option<&'a Standing> {
    let code = state.here.said.code.as_deref()?;
    scene.facts.standing(code).flatten()
}

/// The institution's words, all of them, the oldest first.
fn replies(standing: &Standing) -> String {
    let words = standing.replies.iter().map(|reply| reply.text.as_str());
    words.collect::<Vec<_>>().join("\n")
}
