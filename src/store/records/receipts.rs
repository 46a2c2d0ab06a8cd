//! Delivery reports: whose they are, and those that came too early.

use super::messages::message_columns;
use super::replies::REMEMBERED;
use super::rows;
use super::sql::{Conn, Row, Word as _, sql};
use super::types::{Heard, Parked};
use super::writer::Op;
use crate::domain::feedback::{Message, Standing};
use crate::domain::inbound::{Fate, Receipt, Reference};
use crate::domain::reference::{canonical, otherwise};
use crate::store::away::Away;

pub(super) const OURS: &str = concat!(
    "SELECT ",
    message_columns!(),
    ", standing FROM message WHERE id = $1 AND channel = $2"
);
/// The very same reference first; else one that differs in case or leading zeros only.
pub(super) const THEIRS: &str = concat!(
    "SELECT ",
    message_columns!(),
    ", standing FROM message WHERE channel = $1 AND reference_key = $2 \
     ORDER BY CASE WHEN reference = $3 THEN 0 ELSE 1 END, sent_at DESC LIMIT 1"
);
pub(super) const THEIRS_OTHERWISE: &str = concat!(
    "SELECT ",
    message_columns!(),
    ", standing FROM message WHERE channel = $1 AND reference_key = $2 AND sent_at >= $3 \
     ORDER BY sent_at DESC LIMIT 1"
);
pub(super) const REPORT: &str = "UPDATE message SET report = $2 WHERE id = $1";
/// A final word replaces one on the way, never the other way round; the first final one stays.
const PARK: &str = "INSERT INTO parked (channel, reference_key, fate, report, why, at) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (channel, reference_key) DO UPDATE \
     SET fate = excluded.fate, report = excluded.report, why = excluded.why, at = excluded.at \
     WHERE parked.fate NOT IN ('delivered', 'failed')";
pub(super) const PARKED_FOR: &str = "SELECT fate AS parked_fate, report AS parked_report, \
     why AS parked_why, at AS parked_at FROM parked WHERE channel = $1 AND reference_key = $2";
/// A report that came under the other notation takes the one that its message has.
pub(super) const REPARK: &str =
    "UPDATE parked SET reference_key = $3 WHERE channel = $1 AND reference_key = $2";
/// Starts from the parked, for there are few: SQLite takes a CROSS JOIN in the order written.
pub(super) const FORGOTTEN: &str = "SELECT p.fate AS parked_fate, p.report AS parked_report, \
     p.why AS parked_why, p.at AS parked_at, m.id, m.channel, m.citizen, m.feedback, m.reply, \
     m.words, m.created_at, m.attempts, m.prompt, m.asked, m.key_id, m.number FROM parked AS p CROSS JOIN message AS m \
     WHERE m.channel = p.channel AND m.reference_key = p.reference_key \
     AND m.reference_key IS NOT NULL AND m.standing = 'sent' \
     AND p.fate IN ('delivered', 'failed') AND p.at >= 0 ORDER BY p.at LIMIT $1";

/// A delivery report that came by a channel.
pub struct Hear {
    pub channel: String,
    pub receipt: Receipt,
    pub at: i64,
}

impl Op for Hear {
    type Answer = Heard;

    async fn run(&self, conn: &mut Conn) -> Result<Heard, Away> {
        let (row, key) = match &self.receipt.reference {
            Reference::Ours(id) => (self.ours(conn, id).await?, None),
            Reference::Theirs(reference) => match canonical(reference) {
                Some(key) => {
                    undisturbed(conn, reference, &key).await?;
                    let row = self.theirs(conn, reference, &key).await?;
                    let row = match row {
                        None => self.otherwise(conn, reference).await?,
                        found => found,
                    };
                    (row, Some(key))
                }
                None => (None, None),
            },
        };
        match (row, key) {
            (Some(row), _) => {
                self.known(conn, rows::message(&row)?, row.word("standing")?)
                    .await
            }
            (None, Some(key)) => self.park(conn, &key).await,
            (None, None) => Ok(Heard::Nobody),
        }
    }
}

/// A report comes to one instance and the answer to the sending to another: neither may look for
/// the other's news before it is there and write its own after.
pub async fn undisturbed(conn: &mut Conn, reference: &str, key: &str) -> Result<(), Away> {
    let mut keys = otherwise(reference);
    keys.push(key.to_owned());
    keys.sort_unstable();
    for key in keys {
        conn.alone(&format!("reference {key}")).await?;
    }
    Ok(())
}

impl Hear {
    async fn ours(&self, conn: &mut Conn, id: &str) -> Result<Option<Row>, Away> {
        sql(OURS).text(id).text(&self.channel).row(conn).await
    }

    async fn theirs(&self, conn: &mut Conn, given: &str, key: &str) -> Result<Option<Row>, Away> {
        sql(THEIRS)
            .text(&self.channel)
            .text(key)
            .text(given)
            .row(conn)
            .await
    }

    /// In the other notation, if it was sent of late: an older one is rather another message.
    async fn otherwise(&self, conn: &mut Conn, given: &str) -> Result<Option<Row>, Away> {
        for key in otherwise(given) {
            let row = sql(THEIRS_OTHERWISE)
                .text(&self.channel)
                .text(&key)
                .int(self.at.saturating_sub(REMEMBERED))
                .row(conn)
                .await?;
            if row.is_some() {
                return Ok(row);
            }
        }
        Ok(None)
    }

    async fn known(
        &self,
        conn: &mut Conn,
        message: Message,
        standing: Standing,
    ) -> Result<Heard, Away> {
        if matches!(standing, Standing::Delivered | Standing::Dead) {
            return Ok(Heard::Already(message));
        }
        sql(REPORT)
            .text(&message.id)
            .text(&self.receipt.status)
            .run(conn)
            .await?;
        Ok(match self.receipt.fate {
            Fate::Delivered | Fate::Failed => Heard::Final(message),
            Fate::Underway | Fate::Unknown => Heard::Noted(message),
        })
    }

    async fn park(&self, conn: &mut Conn, key: &str) -> Result<Heard, Away> {
        sql(PARK)
            .text(&self.channel)
            .text(key)
            .text(self.receipt.fate.word())
            .text(&self.receipt.status)
            .maybe_text(self.receipt.why.as_deref())
            .int(self.at)
            .run(conn)
            .await?;
        Ok(Heard::Parked)
    }
}

/// Messages whose final report is parked although its reference is known by now: whoever was to
/// conclude them did not live to do it.
pub struct Forgotten(pub u32);

impl Op for Forgotten {
    type Answer = Vec<(Message, Parked)>;

    async fn run(&self, conn: &mut Conn) -> Result<Vec<(Message, Parked)>, Away> {
        let rows = sql(FORGOTTEN).int(self.0.into()).rows(conn).await?;
        rows.iter()
            .map(|row| Ok((rows::message(row)?, rows::parked(row)?)))
            .collect()
    }
}
