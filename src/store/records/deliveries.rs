//! The outbox as it is looked at: letters, and what became of them.

use super::letters::letter_columns;
use super::reading::Clauses;
use super::rows;
use super::sql::{Conn, Word as _, sql};
use super::types::{Delivery, DeliveryQuery};
use super::writer::Op;
use crate::store::away::Away;

macro_rules! delivery_columns {
    () => {
        concat!(
            letter_columns!(),
            ", standing, due_at, status, why, answer, settled_at"
        )
    };
}

pub(super) const ONE: &str = concat!("SELECT ", delivery_columns!(), " FROM letter WHERE id = $1");
pub(super) const OF_FEEDBACK: &str = concat!(
    "SELECT ",
    delivery_columns!(),
    " FROM letter WHERE feedback = $1 ORDER BY created_at, url, seq, id"
);
const LIST: &str = concat!(
    "SELECT ",
    delivery_columns!(),
    " FROM letter WHERE institution = "
);

/// One letter and what became of it.
pub struct One(pub String);

impl Op for One {
    type Answer = Option<Delivery>;

    async fn run(&self, conn: &mut Conn) -> Result<Option<Delivery>, Away> {
        let row = sql(ONE).text(&self.0).row(conn).await?;
        row.as_ref().map(rows::delivery).transpose()
    }
}

/// All letters about one feedback, oldest first.
pub struct OfFeedback(pub String);

impl Op for OfFeedback {
    type Answer = Vec<Delivery>;

    async fn run(&self, conn: &mut Conn) -> Result<Vec<Delivery>, Away> {
        let rows = sql(OF_FEEDBACK).text(&self.0).rows(conn).await?;
        rows::all(&rows, rows::delivery)
    }
}

impl Op for DeliveryQuery {
    type Answer = Vec<Delivery>;

    async fn run(&self, conn: &mut Conn) -> Result<Vec<Delivery>, Away> {
        let rows = clauses(self).finish().rows(conn).await?;
        rows::all(&rows, rows::delivery)
    }
}

pub(super) fn clauses(query: &DeliveryQuery) -> Clauses {
    let mut s = Clauses::new(LIST);
    s.text(&query.institution);
    if let Some(standing) = query.standing {
        s.raw(" AND standing = ").text(standing.word());
    }
    if let Some(since) = query.since {
        s.raw(" AND created_at >= ").int(since);
    }
    if let Some(until) = query.until {
        s.raw(" AND created_at < ").int(until);
    }
    if let Some(after) = &query.after {
        s.raw(" AND (created_at, id) < (").int(after.at);
        s.raw(", ").text(&after.id).raw(")");
    }
    s.raw(" ORDER BY created_at DESC, id DESC LIMIT ")
        .int(query.limit.into());
    s
}
