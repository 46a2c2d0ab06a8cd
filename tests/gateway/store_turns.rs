//! Records: a dialogue by text message.

use passerelle::domain::feedback::Message;
use passerelle::domain::redact::Words;
use passerelle::domain::talk::{ANSWER_MS, Ask, Question, WAIT_MS};
use passerelle::store::Records;
use passerelle::store::records::{Add, Added, Conclusion, Ending};

use crate::store_records::{keep, on_every_database};
use crate::store_replies::HOURS_48;
use crate::support::samples::{NOW, feedback, filing, message, sealed};

on_every_database![
    a_message_is_added_once,
    an_answer_moves_a_feedback_once,
    words_wait_for_an_answer_or_for_the_end_of_the_waiting,
    a_question_is_open_until_it_is_answered_or_old,
    what_was_asked_for_is_said_once_and_keeps_no_number,
    what_is_old_is_swept_and_what_waits_is_not,
];

fn add(n: u32, origin: &str) -> Add {
    let feedback = feedback(n);
    Add {
        from: feedback.institution.clone(),
        words: Some(Words::new("encore")),
        at: NOW + 5,
        origin: origin.to_owned(),
        told_by: None,
        question: None,
        joining: None,
        letters: Vec::new(),
        message: Some(message(&feedback, &format!("sms_{origin}"))),
        feedback,
    }
}

fn question(n: u32, ask: Ask, words: Option<&str>) -> Question {
    let feedback = feedback(n);
    Question {
        origin: format!("asked {n}"),
        citizen: feedback.citizen,
        channel: feedback.channel,
        operator: None,
        feedback: words.is_none().then_some(feedback.id),
        ask,
        words: words.map(Words::new),
        asked_at: NOW,
        due_at: words.is_some().then_some(NOW + WAIT_MS),
    }
}

async fn additions(records: &Records, n: u32) -> Vec<Option<String>> {
    let all = records.additions(&feedback(n).id).await.expect("answers");
    let words = all.into_iter().map(|(_, words)| words);
    words.map(|w| w.map(|w| w.as_str().to_owned())).collect()
}

async fn a_message_is_added_once(records: Records) {
    keep(&records, filing(1)).await;
    assert_eq!(records.add(add(1, "a")).await, Ok(Added::Kept));
    assert_eq!(records.add(add(1, "a")).await, Ok(Added::Known));
    assert_eq!(additions(&records, 1).await, [Some("encore".to_owned())]);
    let talk = records.talk(&feedback(1).citizen, "a", NOW).await;
    assert!(talk.expect("answers").known);
    let talk = records.talk(&feedback(1).citizen, "b", NOW).await;
    let talk = talk.expect("answers");
    assert!(!talk.known);
    assert_eq!((talk.threads.len(), talk.threads[0].last_at), (1, NOW + 5));
    // Whoever has it no longer hears nothing.
    let mut elsewhere = add(1, "c");
    elsewhere.from = "somebody".into();
    assert_eq!(records.add(elsewhere).await, Ok(Added::Changed));
    assert_eq!(additions(&records, 1).await.len(), 1);
}

async fn an_answer_moves_a_feedback_once(records: Records) {
    let mut asked = filing(1);
    asked.question = Some(question(1, Ask::Office(vec!["bj-police".into()]), None));
    let f = keep(&records, asked).await;
    let mut moved = add(1, "a");
    moved.question = Some("asked 1".into());
    moved.feedback.institution = "bj-police".into();
    moved.feedback.complete = true;
    moved.words = None;
    assert_eq!(records.add(moved).await, Ok(Added::Kept));
    let now = records
        .feedback(&f.id)
        .await
        .expect("answers")
        .expect("there");
    assert_eq!(
        (now.institution.as_str(), now.complete),
        ("bj-police", true)
    );
    let formerly = records.formerly(&f.id).await.expect("answers");
    assert_eq!(formerly[0].institution, f.institution);
    let talk = records
        .talk(&f.citizen, "b", NOW + 6)
        .await
        .expect("answers");
    assert_eq!(talk.question, None);
}

async fn words_wait_for_an_answer_or_for_the_end_of_the_waiting(records: Records) {
    keep(&records, filing(1)).await;
    let ask = || Ask::Thread(vec![feedback(1).id, feedback(2).id]);
    let waiting = question(1, ask(), Some("le matin"));
    assert_eq!(
        records.keep_waiting(waiting.clone(), None, None).await,
        Ok(true)
    );
    assert_eq!(
        records.keep_waiting(waiting.clone(), None, None).await,
        Ok(false)
    );
    assert_eq!(records.unanswered(NOW).await, Ok(None));
    let due = records.unanswered(NOW + WAIT_MS).await.expect("answers");
    assert_eq!(due.as_ref(), Some(&waiting));
    let mut answer = add(1, "asked 1");
    answer.question = Some("asked 1".into());
    answer.told_by = Some("two".into());
    assert_eq!(records.add(answer).await, Ok(Added::Kept));
    assert_eq!(records.unanswered(NOW + WAIT_MS).await, Ok(None));
    let talk = records.talk(&feedback(1).citizen, "two", NOW).await;
    assert!(
        talk.expect("answers").known,
        "the answer itself is not words"
    );

    // What was filed when the waiting ended is not added as well.
    let late = question(2, ask(), Some("trop tard"));
    assert_eq!(records.keep_waiting(late, None, None).await, Ok(true));
    let mut filed = filing(2);
    filed.feedback.key = "asked 2".into();
    keep(&records, filed).await;
    let mut answer = add(1, "asked 2");
    answer.question = Some("asked 2".into());
    assert_eq!(records.add(answer).await, Ok(Added::Changed));
    records.end_question("asked 2", NOW).await.expect("ends");
    assert_eq!(records.unanswered(NOW + WAIT_MS).await, Ok(None));
}

async fn a_question_is_open_until_it_is_answered_or_old(records: Records) {
    let mut asked = filing(1);
    asked.question = Some(question(1, Ask::Place(vec!["BJ-LI-01".into()]), None));
    let f = keep(&records, asked.clone()).await;
    let open = async |at: i64| {
        let talk = records.talk(&f.citizen, "b", at).await;
        talk.expect("answers").question
    };
    assert_eq!(open(NOW).await, asked.question);
    assert_eq!(open(NOW + ANSWER_MS).await, asked.question);
    assert_eq!(open(NOW + ANSWER_MS + 1).await, None);
}

async fn what_was_asked_for_is_said_once_and_keeps_no_number(records: Records) {
    let said = Message {
        feedback: None,
        number: Some(sealed(1)),
        asked: true,
        ..message(&feedback(1), "sms_info")
    };
    assert_eq!(records.say("info", NOW, Some(said.clone())).await, Ok(true));
    assert_eq!(
        records.say("info", NOW, Some(said.clone())).await,
        Ok(false)
    );
    let leased = records.lease_messages(NOW + 1, NOW + 2, 10).await;
    let leased = leased.expect("answers");
    assert_eq!((leased.len(), &leased[0].number), (1, &said.number));
    let conclusion = Conclusion {
        ending: Ending::Delivered,
        at: NOW + 3,
        letters: Vec::new(),
    };
    assert_eq!(
        records.conclude_message("sms_info", conclusion).await,
        Ok(true)
    );
    let ended = records.message("sms_info").await.expect("answers");
    let ended = ended.expect("there").message;
    assert_eq!((ended.number, ended.citizen.as_str()), (None, ""));
}

async fn what_is_old_is_swept_and_what_waits_is_not(records: Records) {
    let mut asked = filing(1);
    asked.question = Some(question(1, Ask::Experience, None));
    keep(&records, asked).await;
    let waiting = question(2, Ask::Thread(Vec::new()), Some("le matin"));
    assert_eq!(records.keep_waiting(waiting, None, None).await, Ok(true));
    assert_eq!(records.say("info", NOW, None).await, Ok(true));
    let later = NOW + HOURS_48 + 1;
    assert_eq!(records.sweep(later).await, Ok(2));
    assert_eq!(records.sweep(later).await, Ok(0));
    assert!(records.unanswered(later).await.expect("answers").is_some());
}
