//! Who may see a citizen's number, because the citizen said so.

use super::Records;
use super::sql::{Conn, Statement, sql};
use super::writer::Op;
use crate::domain::feedback::{Consent, Filing, Sealed};
use crate::store::away::Away;

/// A yes holds for the institution that was named while it answers for the feedback: not for those
/// who get copies, nor for whoever the feedback is handed to.
pub(super) const AGREED: &str = "SELECT c.lookup, c.key_id, c.number FROM consent AS k \
     JOIN feedback AS f ON f.id = k.feedback AND f.institution = k.institution \
     JOIN citizen AS c ON c.lookup = f.citizen \
     WHERE k.feedback = $1 AND k.institution = $2 AND k.given = 1 AND k.revoked_at IS NULL";
/// Everybody to whom a citizen's yes holds.
pub(super) const SHOWN_TO: &str = "SELECT DISTINCT k.institution AS institution \
     FROM feedback AS f JOIN consent AS k ON k.feedback = f.id AND k.institution = f.institution \
     WHERE f.citizen = $1 AND k.given = 1 AND k.revoked_at IS NULL ORDER BY k.institution";
pub(super) const OF_FEEDBACK: &str =
    "SELECT institution, given, words, at FROM consent WHERE feedback = $1";
/// That it was given, to which words and when, stays to be shown; it leads to nobody any more.
pub(super) const REVOKE: &str = "UPDATE consent SET revoked_at = $1 WHERE revoked_at IS NULL \
     AND feedback IN (SELECT id FROM feedback WHERE citizen = $2)";

impl Records {
    /// The lookup key and the sealed number of a feedback's citizen, if they agreed that this
    /// institution sees it.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn agreed_number(
        &self,
        feedback: &str,
        institution: &str,
    ) -> Result<Option<(String, Sealed)>, Away> {
        let (feedback, institution) = (feedback.to_owned(), institution.to_owned());
        let agreed = Agreed {
            feedback,
            institution,
        };
        self.read(agreed).await
    }

    /// What the citizen of a feedback said when asked about their number, if they were.
    ///
    /// # Errors
    /// [`Away`]
    pub async fn consent(&self, feedback: &str) -> Result<Option<Consent>, Away> {
        self.read(OfFeedback(feedback.to_owned())).await
    }
}

/// Binds the consent of a filing that has one.
pub fn bind(statement: Statement, filing: &Filing) -> Statement {
    let statement = statement.text(&filing.feedback.id);
    match &filing.consent {
        Some(consent) => statement
            .text(consent.institution.as_deref().unwrap_or(""))
            .int(consent.given.into())
            .text(&consent.words)
            .int(consent.at),
        None => statement.text("").int(0).text("").int(0),
    }
}

struct Agreed {
    feedback: String,
    institution: String,
}

impl Op for Agreed {
    type Answer = Option<(String, Sealed)>;

    async fn run(&self, conn: &mut Conn) -> Result<Self::Answer, Away> {
        let agreed = sql(AGREED).text(&self.feedback).text(&self.institution);
        let Some(row) = agreed.row(conn).await? else {
            return Ok(None);
        };
        let sealed = Sealed {
            key_id: row.text("key_id")?,
            bytes: row.bytes("number")?,
        };
        Ok(Some((row.text("lookup")?, sealed)))
    }
}

struct OfFeedback(String);

impl Op for OfFeedback {
    type Answer = Option<Consent>;

    async fn run(&self, conn: &mut Conn) -> Result<Self::Answer, Away> {
        let Some(row) = sql(OF_FEEDBACK).text(&self.0).row(conn).await? else {
            return Ok(None);
        };
        let institution = row.text("institution")?;
        Ok(Some(Consent {
            institution: Some(institution).filter(|i| !i.is_empty()),
            given: row.int("given")? != 0,
            words: row.text("words")?,
            at: row.int("at")?,
        }))
    }
}
