//! Which rung of the ladder a feedback reached, and when.

use super::sql::{Conn, Row, Word, sql};
use super::writer::Op;
use crate::domain::ladder::{Ladder, Reached, Rung};
use crate::store::away::Away;

/// The first time stays.
pub(super) const CLIMB: &str = "INSERT INTO rung (feedback, institution, rung, first_at, last_at) \
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (feedback, institution, rung) \
     DO UPDATE SET last_at = excluded.last_at";
pub(super) const OF_FEEDBACK: &str = "SELECT rung, first_at, last_at FROM rung \
     WHERE feedback = $1 AND institution = $2 ORDER BY first_at, rung";

impl Word for Rung {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Delivered, "delivered"),
        (Self::Opened, "opened"),
        (Self::Answered, "answered"),
        (Self::Resolved, "resolved"),
        (Self::Fixed, "fixed"),
        (Self::NotFixed, "not_fixed"),
        (Self::Overdue, "overdue"),
        (Self::NotOurs, "not_ours"),
    ];
}

/// Notes that a feedback has reached a rung, within whatever transaction it belongs to.
pub async fn climb(
    conn: &mut Conn,
    feedback: &str,
    institution: &str,
    rung: Rung,
    at: i64,
) -> Result<(), Away> {
    sql(CLIMB)
        .text(feedback)
        .text(institution)
        .text(rung.word())
        .int(at)
        .int(at)
        .run(conn)
        .await?;
    Ok(())
}

/// The ladder of a feedback at an institution.
pub struct Of {
    pub feedback: String,
    pub institution: String,
}

impl Op for Of {
    type Answer = Ladder;

    async fn run(&self, conn: &mut Conn) -> Result<Ladder, Away> {
        let rows = sql(OF_FEEDBACK)
            .text(&self.feedback)
            .text(&self.institution)
            .rows(conn)
            .await?;
        rows.iter()
            .map(reached)
            .collect::<Result<_, _>>()
            .map(Ladder)
    }
}

fn reached(row: &Row) -> Result<Reached, Away> {
    Ok(Reached {
        rung: row.word("rung")?,
        first: row.int("first_at")?,
        last: row.int("last_at")?,
    })
}
