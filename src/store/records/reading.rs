//! Finding feedback again.

use super::filing::feedback_columns;
use super::rows;
use super::sql::{Conn, Statement, Word as _, assembled, sql};
use super::types::FeedbackQuery;
use super::writer::Op;
use crate::domain::feedback::Feedback;
use crate::store::away::Away;

pub(super) const BY_ID: &str = concat!(
    "SELECT ",
    feedback_columns!(),
    " FROM feedback WHERE id = $1"
);
pub(super) const BY_CODE: &str = concat!(
    "SELECT ",
    feedback_columns!(),
    " FROM feedback WHERE code = $1"
);
const OF_CITIZEN: &str = concat!(
    "SELECT ",
    feedback_columns!(),
    " FROM feedback WHERE citizen = $1 AND received_at <= $2 ORDER BY received_at DESC, id DESC LIMIT $3"
);
const LIST: &str = concat!(
    "SELECT ",
    feedback_columns!(),
    " FROM feedback WHERE institution = "
);

/// One feedback, by id.
pub struct ById(pub String);

impl Op for ById {
    type Answer = Option<Feedback>;

    async fn run(&self, conn: &mut Conn) -> Result<Option<Feedback>, Away> {
        let row = sql(BY_ID).text(&self.0).row(conn).await?;
        row.as_ref().map(rows::feedback).transpose()
    }
}

/// One feedback, by the code that can be read out.
pub struct ByCode(pub String);

impl Op for ByCode {
    type Answer = Option<Feedback>;

    async fn run(&self, conn: &mut Conn) -> Result<Option<Feedback>, Away> {
        let row = sql(BY_CODE).text(&self.0).row(conn).await?;
        row.as_ref().map(rows::feedback).transpose()
    }
}

/// What a citizen said until a moment, the newest first.
pub struct OfCitizen {
    pub citizen: String,
    pub before: i64,
    pub limit: u32,
}

impl Op for OfCitizen {
    type Answer = Vec<Feedback>;

    async fn run(&self, conn: &mut Conn) -> Result<Vec<Feedback>, Away> {
        let rows = sql(OF_CITIZEN)
            .text(&self.citizen)
            .int(self.before)
            .int(i64::from(self.limit))
            .rows(conn)
            .await?;
        rows::all(&rows, rows::feedback)
    }
}

impl Op for FeedbackQuery {
    type Answer = Vec<Feedback>;

    async fn run(&self, conn: &mut Conn) -> Result<Vec<Feedback>, Away> {
        rows::all(&statement(self).rows(conn).await?, rows::feedback)
    }
}

/// What a placeholder stands for.
enum Bind {
    Text(String),
    Int(i64),
}

/// A statement in the making: the text grows from constants only, values only become parameters.
pub(super) struct Clauses {
    text: String,
    binds: Vec<Bind>,
}

impl Clauses {
    pub(super) fn new(start: &'static str) -> Self {
        Self {
            text: start.to_owned(),
            binds: Vec::new(),
        }
    }

    pub(super) fn raw(&mut self, clause: &'static str) -> &mut Self {
        self.text.push_str(clause);
        self
    }

    pub(super) fn text(&mut self, value: &str) -> &mut Self {
        self.bind(Bind::Text(value.to_owned()))
    }

    pub(super) fn int(&mut self, value: i64) -> &mut Self {
        self.bind(Bind::Int(value))
    }

    fn bind(&mut self, bind: Bind) -> &mut Self {
        self.binds.push(bind);
        self.text.push('$');
        self.text.push_str(&self.binds.len().to_string());
        self
    }

    /// The text, for those who want to know how it will be carried out.
    #[cfg(test)]
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn finish(self) -> Statement {
        let statement = assembled(self.text);
        self.binds
            .into_iter()
            .fold(statement, |statement, bind| match bind {
                Bind::Text(value) => statement.text(&value),
                Bind::Int(value) => statement.int(value),
            })
    }
}

fn statement(query: &FeedbackQuery) -> Statement {
    clauses(query).finish()
}

pub(super) fn clauses(query: &FeedbackQuery) -> Clauses {
    let mut s = Clauses::new(LIST);
    s.text(&query.institution);
    if let Some(status) = query.status {
        s.raw(" AND status = ").text(status.word());
    }
    if let Some(experience) = query.experience {
        s.raw(" AND experience = ").text(experience.word());
    }
    if let Some(since) = query.since {
        s.raw(" AND received_at >= ").int(since);
    }
    if let Some((first, others)) = query.places.split_first() {
        s.raw(" AND place IN (").text(first);
        for place in others {
            s.raw(", ").text(place);
        }
        s.raw(")");
    }
    if let Some(words) = &query.contains {
        s.raw(" AND LOWER(words) LIKE ")
            .text(&pattern(words.as_str()))
            .raw(" ESCAPE '!'");
    }
    if let Some(after) = &query.after {
        s.raw(" AND (received_at, id) < (").int(after.at);
        s.raw(", ").text(&after.id).raw(")");
    }
    s.raw(" ORDER BY received_at DESC, id DESC LIMIT ")
        .int(query.limit.into());
    s
}

/// The longest pattern searched for, in characters; the database refuses absurd ones.
const LONGEST_PATTERN: usize = 500;

/// "Contains", in `LIKE`'s language; the words' own `%`, `_` and `!` mean themselves.
fn pattern(words: &str) -> String {
    let mut pattern = String::from("%");
    for c in words.chars().take(LONGEST_PATTERN) {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c.to_ascii_lowercase());
    }
    pattern.push('%');
    pattern
}

impl super::Records {
    /// What a citizen said until a moment, the newest first.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn feedback_of(
        &self,
        citizen: &str,
        before: i64,
        limit: u32,
    ) -> Result<Vec<Feedback>, Away> {
        let citizen = citizen.to_owned();
        let query = OfCitizen {
            citizen,
            before,
            limit,
        };
        self.read(query).await
    }
}
