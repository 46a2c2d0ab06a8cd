//! Letters that were taken: crowds of them are noted at once.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::letters::{self, NEXT_IN_TURN, followed, if_followed};
use super::sql::{Bulk, Conn};
use super::{LetterOutcome, Records};
use crate::store::away::Away;

/// A letter that its receiver took.
pub struct Delivered {
    /// The letter's id.
    pub id: String,
    /// When it was taken.
    pub at: i64,
    /// What the receiver answered.
    pub status: u16,
}

/// What noting it came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It was settled before.
    Before,
    /// It is settled now.
    Now,
    /// It is settled now, and another of its feedback waits behind it.
    AndFollowed,
}

pub(super) static SETTLE: LazyLock<Bulk> = LazyLock::new(|| {
    Bulk::around(
        "WITH taken (id, at, status) AS (",
        3,
        concat!(
            ") UPDATE letter SET standing = 'delivered', settled_at = CAST(taken.at AS BIGINT), \
             status = CAST(taken.status AS BIGINT), why = NULL, answer = NULL, leased_until = 0 \
             FROM taken WHERE letter.id = taken.id AND letter.standing = 'pending' \
             RETURNING letter.id AS id, letter.feedback AS feedback, letter.url AS url, ",
            followed!()
        ),
    )
});
/// The first address that takes a feedback counts. In one order everywhere, lest two instances wait
/// for one another's.
pub(super) static CLIMB: LazyLock<Bulk> = LazyLock::new(|| {
    Bulk::around(
        "INSERT INTO rung (feedback, institution, rung, first_at, last_at) \
         SELECT feedback, institution, 'delivered', settled_at, settled_at FROM letter \
         WHERE event = 'feedback.received' AND id IN (",
        1,
        ") ORDER BY feedback, institution ON CONFLICT DO NOTHING",
    )
});

/// Notes all of them.
pub async fn deliver_all(conn: &mut Conn, taken: &[&Delivered]) -> Result<Vec<Done>, Away> {
    let rows = SETTLE
        .run(conn, taken, |statement, taken| {
            statement
                .text(&taken.id)
                .int(taken.at)
                .int(taken.status.into())
        })
        .await?;
    let mut settled = HashMap::new();
    for row in &rows {
        settled.insert(row.text("id")?, row);
    }
    let mut done = Vec::with_capacity(taken.len());
    let mut brought = Vec::with_capacity(rows.len());
    for taken in taken {
        // Of two who say so of one letter, the first did it.
        let Some(row) = settled.remove(&taken.id) else {
            done.push(Done::Before);
            continue;
        };
        brought.push(*taken);
        let followed = if_followed(conn, row, NEXT_IN_TURN, taken.at).await?;
        done.push(if followed {
            Done::AndFollowed
        } else {
            Done::Now
        });
    }
    CLIMB
        .run(conn, &brought, |statement, taken| statement.text(&taken.id))
        .await?;
    Ok(done)
}

impl Records {
    /// Notes that a letter was delivered, at `at` with that status; whether another of its feedback
    /// waits behind it for the same address, and may go now.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn deliver_letter(&self, id: &str, at: i64, status: u16) -> Result<bool, Away> {
        let id = id.to_owned();
        let done = self.writer.deliver(Delivered { id, at, status }).await?;
        Ok(done == Done::AndFollowed)
    }

    /// Notes what became of an attempt; false if the letter was settled before (by whoever held
    /// an earlier lease), which then stands.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn settle_letter(&self, id: &str, outcome: LetterOutcome) -> Result<bool, Away> {
        let id = id.to_owned();
        match outcome {
            LetterOutcome::Delivered { at, status } => {
                let done = self.writer.deliver(Delivered { id, at, status }).await?;
                Ok(done != Done::Before)
            }
            outcome => self.writer.submit(letters::Settle { id, outcome }).await,
        }
    }
}
