//! One citizen under one lookup key, whatever form of the number came first.

use super::Records;
use super::sql::{Conn, sql};
use super::writer::Op;
use crate::domain::feedback::Sealed;
use crate::store::away::Away;

/// A citizen as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Their lookup key.
    pub lookup: String,
    /// Their number, bound to that key.
    pub number: Sealed,
}

/// One citizen becomes another: what was kept of the first is the second's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relink {
    /// The lookup key that goes.
    pub from: String,
    /// The one that stays, and the number bound to it.
    pub to: Seen,
    /// Their alias at each institution that has heard them.
    pub aliases: Vec<(String, String)>,
}

impl Records {
    /// Citizens in the order of their lookup keys, from the first one after this.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn citizens_after(&self, lookup: &str, limit: u32) -> Result<Vec<Seen>, Away> {
        let after = lookup.to_owned();
        self.read(After { after, limit }).await
    }

    /// The country and the institution of all that a citizen said, each pair once.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn heard_by(&self, citizen: &str) -> Result<Vec<(String, String)>, Away> {
        self.read(HeardBy(citizen.to_owned())).await
    }

    /// Every citizen who has opted out of some channel.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn opted_out_citizens(&self) -> Result<Vec<String>, Away> {
        self.read(OptedOutCitizens).await
    }

    /// Makes one citizen of two. Again changes nothing.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn relink(&self, relink: Relink) -> Result<(), Away> {
        self.writer.submit(relink).await
    }
}

pub(super) const AFTER: &str =
    "SELECT lookup, key_id, number FROM citizen WHERE lookup > $1 ORDER BY lookup LIMIT $2";
pub(super) const HEARD_BY: &str =
    "SELECT DISTINCT country, institution FROM feedback WHERE citizen = $1";
const OPTED_OUT: &str = "SELECT DISTINCT citizen FROM opt_out";
const KEEP: &str = "INSERT INTO citizen (lookup, key_id, number) VALUES ($1, $2, $3) \
     ON CONFLICT DO NOTHING";
pub(super) const FEEDBACK: &str =
    "UPDATE feedback SET citizen = $1, alias = $2 WHERE citizen = $3 AND institution = $4";
pub(super) const MESSAGES: &str = "UPDATE message SET citizen = $1 WHERE citizen = $2";
pub(super) const QUESTIONS: &str = "UPDATE question SET citizen = $1 WHERE citizen = $2";
const OPT_OUTS: &str = "INSERT INTO opt_out (channel, citizen, at) \
     SELECT channel, CAST($1 AS TEXT), at FROM opt_out WHERE citizen = $2 ON CONFLICT DO NOTHING";
const OLD_OPT_OUTS: &str = "DELETE FROM opt_out WHERE citizen = $1";
const GONE: &str = "DELETE FROM citizen WHERE lookup = $1";

struct After {
    after: String,
    limit: u32,
}

impl Op for After {
    type Answer = Vec<Seen>;

    async fn run(&self, conn: &mut Conn) -> Result<Vec<Seen>, Away> {
        let page = sql(AFTER).text(&self.after).int(self.limit.into());
        let rows = page.rows(conn).await?;
        let held = rows.iter().map(|row| {
            Ok(Seen {
                lookup: row.text("lookup")?,
                number: Sealed {
                    key_id: row.text("key_id")?,
                    bytes: row.bytes("number")?,
                },
            })
        });
        held.collect()
    }
}

struct HeardBy(String);

impl Op for HeardBy {
    type Answer = Vec<(String, String)>;

    async fn run(&self, conn: &mut Conn) -> Result<Self::Answer, Away> {
        let rows = sql(HEARD_BY).text(&self.0).rows(conn).await?;
        let pairs = rows
            .iter()
            .map(|row| Ok((row.text("country")?, row.text("institution")?)));
        pairs.collect()
    }
}

struct OptedOutCitizens;

impl Op for OptedOutCitizens {
    type Answer = Vec<String>;

    async fn run(&self, conn: &mut Conn) -> Result<Vec<String>, Away> {
        let rows = sql(OPTED_OUT).rows(conn).await?;
        rows.iter().map(|row| row.text("citizen")).collect()
    }
}

impl Op for Relink {
    type Answer = ();

    async fn run(&self, conn: &mut Conn) -> Result<(), Away> {
        let to = &self.to;
        sql(KEEP)
            .text(&to.lookup)
            .text(&to.number.key_id)
            .bytes(&to.number.bytes)
            .run(conn)
            .await?;
        for (institution, alias) in &self.aliases {
            sql(FEEDBACK)
                .text(&to.lookup)
                .text(alias)
                .text(&self.from)
                .text(institution)
                .run(conn)
                .await?;
        }
        for statement in [MESSAGES, QUESTIONS] {
            sql(statement)
                .text(&to.lookup)
                .text(&self.from)
                .run(conn)
                .await?;
        }
        sql(OPT_OUTS)
            .text(&to.lookup)
            .text(&self.from)
            .run(conn)
            .await?;
        sql(OLD_OPT_OUTS).text(&self.from).run(conn).await?;
        sql(GONE).text(&self.from).run(conn).await?;
        Ok(())
    }
}
