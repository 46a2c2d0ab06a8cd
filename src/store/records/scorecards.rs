//! How an institution listens, counted.

use super::Records;
use super::sql::{Conn, sql};
use super::writer::Op;
use crate::domain::scorecard::{Clock, Scorecard, Told};
use crate::store::away::Away;

impl Records {
    /// How an institution listens to what came at or after a time and before another.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn scorecard(
        &self,
        institution: &str,
        since: i64,
        until: i64,
    ) -> Result<Scorecard, Away> {
        let institution = institution.to_owned();
        let count = Count {
            institution,
            since,
            until,
        };
        self.read(count).await
    }
}

pub(super) const TOLD: &str = "SELECT COUNT(*) AS total, \
     COUNT(CASE WHEN experience = 'good' THEN 1 END) AS good, \
     COUNT(CASE WHEN experience = 'bad' THEN 1 END) AS bad FROM feedback \
     WHERE institution = $1 AND received_at >= $2 AND received_at < $3";
/// The lower one of the two in the middle counts.
const RUNGS: &str = "SELECT rung, n, took FROM (SELECT r.rung AS rung, \
     r.first_at - f.received_at AS took, COUNT(*) OVER (PARTITION BY r.rung) AS n, \
     ROW_NUMBER() OVER (PARTITION BY r.rung ORDER BY r.first_at - f.received_at) AS nth \
     FROM feedback AS f JOIN rung AS r ON r.feedback = f.id AND r.institution = f.institution \
     WHERE f.institution = $1 AND f.received_at >= $2 AND f.received_at < $3) AS times \
     WHERE nth = (n + 1) / 2";

struct Count {
    institution: String,
    since: i64,
    until: i64,
}

impl Op for Count {
    type Answer = Scorecard;

    async fn run(&self, conn: &mut Conn) -> Result<Scorecard, Away> {
        let asked = |statement: &'static str| {
            sql(statement)
                .text(&self.institution)
                .int(self.since)
                .int(self.until)
        };
        let zero = Clock {
            count: Some(0),
            median_seconds: None,
        };
        let mut card = Scorecard {
            institution: self.institution.clone(),
            feedback: Told {
                overdue: Some(0),
                reopened: Some(0),
                ..Told::default()
            },
            delivered: zero,
            opened: zero,
            answered: zero,
            fixed: zero,
        };
        if let Some(row) = asked(TOLD).row(conn).await? {
            card.feedback.total = Some(row.small("total")?);
            card.feedback.good = Some(row.small("good")?);
            card.feedback.bad = Some(row.small("bad")?);
        }
        for row in &asked(RUNGS).rows(conn).await? {
            let count = Some(row.small("n")?);
            let clock = Clock {
                count,
                // A clock that was set back took no time.
                median_seconds: Some(u64::try_from(row.int("took")? / 1000).unwrap_or(0)),
            };
            match row.text("rung")?.as_str() {
                "delivered" => card.delivered = clock,
                "opened" => card.opened = clock,
                "answered" => card.answered = clock,
                "fixed" => card.fixed = clock,
                "overdue" => card.feedback.overdue = count,
                "not_fixed" => card.feedback.reopened = count,
                _ => {}
            }
        }
        Ok(card)
    }
}
