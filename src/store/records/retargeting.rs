//! Letters to an address that is no longer in the institution's file: they follow it to where it
//! has gone, under the same ids.

use super::Records;
use super::reading::Clauses;
use super::sql::{Conn, sql};
use super::writer::Op;
use crate::store::away::Away;

/// Those of one feedback go together, and before what was written to the new address since.
pub(super) const MOVE: &str = "UPDATE letter SET url = $3, seq = seq - 1000000 \
     WHERE feedback = $1 AND url = $2 AND standing = 'pending'";

impl Records {
    /// Sends what waits about a feedback for one address of an institution to another; how many.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn retarget(&self, feedback: &str, from: &str, to: &str) -> Result<u64, Away> {
        let own = str::to_owned;
        let (feedback, from, to) = (own(feedback), own(from), own(to));
        self.writer.submit(Move { feedback, from, to }).await
    }

    /// Has letters of an institution that wait for other addresses than these looked at now; how
    /// many there are.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn hurry_elsewhere(
        &self,
        institution: &str,
        urls: &[String],
        now: i64,
    ) -> Result<u64, Away> {
        let (institution, urls) = (institution.to_owned(), urls.to_vec());
        // Mostly there are none: a reader finds that out without holding up the writer.
        let any = AnyElsewhere { institution, urls };
        if !self.read(any.clone()).await? {
            return Ok(0);
        }
        let AnyElsewhere { institution, urls } = any;
        self.writer
            .submit(HurryElsewhere {
                institution,
                urls,
                now,
            })
            .await
    }
}

/// Sends what waits about a feedback for one address to another.
struct Move {
    feedback: String,
    from: String,
    to: String,
}

impl Op for Move {
    type Answer = u64;

    async fn run(&self, conn: &mut Conn) -> Result<u64, Away> {
        sql(MOVE)
            .text(&self.feedback)
            .text(&self.from)
            .text(&self.to)
            .run(conn)
            .await
    }
}

/// Whether letters of an institution wait for other addresses than these.
#[derive(Clone)]
struct AnyElsewhere {
    institution: String,
    urls: Vec<String>,
}

impl Op for AnyElsewhere {
    type Answer = bool;

    async fn run(&self, conn: &mut Conn) -> Result<bool, Away> {
        let mut s =
            Clauses::new("SELECT id FROM letter WHERE standing = 'pending' AND institution = ");
        s.text(&self.institution);
        elsewhere(&mut s, &self.urls);
        s.raw(" LIMIT 1");
        Ok(s.finish().row(conn).await?.is_some())
    }
}

/// Makes them due now: where they go has changed, and how it failed there tells nothing.
struct HurryElsewhere {
    institution: String,
    urls: Vec<String>,
    now: i64,
}

impl Op for HurryElsewhere {
    type Answer = u64;

    async fn run(&self, conn: &mut Conn) -> Result<u64, Away> {
        let mut s = Clauses::new("UPDATE letter SET due_at = ");
        s.int(self.now);
        s.raw(" WHERE standing = 'pending' AND institution = ")
            .text(&self.institution);
        s.raw(" AND due_at > ").int(self.now);
        s.raw(" AND leased_until <= ").int(self.now);
        elsewhere(&mut s, &self.urls);
        s.finish().run(conn).await
    }
}

fn elsewhere(s: &mut Clauses, urls: &[String]) {
    if let Some((first, others)) = urls.split_first() {
        s.raw(" AND url NOT IN (").text(first);
        for url in others {
            s.raw(", ").text(url);
        }
        s.raw(")");
    }
}
