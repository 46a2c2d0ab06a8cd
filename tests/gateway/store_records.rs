//! Records: filing, finding. The same suite in a file, in memory and on PostgreSQL.

use passerelle::domain::feedback::{Experience, Feedback, Filing, Standing, Status};
use passerelle::domain::redact::Words;
use passerelle::store::Records;
use passerelle::store::records::{Cursor, DeliveryQuery, FeedbackQuery, Filed, Unroutable};

use crate::store_letters::lease;
use crate::support::postgres;
use crate::support::samples::{INSTITUTION, NOW, filing, filing_with_message, letter, sealed};

pub struct Stand {
    pub records: Records,
    _folder: Option<tempfile::TempDir>,
}

impl Stand {
    pub async fn memory() -> Self {
        let records = Records::open("sqlite::memory:").await.expect("opens");
        Self {
            records,
            _folder: None,
        }
    }

    pub async fn postgres() -> Self {
        let url = postgres::shared().database().await;
        let records = Records::open(&url).await.expect("opens");
        Self {
            records,
            _folder: None,
        }
    }

    pub async fn file() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let records = open(&folder).await;
        Self {
            records,
            _folder: Some(folder),
        }
    }
}

/// In a folder that is not there yet.
pub fn url(folder: &tempfile::TempDir) -> String {
    format!("sqlite:{}", folder.path().join("data/p.db").display())
}

pub async fn open(folder: &tempfile::TempDir) -> Records {
    Records::open(&url(folder)).await.expect("opens")
}

pub async fn keep(records: &Records, filing: Filing) -> Feedback {
    match records.file(filing).await.expect("answers") {
        Filed::Kept(feedback) => feedback,
        other => panic!("not kept: {other:?}"),
    }
}

macro_rules! on_every_database {
    ($($test:ident),* $(,)?) => {
        mod in_memory {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::store_records::Stand::memory().await.records).await;
            })*
        }
        mod on_postgres {
            $(#[tokio::test]
            async fn $test() {
                super::$test($crate::store_records::Stand::postgres().await.records).await;
            })*
        }
        mod in_a_file {
            $(#[tokio::test]
            async fn $test() {
                let stand = $crate::store_records::Stand::file().await;
                super::$test(stand.records.clone()).await;
            })*
        }
    };
}

pub(crate) use on_every_database;

on_every_database![
    what_is_filed_is_found_again,
    filing_twice_is_once,
    fifty_identical_filings_are_one,
    a_taken_code_writes_nothing,
    a_crowd_is_filed_each_as_if_alone,
    one_bad_filing_spoils_no_other,
    an_unroutable_message_is_kept_once,
    lists_are_an_institutions_own_and_filtered,
    pages_join_without_gap_or_overlap,
    the_records_answer_a_ping,
];

async fn what_is_filed_is_found_again(records: Records) {
    let filed = filing_with_message(1);
    let mut bare = filing(2).feedback;
    (bare.operator, bare.experience, bare.place) = (None, None, None);
    (bare.reply_by, bare.complete, bare.status) = (None, false, Status::NotOurs);
    bare.office = Some("Guichet 3".to_owned());
    bare.text = Words::new("« ç'est »\n\u{1f4a7} '; DROP TABLE feedback; --");
    let also = Filing {
        feedback: bare.clone(),
        letters: Vec::new(),
        ..filing(2)
    };
    assert_eq!(keep(&records, filed.clone()).await, filed.feedback);
    keep(&records, also).await;

    let found = records.feedback("fb_00001").await.expect("answers");
    assert_eq!(found, Some(filed.feedback.clone()));
    let found = records.feedback_by_code(&bare.code).await.expect("answers");
    assert_eq!(found, Some(bare));
    assert_eq!(records.feedback("fb_9").await, Ok(None));
    let number = records.sealed_number(&filed.feedback.citizen).await;
    assert_eq!(number, Ok(filed.number));
    assert_eq!(records.sealed_number("nobody").await, Ok(None));
    let letters = records.letters_of("fb_00001").await.expect("answers");
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].letter, filed.letters[0]);
    assert_eq!(letters[0].standing, Standing::Pending);
    let messages = records.messages_of("fb_00001").await.expect("answers");
    assert_eq!(Some(&messages[0].message), filed.message.as_ref());
}

async fn filing_twice_is_once(records: Records) {
    let first = keep(&records, filing(1)).await;
    // The same callback again, worked out by another instance: only the key is the same.
    let mut again = filing(2);
    again.feedback.key.clone_from(&first.key);
    let filed = records.file(again).await.expect("answers");
    assert_eq!(filed, Filed::Already(first));
    assert_eq!(records.feedback("fb_00002").await, Ok(None));
    assert_eq!(
        records.sealed_number(&filing(2).feedback.citizen).await,
        Ok(None)
    );
    assert_eq!(lease(&records, NOW + 100).await.len(), 1);
}

async fn fifty_identical_filings_are_one(records: Records) {
    let bare = Filing {
        letters: Vec::new(),
        ..filing(2)
    };
    for filing in [filing_with_message(1), bare] {
        let filings: Vec<_> = (0..50)
            .map(|_| {
                let (records, filing) = (records.clone(), filing.clone());
                tokio::spawn(async move { records.file(filing).await })
            })
            .collect();
        let (mut kept, mut already) = (0, 0);
        for filed in filings {
            match filed.await.expect("no panic").expect("answers") {
                Filed::Kept(_) => kept += 1,
                Filed::Already(feedback) => {
                    assert_eq!(feedback, filing.feedback);
                    already += 1;
                }
                Filed::CodeTaken => panic!("its own code"),
            }
        }
        assert_eq!((kept, already), (1, 49));
    }
    assert_eq!(lease(&records, NOW + 100).await.len(), 1);
}

async fn a_taken_code_writes_nothing(records: Records) {
    let first = keep(&records, filing(1)).await;
    let mut clash = filing_with_message(2);
    clash.feedback.code = first.code;
    assert_eq!(records.file(clash).await, Ok(Filed::CodeTaken));
    assert_eq!(records.feedback("fb_00002").await, Ok(None));
    assert_eq!(
        records.sealed_number(&filing(2).feedback.citizen).await,
        Ok(None)
    );
    assert_eq!(records.letters_of("fb_00002").await, Ok(Vec::new()));
    keep(&records, filing_with_message(2)).await;
}

/// Sixty at once, in pairs: of each pair the second has the first one's key, or its code, or
/// nothing of it.
async fn a_crowd_is_filed_each_as_if_alone(records: Records) {
    let mut crowd: Vec<Filing> = (0..60).map(filing_with_message).collect();
    for n in (0..60).step_by(2) {
        let (key, code) = {
            let first = &crowd[n].feedback;
            (first.key.clone(), first.code.clone())
        };
        match n % 3 {
            0 => crowd[n + 1].feedback.key = key,
            1 => crowd[n + 1].feedback.code = code,
            _ => {}
        }
        let second = letter(&crowd[n].feedback, 1);
        crowd[n].letters.push(second);
    }
    let filed: Vec<_> = crowd
        .iter()
        .map(|filing| {
            let (records, filing) = (records.clone(), filing.clone());
            tokio::spawn(async move { records.file(filing).await })
        })
        .collect();
    let mut kept = 0;
    for (filing, filed) in crowd.iter().zip(filed) {
        let filed = filed.await.expect("no panic").expect("answers");
        let id = &filing.feedback.id;
        let found = records.feedback(id).await.expect("answers");
        let letters = records.letters_of(id).await.expect("answers");
        let messages = records.messages_of(id).await.expect("answers");
        if let Filed::Kept(feedback) = filed {
            assert_eq!(found.as_ref(), Some(&filing.feedback));
            assert_eq!(feedback, filing.feedback);
            let letters: Vec<_> = letters.into_iter().map(|d| d.letter).collect();
            assert_eq!(letters, filing.letters);
            assert_eq!(Some(&messages[0].message), filing.message.as_ref());
            kept += 1;
        } else {
            assert_eq!((found, letters.len(), messages.len()), (None, 0, 0));
        }
    }
    assert_eq!(kept, 40, "one of a pair, or both of it");
    assert_eq!(lease(&records, NOW + 1_000).await.len(), 40, "in turn");
}

async fn one_bad_filing_spoils_no_other(records: Records) {
    let filings: Vec<_> = (1..=20)
        .map(|n| {
            let mut filing = filing(n);
            if n == 7 {
                // A letter about a feedback that nobody filed.
                filing.letters[0].feedback = Some("fb_nowhere".to_owned());
            }
            let records = records.clone();
            tokio::spawn(async move { (n, records.file(filing).await) })
        })
        .collect();
    for filed in filings {
        let (n, filed) = filed.await.expect("no panic");
        assert_eq!(filed.is_err(), n == 7, "{n}");
    }
    assert_eq!(
        records.feedback("fb_00007").await,
        Ok(None),
        "nothing of it"
    );
    assert_eq!(lease(&records, NOW + 100).await.len(), 19);
}

async fn an_unroutable_message_is_kept_once(records: Records) {
    let unroutable = Unroutable {
        key: "mtn-bj/m1".to_owned(),
        channel: "mtn-bj".to_owned(),
        citizen: "c0ffee".into(),
        sender: sealed(1),
        to: "7344".to_owned(),
        text: Words::new("Bonjour"),
        received_at: NOW,
    };
    assert_eq!(records.keep_unroutable(unroutable.clone()).await, Ok(true));
    assert_eq!(records.keep_unroutable(unroutable).await, Ok(false));
}

/// The ids on a list, as numbers.
async fn listed(records: &Records, query: FeedbackQuery) -> Vec<u32> {
    let found = records.feedback_list(query).await.expect("answers");
    let number = |f: &Feedback| f.id[3..].parse().expect("a sample's id");
    found.iter().map(number).collect()
}

async fn lists_are_an_institutions_own_and_filtered(records: Records) {
    let mut filings: Vec<Filing> = (1..=5).map(filing).collect();
    filings[0].feedback.status = Status::Opened;
    filings[1].feedback.place = Some("BJ-LI".to_owned());
    filings[2].feedback.experience = Some(Experience::Good);
    filings[3].feedback.text = Words::new("100% des TOILETTES sont fermées");
    "rw-health".clone_into(&mut filings[4].feedback.institution);
    for filing in filings {
        keep(&records, filing).await;
    }
    let all = || FeedbackQuery {
        institution: INSTITUTION.to_owned(),
        limit: 10,
        ..FeedbackQuery::default()
    };
    let containing = |words| FeedbackQuery {
        contains: Some(Words::new(words)),
        ..all()
    };
    let mut q = all();
    assert_eq!(listed(&records, q).await, [4, 3, 2, 1]);
    q = all();
    q.status = Some(Status::Opened);
    assert_eq!(listed(&records, q).await, [1]);
    q = all();
    q.places = vec!["BJ-LI".to_owned(), "BJ-AL".to_owned()];
    assert_eq!(listed(&records, q).await, [2]);
    q = all();
    q.experience = Some(Experience::Good);
    assert_eq!(listed(&records, q).await, [3]);
    q = all();
    q.since = Some(NOW + 3);
    assert_eq!(listed(&records, q).await, [4, 3]);
    assert_eq!(listed(&records, containing("toilettes")).await, [4]);
    assert_eq!(listed(&records, containing("0% D")).await, [4]);
    assert_eq!(listed(&records, containing("1%TOI")).await, [0; 0]);
    assert_eq!(listed(&records, containing("t_ilettes")).await, [0; 0]);
    assert_eq!(listed(&records, containing("coupée")).await, [3, 2, 1]);
}

async fn pages_join_without_gap_or_overlap(records: Records) {
    for n in 1..=7 {
        let mut filing = filing(n);
        // Some in the same millisecond: the id decides.
        filing.feedback.received_at = NOW + i64::from(n / 3);
        filing.letters[0].created_at = filing.feedback.received_at;
        keep(&records, filing).await;
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let query = FeedbackQuery {
            institution: INSTITUTION.to_owned(),
            after: after.take(),
            limit: 3,
            ..FeedbackQuery::default()
        };
        let page = records.feedback_list(query).await.expect("answers");
        let Some(last) = page.last() else { break };
        after = Some(Cursor {
            at: last.received_at,
            id: last.id.clone(),
        });
        seen.extend(page.into_iter().map(|f| f.id));
    }
    let wanted: Vec<_> = (1..=7).rev().map(|n| format!("fb_{n:05}")).collect();
    assert_eq!(seen, wanted);
    let query = DeliveryQuery {
        institution: INSTITUTION.to_owned(),
        after: Some(Cursor {
            at: NOW + 1,
            id: "msg_fb_00004_0".to_owned(),
        }),
        limit: 2,
        ..DeliveryQuery::default()
    };
    let page = records.deliveries(query).await.expect("answers");
    assert_eq!(page[0].letter.id, "msg_fb_00003_0");
    assert_eq!(page[1].letter.id, "msg_fb_00002_0");
}

async fn the_records_answer_a_ping(records: Records) {
    records.ping().await.expect("answers");
}
