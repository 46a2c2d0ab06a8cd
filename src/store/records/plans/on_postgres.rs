//! The same of PostgreSQL, which is asked for the plan that it takes when it does not look at the
//! values: with empty tables and whatever avoids an index priced out of reach.

use super::super::postgres::Server;
use super::{LEASES, SOONEST, STATEMENTS, assembled, crowds, pages, schema};
use crate::store::records::sql::Conn;

/// The tests' server; what only the other tests need of it is not used here.
#[allow(dead_code, reason = "shared with the tests of the whole gateway")]
#[path = "../../../../tests/gateway/support/postgres.rs"]
mod server;

async fn conn() -> (Conn, server::Postgres) {
    let server = server::Postgres::quick();
    let url = server.database().await;
    let mut conn = Server::at(&url)
        .expect("an address")
        .connect()
        .await
        .expect("opens");
    schema::migrate(&mut conn).await.expect("migrates");
    for setting in [
        "SET enable_seqscan = off",
        "SET enable_sort = off",
        "SET enable_bitmapscan = off",
        "SET enable_indexonlyscan = off",
        "SET plan_cache_mode = force_generic_plan",
    ] {
        assembled(setting.to_owned())
            .run(&mut conn)
            .await
            .expect(setting);
    }
    (conn, server)
}

async fn plan(conn: &mut Conn, statement: &str) -> Vec<String> {
    let parameters = (1..100)
        .take_while(|n| statement.contains(&format!("${n}")))
        .count();
    let nulls = vec!["NULL"; parameters].join(", ");
    let execute = if nulls.is_empty() {
        "asked".to_owned()
    } else {
        format!("asked ({nulls})")
    };
    let mut said = Vec::new();
    for text in [
        format!("PREPARE asked AS {statement}"),
        format!("EXPLAIN EXECUTE {execute}"),
        "DEALLOCATE asked".to_owned(),
    ] {
        let rows = assembled(text).rows(conn).await.expect(statement);
        said.extend(
            rows.iter()
                .map(|row| row.text("QUERY PLAN").expect("a step")),
        );
    }
    said
}

#[tokio::test]
async fn no_statement_walks_a_table() {
    let (mut conn, _server) = conn().await;
    let leases = LEASES.iter().map(|(lease, _)| lease.postgres());
    let all = STATEMENTS.iter().copied().chain(crowds());
    for statement in leases.chain(all) {
        let plan = plan(&mut conn, statement).await;
        assert!(
            plan.iter().all(|step| !step.contains("Seq Scan")),
            "{statement}\n{plan:#?}"
        );
    }
    for (statement, index) in LEASES
        .map(|(lease, index)| (lease.postgres(), index))
        .into_iter()
        .chain(SOONEST)
    {
        let plan = plan(&mut conn, statement).await;
        assert!(
            plan.iter().any(|s| s.contains(&format!("using {index}"))),
            "{plan:#?}"
        );
        assert!(plan.iter().all(|s| !s.contains("Sort")), "{plan:#?}");
    }
    for page in pages() {
        let plan = plan(&mut conn, page.as_str()).await;
        assert!(
            plan.iter().any(|s| s.contains("Index Scan Backward")),
            "{plan:#?}"
        );
        assert!(plan.iter().all(|s| !s.contains("Sort")), "{plan:#?}");
    }
}
