//! Records: parts of long messages, and who wants no messages.

use passerelle::domain::parts::{Gathering, Piece};
use passerelle::domain::redact::Words;
use passerelle::store::Records;
use passerelle::store::records::{Filed, Gathered, Joining};

use crate::store_records::on_every_database;
use crate::store_replies::HOURS_48;
use crate::support::samples::{NOW, filing, sealed};

on_every_database![
    parts_come_back_in_order_whatever_the_order_they_came_in,
    a_gathering_that_went_on_growing_is_not_filed_as_it_was,
    filing_closes_and_leaves_no_words_behind,
    a_hundred_at_once_are_one_gathering,
    the_longest_overdue_comes_first_and_can_be_postponed,
    what_is_closed_is_forgotten_after_two_days,
    an_opt_out_is_for_one_citizen_and_one_channel,
];

fn opened(reference: &str, origin: &str) -> Gathering {
    Gathering {
        id: format!("part_{origin}"),
        channel: "vonage-rw".into(),
        citizen: "c0ffee".into(),
        number: sealed(1),
        network: Some("63510".into()),
        reference: reference.into(),
        of: 3,
        due_at: NOW,
        closed: false,
        pieces: Vec::new(),
    }
}

fn piece(number: u8, origin: &str) -> Piece {
    Piece {
        number,
        origin: origin.into(),
        words: Words::new(format!("words of {origin}")),
    }
}

async fn keep(records: &Records, number: u8, origin: &str) -> Gathered {
    let kept = records.keep_part(opened("9", origin), piece(number, origin));
    kept.await.expect("answers")
}

fn open(gathered: Gathered) -> Gathering {
    match gathered {
        Gathered::Open(gathering) => *gathering,
        other => panic!("not open: {other:?}"),
    }
}

fn joining(gathering: &Gathering) -> Joining {
    Joining {
        channel: gathering.channel.clone(),
        citizen: gathering.citizen.clone(),
        gathering: gathering.id.clone(),
        pieces: gathering.pieces.len(),
        at: NOW,
    }
}

async fn parts_come_back_in_order_whatever_the_order_they_came_in(records: Records) {
    keep(&records, 3, "c").await;
    keep(&records, 1, "a").await;
    let again = open(keep(&records, 3, "c").await);
    assert_eq!(again.pieces, [piece(1, "a"), piece(3, "c")]);
    let all = open(keep(&records, 2, "b").await);
    assert_eq!(all.pieces, [piece(1, "a"), piece(2, "b"), piece(3, "c")]);
    let expected = Gathering {
        pieces: all.pieces.clone(),
        ..opened("9", "c")
    };
    assert_eq!(all, expected);
}

async fn a_gathering_that_went_on_growing_is_not_filed_as_it_was(records: Records) {
    let early = open(keep(&records, 1, "a").await);
    let grown = open(keep(&records, 2, "b").await);
    let stale = records.file_joined(filing(1), joining(&early)).await;
    assert_eq!(stale, Ok(None));
    assert_eq!(records.feedback("fb_00001").await, Ok(None));
    let filed = records.file_joined(filing(1), joining(&grown)).await;
    assert!(matches!(filed, Ok(Some(Filed::Kept(_)))), "{filed:?}");
    let twice = records.file_joined(filing(1), joining(&grown)).await;
    assert_eq!(twice, Ok(None));
}

async fn filing_closes_and_leaves_no_words_behind(records: Records) {
    let one = open(keep(&records, 1, "a").await);
    let mut taken = filing(2);
    taken.feedback.code.clone_from(&filing(1).feedback.code);
    records.file(filing(1)).await.expect("answers");
    // Another feedback has the code: nothing is written, the gathering stays open.
    let refused = records.file_joined(taken, joining(&one)).await;
    assert_eq!(refused, Ok(Some(Filed::CodeTaken)));
    assert_eq!(open(keep(&records, 1, "a").await), one);
    let filed = records.file_joined(filing(3), joining(&one)).await;
    assert!(matches!(filed, Ok(Some(Filed::Kept(_)))), "{filed:?}");
    assert_eq!(keep(&records, 1, "a").await, Gathered::Filed);
    assert_eq!(keep(&records, 2, "b").await, Gathered::Late);
    assert_eq!(records.overdue_gathering(i64::MAX).await, Ok(None));
}

async fn a_hundred_at_once_are_one_gathering(records: Records) {
    let each = (0..99).map(|n: u8| {
        let (records, number) = (records.clone(), n % 3 + 1);
        async move { open(keep(&records, number, &format!("{number}")).await) }
    });
    let all = futures_util::future::join_all(each).await;
    assert!(all.iter().all(|g| g.id == all[0].id));
    assert_eq!(all.iter().map(|g| g.pieces.len()).max(), Some(3));
}

async fn the_longest_overdue_comes_first_and_can_be_postponed(records: Records) {
    for (n, reference) in ["1", "2"].into_iter().enumerate() {
        let due_at = NOW + i64::try_from(n).expect("small");
        let opened = Gathering {
            due_at,
            ..opened(reference, reference)
        };
        let kept = records.keep_part(opened, piece(1, reference)).await;
        kept.expect("answers");
    }
    let overdue = async |now| {
        let found = records.overdue_gathering(now).await.expect("answers");
        found.map(|g| (g.reference, g.pieces.len()))
    };
    assert_eq!(overdue(NOW - 1).await, None);
    assert_eq!(overdue(NOW + 1).await, Some(("1".into(), 1)));
    let postponed = records.postpone_gathering("part_1", NOW + 9).await;
    postponed.expect("answers");
    assert_eq!(overdue(NOW + 1).await, Some(("2".into(), 1)));
}

async fn what_is_closed_is_forgotten_after_two_days(records: Records) {
    let one = open(keep(&records, 1, "a").await);
    let filed = records.file_joined(filing(1), joining(&one)).await;
    filed.expect("answers");
    assert_eq!(records.sweep(NOW + HOURS_48 - 1).await, Ok(0));
    assert_eq!(keep(&records, 1, "a").await, Gathered::Filed);
    assert_eq!(records.sweep(NOW + HOURS_48).await, Ok(1));
    let anew = open(keep(&records, 1, "a").await);
    assert_eq!(anew, one);
    // What is open waits, however long.
    assert_eq!(records.sweep(i64::MAX).await, Ok(0));
}

async fn an_opt_out_is_for_one_citizen_and_one_channel(records: Records) {
    assert_eq!(records.opt_out("twilio-rw", "c0ffee", NOW).await, Ok(true));
    assert_eq!(records.opt_out("twilio-rw", "c0ffee", NOW).await, Ok(false));
    for (channel, citizen, out) in [
        ("twilio-rw", "c0ffee", true),
        ("twilio-rw", "decaf", false),
        ("at-rw", "c0ffee", false),
    ] {
        assert_eq!(records.opted_out(channel, citizen).await, Ok(out));
    }
}
