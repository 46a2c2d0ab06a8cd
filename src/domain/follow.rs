//! Where a feedback stands, in a citizen's words.

use super::ladder::{Stage, Standing};
use super::menu::texts::{Own, Variable};
use super::promise;
use super::service::Service;

/// What a citizen is told, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The name of the institution that answers for it.
    pub institution: String,
    /// Where it stands and since when: `Lu le 24/11`.
    pub stage: String,
    /// What is due when, or that it is late; nothing once there is an answer.
    pub due: Option<String>,
}

impl Told {
    /// All of it in one line, for a screen or an SMS.
    pub fn line(&self) -> String {
        let mut line = format!("{}: {}.", self.institution, self.stage);
        if let Some(due) = &self.due {
            line.push(' ');
            line.push_str(due);
            line.push('.');
        }
        line
    }
}

/// Tells a standing in the language of this index (`service.texts`).
pub fn told(service: &Service, standing: &Standing, language: usize) -> Told {
    let tag = service.texts.languages().get(language);
    let tag = tag.map_or("", |l| l.tag.as_str());
    let day = |at: i64| {
        service
            .country(&standing.country)
            .map(|country| promise::day(at, country))
            .unwrap_or_default()
    };
    let dated = |own: Own, at: i64| {
        service
            .texts
            .filled(language, own.key(), |variable| match variable {
                Variable::Since | Variable::ReplyBy => day(at),
                Variable::Code => standing.code.clone(),
                _ => String::new(),
            })
    };
    let due = if standing.overdue {
        Own::FollowOverdue
    } else {
        Own::FollowDue
    };
    Told {
        institution: service
            .institution(&standing.institution)
            .map(|i| i.name(tag).to_owned())
            .unwrap_or_default(),
        stage: dated(text_of(standing.stage), standing.since),
        due: standing.due.map(|at| dated(due, at)),
    }
}

fn text_of(stage: Stage) -> Own {
    match stage {
        Stage::Received => Own::FollowReceived,
        Stage::Delivered => Own::FollowDelivered,
        Stage::Opened => Own::FollowOpened,
        Stage::Answered => Own::FollowAnswered,
        Stage::Resolved => Own::FollowResolved,
        Stage::Fixed => Own::FollowFixed,
        Stage::Reopened => Own::FollowReopened,
    }
}
