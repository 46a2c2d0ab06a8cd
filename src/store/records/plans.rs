//! How the databases carry out our statements: none may walk a whole table.

use super::delivering;
use super::reading::Clauses;
use super::sql::{Conn, Text, assembled};
use super::types::{Cursor, DeliveryQuery, FeedbackQuery};
use super::{
    additions, audit, consents, deliveries, dialogue, endpoints, filing, gathering, ladder,
    letters, messages, opt_out, reading, receipts, relink, replies, resealing, retargeting,
    retention, rights, schema, scorecards, turns,
};
use crate::domain::feedback::{Standing, Status};
use sqlx::{Connection as _, SqliteConnection};

mod on_postgres;

async fn conn() -> Conn {
    let conn = SqliteConnection::connect("sqlite::memory:").await;
    let mut conn = Conn::Sqlite(Box::new(conn.expect("opens")));
    schema::migrate(&mut conn).await.expect("migrates");
    conn
}

async fn plan(conn: &mut Conn, statement: &str) -> Vec<String> {
    let rows = assembled(format!("EXPLAIN QUERY PLAN {statement}"))
        .rows(conn)
        .await
        .expect(statement);
    rows.iter()
        .map(|row| row.text("detail").expect("detail"))
        .collect()
}

/// The leases, which differ, and the index that each has to go by.
const LEASES: [(Text, &str); 4] = [
    (letters::LEASE_FIRST, "letter_first"),
    (letters::LEASE_AGAIN, "letter_again"),
    (messages::LEASE_FIRST, "message_first"),
    (messages::LEASE_AGAIN, "message_again"),
];

/// What asks for the first of an index.
const SOONEST: [(&str, &str); 4] = [
    (letters::SOONEST_FIRST, "letter_first"),
    (letters::SOONEST_AGAIN, "letter_again"),
    (messages::SOONEST_FIRST, "message_first"),
    (messages::SOONEST_AGAIN, "message_again"),
];

/// What is done to many rows at once, as it is for one.
fn crowds() -> [&'static str; 2] {
    [delivering::SETTLE.one(), delivering::CLIMB.one()]
}

/// Everything else that is asked often, or of large tables.
const STATEMENTS: &[&str] = &[
    filing::BY_ORIGIN,
    filing::CODE_IS_TAKEN,
    filing::SEALED,
    consents::AGREED,
    consents::OF_FEEDBACK,
    consents::REVOKE,
    consents::SHOWN_TO,
    relink::AFTER,
    relink::HEARD_BY,
    relink::FEEDBACK,
    relink::MESSAGES,
    resealing::CITIZENS,
    resealing::GATHERINGS,
    resealing::UNROUTABLES,
    resealing::MESSAGES,
    reading::BY_ID,
    reading::BY_CODE,
    letters::INSERT,
    letters::GIVE_UP,
    letters::RETRY,
    letters::MOVE_ALONG,
    letters::PUT_BACK,
    endpoints::NOTE_FAILING,
    endpoints::NOTE_WELL,
    endpoints::DISABLE,
    retargeting::MOVE,
    letters::NEXT_IN_TURN,
    letters::REPLAY,
    deliveries::ONE,
    deliveries::OF_FEEDBACK,
    messages::ACCEPTED,
    messages::RETRY,
    messages::CONCLUDE,
    messages::UNPARK,
    messages::ONE,
    messages::OF_FEEDBACK,
    receipts::OURS,
    receipts::THEIRS,
    receipts::THEIRS_OTHERWISE,
    receipts::REPARK,
    receipts::REPORT,
    receipts::PARKED_FOR,
    receipts::FORGOTTEN,
    replies::REMEMBERED_CALL,
    replies::ANSWERED,
    replies::MOVE_ON,
    replies::OF_FEEDBACK,
    replies::SWEEP_PARKED,
    replies::SWEEP_CALLS,
    gathering::KNOWN,
    gathering::PIECES,
    gathering::COUNT,
    gathering::CLOSE,
    gathering::FORGET_WORDS,
    gathering::OVERDUE,
    gathering::POSTPONE,
    gathering::SWEEP,
    opt_out::FIND,
    audit::LAST,
    audit::PAGE,
    retention::DUE_TEXTS,
    retention::FIND_TEXTS,
    retention::CLAIM,
    retention::BODIES,
    retention::ERASE_REPLIES,
    retention::ERASE_VERDICTS,
    retention::ERASE_MESSAGES,
    retention::ERASE_ADDITIONS,
    retention::ERASE_LONELY,
    retention::ERASE_NUMBER,
    rights::NUMBER,
    rights::SPAN,
    rights::REPLIES,
    rights::LETTERS,
    rights::MESSAGES,
    rights::UNFINISHED,
    rights::UNPLACED,
    rights::OPT_OUTS,
    reading::OF_CITIZEN,
    rights::BODIES,
    rights::REWRITE,
    rights::ERASE_REPLIES,
    rights::ERASE_VERDICTS,
    rights::ERASE_MESSAGES,
    rights::ERASE_PARTS,
    rights::ERASE_NUMBER,
    rights::ERASE_UNPLACED,
    rights::ERASE_FEEDBACK,
    ladder::CLIMB,
    ladder::OF_FEEDBACK,
    messages::PUT_BACK,
    messages::REFUSED,
    messages::REASSIGN,
    messages::REFUSALS,
    dialogue::FIXED,
    dialogue::REOPEN,
    scorecards::TOLD,
    turns::KNOWN,
    turns::OPEN_QUESTION,
    turns::THREADS,
    additions::ADDED,
    additions::FILED,
    turns::END,
    turns::UNANSWERED,
    turns::POSTPONE,
    additions::ADDITIONS,
    turns::SWEEP_QUESTIONS,
    turns::SWEEP_HEARD,
    rights::ADDITIONS,
    rights::ERASE_ADDITIONS,
    rights::ERASE_QUESTIONS,
    relink::QUESTIONS,
    dialogue::ASKED,
    dialogue::VERDICTS,
    dialogue::LATE,
    dialogue::OVERDUE,
    dialogue::HAND_ON,
    dialogue::FORMERLY,
    dialogue::LAST_HEARD,
];

/// Pages of lists, as they are put together.
fn pages() -> [Clauses; 6] {
    let after = || {
        Some(Cursor {
            at: 1,
            id: "x".to_owned(),
        })
    };
    [
        reading::clauses(&FeedbackQuery {
            since: Some(0),
            after: after(),
            ..FeedbackQuery::default()
        }),
        reading::clauses(&FeedbackQuery {
            status: Some(Status::Opened),
            after: after(),
            ..FeedbackQuery::default()
        }),
        reading::clauses(&FeedbackQuery {
            places: vec!["BJ-LI-01".to_owned()],
            after: after(),
            ..FeedbackQuery::default()
        }),
        deliveries::clauses(&DeliveryQuery {
            after: after(),
            ..DeliveryQuery::default()
        }),
        deliveries::clauses(&DeliveryQuery {
            since: Some(0),
            until: Some(1),
            ..DeliveryQuery::default()
        }),
        deliveries::clauses(&DeliveryQuery {
            standing: Some(Standing::Dead),
            after: after(),
            ..DeliveryQuery::default()
        }),
    ]
}

#[tokio::test]
async fn no_statement_walks_a_table() {
    let mut conn = conn().await;
    for &statement in STATEMENTS {
        let plan = plan(&mut conn, statement).await;
        assert!(
            plan.iter().all(|step| !step.contains("SCAN")),
            "{statement}\n{plan:#?}"
        );
    }
}

#[tokio::test]
async fn crowds_are_found_by_their_ids() {
    let mut conn = conn().await;
    for statement in crowds() {
        let plan = plan(&mut conn, statement).await;
        assert!(plan.iter().all(|s| !s.contains("SCAN letter")), "{plan:#?}");
        assert!(
            plan.iter().any(|s| s.contains("SEARCH letter")),
            "{plan:#?}"
        );
    }
}

#[tokio::test]
async fn a_lease_sorts_nothing_and_uses_the_index_of_what_is_pending() {
    let mut conn = conn().await;
    for (statement, index) in LEASES {
        let plan = plan(&mut conn, statement.sqlite()).await;
        assert!(plan.iter().any(|step| step.contains(index)), "{plan:#?}");
        assert!(plan.iter().all(|s| !s.contains("SCAN")), "{plan:#?}");
        assert!(plan.iter().all(|s| !s.contains("TEMP B-TREE")), "{plan:#?}");
    }
}

#[tokio::test]
async fn the_soonest_is_the_first_of_its_index() {
    let mut conn = conn().await;
    for (statement, index) in SOONEST {
        let plan = plan(&mut conn, statement).await;
        assert_eq!(plan.len(), 1, "{plan:#?}");
        assert!(plan[0].contains(index), "{plan:#?}");
    }
}

#[tokio::test]
async fn pages_are_read_in_their_order() {
    let mut conn = conn().await;
    for page in pages() {
        let plan = plan(&mut conn, page.as_str()).await;
        assert!(plan.iter().any(|s| s.contains("SEARCH")), "{plan:#?}");
        assert!(plan.iter().all(|s| !s.contains("TEMP B-TREE")), "{plan:#?}");
    }
}
