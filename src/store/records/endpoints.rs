//! Addresses with which something is wrong: what every instance has to know of them.

use super::Records;
use super::rows;
use super::sql::{Conn, Row, sql};
use super::types::Trouble;
use super::writer::Op;
use crate::domain::breaker::Disabled;
use crate::store::away::Away;

impl Records {
    /// Every address with which something is wrong; they are few.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn troubles(&self) -> Result<Vec<Trouble>, Away> {
        self.read(Troubles).await
    }

    /// Notes that an address has taken nothing since then, unless that is known.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn note_failing(&self, institution: &str, url: &str, since: i64) -> Result<(), Away> {
        self.note(institution, url, What::Failing(since)).await?;
        Ok(())
    }

    /// Notes that an address has taken something. One that is disabled stays so.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn note_well(&self, institution: &str, url: &str) -> Result<(), Away> {
        self.note(institution, url, What::Well).await?;
        Ok(())
    }

    /// Has an address not tried any more, by no instance; false if it was so before.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn disable(
        &self,
        institution: &str,
        url: &str,
        failing_since: i64,
        at: i64,
        why: Disabled,
    ) -> Result<bool, Away> {
        let what = What::Disabled {
            failing_since,
            at,
            why,
        };
        self.note(institution, url, what).await
    }

    async fn note(&self, institution: &str, url: &str, what: What) -> Result<bool, Away> {
        let (institution, url) = (institution.to_owned(), url.to_owned());
        self.writer
            .submit(Note {
                institution,
                url,
                what,
            })
            .await
    }

    /// Forgets what was wrong with one address, all of an institution's, or all there are; how many
    /// were forgotten.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn forgive(&self, institution: Option<&str>, url: Option<&str>) -> Result<u64, Away> {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        self.writer
            .submit(Forgive {
                institution: owned(institution),
                url: owned(url),
            })
            .await
    }
}

const TROUBLES: &str = "SELECT institution, url, failing_since, disabled_at, why FROM endpoint";
pub(super) const NOTE_FAILING: &str = "INSERT INTO endpoint (institution, url, failing_since) \
     VALUES ($1, $2, $3) ON CONFLICT (institution, url) DO NOTHING";
pub(super) const NOTE_WELL: &str =
    "DELETE FROM endpoint WHERE institution = $1 AND url = $2 AND disabled_at IS NULL";
pub(super) const DISABLE: &str = "INSERT INTO endpoint (institution, url, failing_since, \
     disabled_at, why) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (institution, url) DO UPDATE \
     SET disabled_at = excluded.disabled_at, why = excluded.why \
     WHERE endpoint.disabled_at IS NULL";
const FORGIVE_ALL: &str = "DELETE FROM endpoint";
const FORGIVE_OF: &str = "DELETE FROM endpoint WHERE institution = $1";
const FORGIVE_ONE: &str = "DELETE FROM endpoint WHERE institution = $1 AND url = $2";

/// All of them: they are few.
struct Troubles;

impl Op for Troubles {
    type Answer = Vec<Trouble>;

    async fn run(&self, conn: &mut Conn) -> Result<Vec<Trouble>, Away> {
        rows::all(&sql(TROUBLES).rows(conn).await?, trouble)
    }
}

fn trouble(row: &Row) -> Result<Trouble, Away> {
    Ok(Trouble {
        institution: row.text("institution")?,
        url: row.text("url")?,
        failing_since: row.int("failing_since")?,
        disabled_at: row.maybe_int("disabled_at")?,
        why: row.maybe_word("why")?,
    })
}

/// What happened at an address.
struct Note {
    institution: String,
    url: String,
    what: What,
}

/// What is noted.
enum What {
    /// It takes nothing, since then.
    Failing(i64),
    /// It took something: forget what was wrong.
    Well,
    /// It is not tried any more.
    Disabled {
        failing_since: i64,
        at: i64,
        why: Disabled,
    },
}

impl Op for Note {
    type Answer = bool;

    async fn run(&self, conn: &mut Conn) -> Result<bool, Away> {
        use super::sql::Word as _;
        let of = |statement| sql(statement).text(&self.institution).text(&self.url);
        let statement = match &self.what {
            What::Failing(since) => of(NOTE_FAILING).int(*since),
            What::Well => of(NOTE_WELL),
            What::Disabled {
                failing_since,
                at,
                why,
            } => of(DISABLE).int(*failing_since).int(*at).text(why.word()),
        };
        statement.touched(conn).await
    }
}

/// Gives addresses another chance: one, an institution's, or all.
struct Forgive {
    institution: Option<String>,
    url: Option<String>,
}

impl Op for Forgive {
    type Answer = u64;

    async fn run(&self, conn: &mut Conn) -> Result<u64, Away> {
        match (&self.institution, &self.url) {
            (None, _) => sql(FORGIVE_ALL).run(conn).await,
            (Some(institution), None) => sql(FORGIVE_OF).text(institution).run(conn).await,
            (Some(institution), Some(url)) => {
                sql(FORGIVE_ONE).text(institution).text(url).run(conn).await
            }
        }
    }
}
