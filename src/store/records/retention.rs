//! What has been kept long enough goes: as a citizen's erasure takes it, but case by case, and only
//! where a case is closed. What is left is the count.

use super::audit::{Deed, note};
use super::rights::REWRITE;
use super::sql::{Conn, sql};
use super::writer::Op;
use super::{Records, rows};
use crate::domain::audit::Actor;
use crate::domain::retention::Kind;
use crate::domain::webhook::{self, ERASED_ALIAS};
use crate::store::away::Away;

/// Some numbers looked at: which may go, and the last one seen.
pub type NumbersDue = (Vec<String>, Option<String>);

impl Records {
    /// How many closed cases of a country, whose last event was before that, still have their words.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn texts_due(&self, country: &str, before: i64) -> Result<u64, Away> {
        self.read(Count(DUE_TEXTS, country.to_owned(), before))
            .await
    }

    /// How many cases of a country that began before that are open, and stay.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn open_since(&self, country: &str, before: i64) -> Result<u64, Away> {
        self.read(Count(OPEN, country.to_owned(), before)).await
    }

    /// Whether anything was said in a country, by these records.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn knows(&self, country: &str) -> Result<bool, Away> {
        self.read(Knows(country.to_owned())).await
    }

    /// How many messages of a channel that nobody could place came before that.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn unroutable_due(&self, channel: &str, before: i64) -> Result<u64, Away> {
        let channel = channel.to_owned();
        self.read(Count(DUE_UNROUTABLE, channel, before)).await
    }

    /// Of the citizens after this lookup: whose number a country may let go of, because all their
    /// cases are closed and nothing happened in them since.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn numbers_due(
        &self,
        country: &str,
        before: i64,
        after: &str,
        limit: u32,
    ) -> Result<NumbersDue, Away> {
        let (country, after) = (country.to_owned(), after.to_owned());
        self.read(Numbers {
            country,
            before,
            after,
            limit,
        })
        .await
    }

    /// Erases the words of some of a country's cases that [`Records::texts_due`] counts, all that
    /// belongs to them, and the numbers of citizens of whom no case is left; how many cases.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn expire_texts(
        &self,
        country: &str,
        before: i64,
        actor: Actor,
        at: i64,
    ) -> Result<u64, Away> {
        let expiry = Expiry::new(Kind::Texts, country, before, actor, at);
        self.writer.submit(ExpireTexts(expiry)).await
    }

    /// Erases these numbers, where they still may go; how many did.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn expire_numbers(
        &self,
        country: &str,
        before: i64,
        citizens: Vec<String>,
        actor: Actor,
        at: i64,
    ) -> Result<u64, Away> {
        let expiry = Expiry::new(Kind::Numbers, country, before, actor, at);
        self.writer.submit(ExpireNumbers(expiry, citizens)).await
    }

    /// Erases senders and words of a channel's messages that nobody could place; how many.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn expire_unroutable(
        &self,
        country: &str,
        channel: &str,
        before: i64,
        actor: Actor,
        at: i64,
    ) -> Result<u64, Away> {
        let expiry = Expiry::new(Kind::Unroutable, country, before, actor, at);
        let channel = channel.to_owned();
        self.writer.submit(ExpireUnroutable(expiry, channel)).await
    }
}

/// Cases that one transaction erases: each has several tables.
const AT_ONCE: i64 = 100;

macro_rules! closed_for_long {
    () => {
        "FROM feedback AS f WHERE f.country = $1 AND f.received_at <= $2 \
         AND f.erased_at IS NULL AND f.status IN ('resolved', 'not_ours') \
         AND NOT EXISTS (SELECT 1 FROM rung AS r WHERE r.feedback = f.id AND r.last_at > $2) \
         AND NOT EXISTS (SELECT 1 FROM addition AS a WHERE a.feedback = f.id AND a.at > $2) \
         AND NOT EXISTS (SELECT 1 FROM letter AS l WHERE l.feedback = f.id \
             AND l.standing = 'pending') \
         AND NOT EXISTS (SELECT 1 FROM message AS m WHERE m.feedback = f.id \
             AND m.standing = 'pending')"
    };
}

pub(super) const DUE_TEXTS: &str = concat!("SELECT COUNT(*) AS n ", closed_for_long!());
pub(super) const FIND_TEXTS: &str = concat!(
    "SELECT f.id, f.citizen ",
    closed_for_long!(),
    " ORDER BY f.received_at LIMIT $3"
);
/// Asked by an operator, not by the service: it walks.
const OPEN: &str = "SELECT COUNT(*) AS n FROM feedback WHERE country = $1 AND received_at <= $2 \
     AND erased_at IS NULL AND status IN ('received', 'opened', 'answered')";
/// Few, and no index is worth its while.
const DUE_UNROUTABLE: &str = "SELECT COUNT(*) AS n FROM unroutable WHERE channel = $1 \
     AND received_at <= $2 AND (words <> '' OR length(sender) > 0)";
const ERASE_UNROUTABLE: &str = "UPDATE unroutable SET words = '', sender = $3, citizen = '' \
     WHERE channel = $1 AND received_at <= $2 AND (words <> '' OR length(sender) > 0)";
/// A case that was opened again meanwhile stays.
pub(super) const CLAIM: &str = "UPDATE feedback SET words = '', office = NULL, citizen = '', \
     alias = $1, erased_at = $2 \
     WHERE id = $3 AND erased_at IS NULL AND status IN ('resolved', 'not_ours')";
pub(super) const BODIES: &str = "SELECT id, body FROM letter WHERE feedback = $1";
pub(super) const ERASE_REPLIES: &str = "UPDATE reply SET words = '' WHERE feedback = $1";
pub(super) const ERASE_VERDICTS: &str = "UPDATE verdict SET words = NULL WHERE feedback = $1";
pub(super) const ERASE_ADDITIONS: &str = "UPDATE addition SET words = NULL WHERE feedback = $1";
pub(super) const ERASE_MESSAGES: &str = "UPDATE message SET words = '', citizen = '', \
     key_id = NULL, number = NULL WHERE feedback = $1";
/// A number of which no case is left leads nowhere and serves nothing.
pub(super) const ERASE_LONELY: &str = "DELETE FROM citizen WHERE lookup = $1 \
     AND NOT EXISTS (SELECT 1 FROM feedback WHERE citizen = $1) \
     AND NOT EXISTS (SELECT 1 FROM question WHERE citizen = $1 AND due_at IS NOT NULL) \
     AND NOT EXISTS (SELECT 1 FROM gathering WHERE citizen = $1 AND closed_at IS NULL)";

macro_rules! silent_for_long {
    () => {
        "EXISTS (SELECT 1 FROM feedback AS f WHERE f.citizen = c.lookup AND f.country = $1) \
         AND NOT EXISTS (SELECT 1 FROM feedback AS f WHERE f.citizen = c.lookup \
             AND (f.received_at > $2 OR f.status IN ('received', 'opened', 'answered'))) \
         AND NOT EXISTS (SELECT 1 FROM feedback AS f JOIN rung AS r ON r.feedback = f.id \
             WHERE f.citizen = c.lookup AND r.last_at > $2) \
         AND NOT EXISTS (SELECT 1 FROM feedback AS f JOIN addition AS a ON a.feedback = f.id \
             WHERE f.citizen = c.lookup AND a.at > $2) \
         AND NOT EXISTS (SELECT 1 FROM question AS q WHERE q.citizen = c.lookup \
             AND q.due_at IS NOT NULL) \
         AND NOT EXISTS (SELECT 1 FROM message AS m WHERE m.citizen = c.lookup \
             AND m.standing = 'pending') \
         AND NOT EXISTS (SELECT 1 FROM gathering AS g WHERE g.citizen = c.lookup \
             AND g.closed_at IS NULL)"
    };
}

/// A page of citizens, each with whether the number may go: however few may, a page is a page.
const NUMBERS: &str = concat!(
    "SELECT c.lookup, CAST(CASE WHEN ",
    silent_for_long!(),
    " THEN 1 ELSE 0 END AS BIGINT) AS due FROM (SELECT lookup FROM citizen WHERE lookup > $3 \
     ORDER BY lookup LIMIT $4) AS c ORDER BY c.lookup"
);
pub(super) const ERASE_NUMBER: &str = concat!(
    "DELETE FROM citizen AS c WHERE c.lookup = $3 AND ",
    silent_for_long!()
);

/// Asked at a start, of records whose countries have records of their own: it walks.
const ANY: &str = "SELECT id FROM feedback WHERE country = $1 LIMIT 1";

struct Knows(String);

impl Op for Knows {
    type Answer = bool;

    async fn run(&self, conn: &mut Conn) -> Result<bool, Away> {
        Ok(sql(ANY).text(&self.0).row(conn).await?.is_some())
    }
}

struct Count(&'static str, String, i64);

impl Op for Count {
    type Answer = u64;

    async fn run(&self, conn: &mut Conn) -> Result<u64, Away> {
        let Self(statement, of, before) = self;
        let row = sql(*statement).text(of).int(*before).row(conn).await?;
        row.map_or(Ok(0), |row| row.small("n"))
    }
}

struct Numbers {
    country: String,
    before: i64,
    after: String,
    limit: u32,
}

impl Op for Numbers {
    type Answer = NumbersDue;

    async fn run(&self, conn: &mut Conn) -> Result<NumbersDue, Away> {
        let page = sql(NUMBERS)
            .text(&self.country)
            .int(self.before)
            .text(&self.after)
            .int(self.limit.into());
        let page = rows::all(&page.rows(conn).await?, |row| {
            Ok((row.text("lookup")?, row.int("due")? > 0))
        })?;
        let last = page.last().map(|(lookup, _)| lookup.clone());
        let due = page.into_iter().filter(|(_, due)| *due);
        Ok((due.map(|(lookup, _)| lookup).collect(), last))
    }
}

/// What goes, of whom, by whose doing.
struct Expiry {
    kind: Kind,
    country: String,
    before: i64,
    actor: Actor,
    at: i64,
}

impl Expiry {
    fn new(kind: Kind, country: &str, before: i64, actor: Actor, at: i64) -> Self {
        Self {
            kind,
            country: country.to_owned(),
            before,
            actor,
            at,
        }
    }

    /// Audited if something went.
    async fn account(&self, conn: &mut Conn, gone: u64) -> Result<u64, Away> {
        if gone > 0 {
            let before = webhook::rfc3339(self.before);
            let deed = Deed {
                actor: self.actor.clone(),
                deed: self.kind.deed(),
                object: format!("country={} before={before} gone={gone}", self.country),
                at: self.at,
            };
            note(conn, &[deed]).await?;
        }
        Ok(gone)
    }
}

struct ExpireTexts(Expiry);

impl Op for ExpireTexts {
    type Answer = u64;

    async fn run(&self, conn: &mut Conn) -> Result<u64, Away> {
        let Self(expiry) = self;
        let due = sql(FIND_TEXTS)
            .text(&expiry.country)
            .int(expiry.before)
            .int(AT_ONCE);
        let mut gone = 0;
        for row in &due.rows(conn).await? {
            let (id, citizen) = (row.text("id")?, row.text("citizen")?);
            if erase(conn, &id, expiry.at).await? {
                gone += 1;
                sql(ERASE_LONELY).text(&citizen).run(conn).await?;
            }
        }
        expiry.account(conn, gone).await
    }
}

/// A case and all that belongs to it; false if it was opened again.
async fn erase(conn: &mut Conn, id: &str, at: i64) -> Result<bool, Away> {
    let claimed = sql(CLAIM).text(ERASED_ALIAS).int(at).text(id);
    if !claimed.touched(conn).await? {
        return Ok(false);
    }
    for statement in [
        ERASE_ADDITIONS,
        ERASE_REPLIES,
        ERASE_VERDICTS,
        ERASE_MESSAGES,
    ] {
        sql(statement).text(id).run(conn).await?;
    }
    for letter in &sql(BODIES).text(id).rows(conn).await? {
        sql(REWRITE)
            .text(&webhook::erased(&letter.text("body")?))
            .text(&letter.text("id")?)
            .run(conn)
            .await?;
    }
    Ok(true)
}

struct ExpireNumbers(Expiry, Vec<String>);

impl Op for ExpireNumbers {
    type Answer = u64;

    async fn run(&self, conn: &mut Conn) -> Result<u64, Away> {
        let Self(expiry, citizens) = self;
        let mut gone = 0;
        for citizen in citizens {
            gone += sql(ERASE_NUMBER)
                .text(&expiry.country)
                .int(expiry.before)
                .text(citizen)
                .run(conn)
                .await?;
        }
        expiry.account(conn, gone).await
    }
}

struct ExpireUnroutable(Expiry, String);

impl Op for ExpireUnroutable {
    type Answer = u64;

    async fn run(&self, conn: &mut Conn) -> Result<u64, Away> {
        let Self(expiry, channel) = self;
        let erased = sql(ERASE_UNROUTABLE)
            .text(channel)
            .int(expiry.before)
            .bytes(&[]);
        let gone = erased.run(conn).await?;
        expiry.account(conn, gone).await
    }
}
