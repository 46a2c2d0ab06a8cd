//! Citizens who want no messages on a channel.

use super::Records;
use super::sql::{Conn, sql};
use super::writer::Op;
use crate::store::away::Away;

impl Records {
    /// Keeps that a citizen wants no messages on a channel; false if that was known.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn opt_out(&self, channel: &str, citizen: &str, at: i64) -> Result<bool, Away> {
        let (channel, citizen) = (channel.to_owned(), citizen.to_owned());
        let op = OptOut {
            channel,
            citizen,
            at,
        };
        self.writer.submit(op).await
    }

    /// Takes an opt-out back; false if there was none.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn opt_in(&self, channel: &str, citizen: &str) -> Result<bool, Away> {
        let (channel, citizen) = (channel.to_owned(), citizen.to_owned());
        self.writer.submit(OptIn { channel, citizen }).await
    }

    /// Whether a citizen wants no messages on a channel.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn opted_out(&self, channel: &str, citizen: &str) -> Result<bool, Away> {
        let (channel, citizen) = (channel.to_owned(), citizen.to_owned());
        self.read(OptedOut { channel, citizen }).await
    }
}

const INSERT: &str =
    "INSERT INTO opt_out (channel, citizen, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
const DELETE: &str = "DELETE FROM opt_out WHERE channel = $1 AND citizen = $2";
pub(super) const FIND: &str = "SELECT at FROM opt_out WHERE channel = $1 AND citizen = $2";

/// Keeps an opt-out; the first stands.
pub struct OptOut {
    pub channel: String,
    pub citizen: String,
    pub at: i64,
}

impl Op for OptOut {
    type Answer = bool;

    async fn run(&self, conn: &mut Conn) -> Result<bool, Away> {
        sql(INSERT)
            .text(&self.channel)
            .text(&self.citizen)
            .int(self.at)
            .touched(conn)
            .await
    }
}

/// Takes an opt-out back.
pub struct OptIn {
    pub channel: String,
    pub citizen: String,
}

impl Op for OptIn {
    type Answer = bool;

    async fn run(&self, conn: &mut Conn) -> Result<bool, Away> {
        let row = sql(DELETE).text(&self.channel).text(&self.citizen);
        row.touched(conn).await
    }
}

/// Whether a citizen has opted out.
pub struct OptedOut {
    pub channel: String,
    pub citizen: String,
}

impl Op for OptedOut {
    type Answer = bool;

    async fn run(&self, conn: &mut Conn) -> Result<bool, Away> {
        let row = sql(FIND).text(&self.channel).text(&self.citizen);
        Ok(row.row(conn).await?.is_some())
    }
}
