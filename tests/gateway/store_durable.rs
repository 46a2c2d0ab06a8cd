//! Records in a file: outliving a crash, shared by processes, and what cannot be opened.

use passerelle::store::records::Filed;
use passerelle::store::{CannotOpen, Records};

use crate::store_letters::lease;
use crate::store_records::{keep, open, url};
use crate::support::samples::{NOW, filing, filing_with_message};

#[tokio::test]
async fn what_was_kept_survives_a_crash() {
    let folder = tempfile::tempdir().expect("a folder");
    let records = open(&folder).await;
    for n in 1..=30 {
        keep(&records, filing_with_message(n)).await;
    }
    // What a power cut would leave on the disk at this moment: the files as they are, unclosed.
    let after = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(after.path().join("data")).expect("a folder");
    for file in std::fs::read_dir(folder.path().join("data")).expect("files") {
        let file = file.expect("a file");
        if !file.file_name().to_string_lossy().ends_with("-shm") {
            let to = after.path().join("data").join(file.file_name());
            std::fs::copy(file.path(), to).expect("copied");
        }
    }
    let found = open(&after).await;
    assert_eq!(lease(&found, NOW + 100).await.len(), 30);
    let filed = found.file(filing(30)).await.expect("answers");
    assert_eq!(filed, Filed::Already(filing(30).feedback));

    drop(records);
    let reopened = open(&folder).await;
    assert_eq!(lease(&reopened, NOW + 100).await.len(), 30);
}

#[tokio::test]
async fn two_processes_may_share_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let (one, other) = tokio::join!(open(&folder), open(&folder));
    let filings: Vec<_> = (0..100)
        .map(|n| {
            let records = if n % 2 == 0 {
                one.clone()
            } else {
                other.clone()
            };
            tokio::spawn(async move { records.file(filing(n / 2)).await })
        })
        .collect();
    let mut kept = 0;
    for filed in filings {
        let filed = filed.await.expect("no panic").expect("answers");
        kept += i32::from(matches!(filed, Filed::Kept(_)));
    }
    assert_eq!(kept, 50);
    let now = NOW + 1_000;
    let (a, b) = tokio::join!(
        one.lease_letters(now, now + 30_000, 100, 100),
        other.lease_letters(now, now + 30_000, 100, 100)
    );
    assert_eq!(a.expect("answers").len() + b.expect("answers").len(), 50);
}

#[tokio::test]
async fn records_of_a_newer_program_are_left_alone() {
    use sqlx::Connection as _;
    let folder = tempfile::tempdir().expect("a folder");
    drop(open(&folder).await);
    let mut raw = sqlx::SqliteConnection::connect(&url(&folder))
        .await
        .expect("opens");
    sqlx::query("INSERT INTO schema_version (version) VALUES (99)")
        .execute(&mut raw)
        .await
        .expect("written");
    let Err(error) = Records::open(&url(&folder)).await else {
        panic!("opened what it cannot know");
    };
    assert!(
        matches!(error, CannotOpen::Newer { found: 99, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_place_that_cannot_be_is_said_to_be_so() {
    let Err(error) = Records::open("sqlite:/proc/no/such/p.db").await else {
        panic!("opened the impossible");
    };
    assert!(matches!(error, CannotOpen::Away(_)), "{error}");
    assert!(Records::open("postgres://u:hunter2@h/db").await.is_err());
}
