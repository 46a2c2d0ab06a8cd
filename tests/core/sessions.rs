//! A session as a log: what is a new answer, and what is a callback that came twice.

use passerelle::domain::inbound::Claim::{Begins, Continues, Silent};
use passerelle::domain::menu::model::Effect;
use passerelle::domain::session::Log;
use proptest::prelude::*;

use super::support::Session;

const HAND: i64 = 3000;

/// Plays up to the free text, as a hand would, on a dialect that sends the last input only.
fn to_words(session: &mut Session) {
    session.last("7344", Begins, None);
    for key in ["1", "2", "1", "8"] {
        session.wait(HAND).last(key, Continues, None);
    }
}

#[test]
fn a_like_input_soon_after_is_the_same_callback() {
    let mut session = Session::on("mtn-bj");
    session.last("7344", Begins, None);
    let once = session.wait(HAND).last("1", Continues, None);
    let twice = session.wait(900).last("1", Continues, None);
    assert_eq!(session.show(&once), session.show(&twice));
    let later = session.wait(HAND).last("1", Continues, None);
    assert_ne!(session.show(&once), session.show(&later));
}

#[test]
fn a_machine_that_types_at_once_is_not_mistaken_for_a_repeat() {
    let mut session = Session::on("mtn-bj");
    let mut screens = vec![session.last("7344", Begins, None)];
    for key in ["1", "1", "1", "1"] {
        screens.push(session.wait(2).last(key, Continues, None));
    }
    let shown: Vec<_> = screens.iter().map(|p| session.show(p).text).collect();
    for pair in shown.windows(2) {
        assert_ne!(pair[0], pair[1]);
    }
}

#[test]
fn request_ids_tell_repeats_at_any_time() {
    let mut session = Session::on("mtn-bj");
    session.last("7344", Begins, Some("t1"));
    let once = session.wait(HAND).last("1", Continues, Some("t2"));
    let again = session.wait(30_000).last("1", Continues, Some("t2"));
    assert_eq!(session.show(&once), session.show(&again));
    let next = session.wait(10).last("1", Continues, Some("t3"));
    assert_ne!(session.show(&once), session.show(&next));
    // A late repeat of an earlier step gets that step's screen, and the session stays where it is.
    let late = session.wait(10).last("1", Continues, Some("t2"));
    assert_eq!(session.show(&once), session.show(&late));
    let goes_on = session.wait(HAND).last("1", Continues, Some("t4"));
    assert!(session.show(&goes_on).text.starts_with("Où?"));
}

#[test]
fn an_id_that_is_the_same_all_session_long_tells_nothing() {
    let mut session = Session::on("mtn-bj");
    session.last("7344", Begins, Some("same"));
    let one = session.wait(HAND).last("1", Continues, Some("same"));
    let two = session.wait(HAND).last("1", Continues, Some("same"));
    assert_ne!(session.show(&one), session.show(&two));
}

#[test]
fn cumulative_text_is_subtracted_not_split() {
    let mut session = Session::on("at-rw");
    session.all("");
    for text in ["1", "1*2", "1*2*1", "1*2*1*1", "1*2*1*1*1"] {
        session.wait(5).all(text);
    }
    let confirm = session.wait(5).all("1*2*1*1*1*yampaye 2*3 FRW*98");
    assert_eq!(
        confirm.state.here.said.words.as_deref(),
        Some("yampaye 2*3 FRW*98")
    );
    let filed = session.wait(5).all("1*2*1*1*1*yampaye 2*3 FRW*98*1");
    assert_eq!(filed.state.effect, Some(Effect::File));
    let again = session.wait(60_000).all("1*2*1*1*1*yampaye 2*3 FRW*98*1");
    assert_eq!(filed, again);
    // A repeat of an earlier callback, late: its own screen again.
    let early = session.all("1*2");
    assert!(session.show(&early).text.contains("Minisiteri y'Ubuzima"));
}

#[test]
fn a_session_that_the_store_lost_is_rebuilt_from_the_cumulative_text() {
    let mut whole = Session::on("at-rw");
    for text in ["", "1", "1*2", "1*2*1"] {
        whole.all(text);
    }
    let kept = whole.all("1*2*1*1");
    let mut lost = Session::on("at-rw");
    let rebuilt = lost.all("1*2*1*1");
    assert_eq!(whole.show(&kept), lost.show(&rebuilt));
}

#[test]
fn an_answer_to_a_lost_session_gets_the_first_screen() {
    let mut session = Session::on("mtn-bj");
    let lost = session.last("2", Continues, None);
    assert!(session.show(&lost).text.contains("Choisissez"));
}

#[test]
fn a_path_dialled_with_the_code_is_walked() {
    let mut session = Session::on("mtn-bj");
    let deep = session.last("7344*1*2", Begins, None);
    assert!(session.show(&deep).text.starts_with("Quel service?"));
    // What the path no longer leads to stops it at the last screen that exists.
    let mut session = Session::on("mtn-bj");
    let stopped = session.last("7344*1*9*1", Begins, None);
    assert!(session.show(&stopped).text.contains("Le service était"));
}

#[test]
fn without_session_ids_the_code_dialled_anew_begins_anew() {
    let mut session = Session::on("mtn-bj").unnamed();
    to_words(&mut session);
    let anew = session.wait(HAND).last("7344", Begins, None);
    assert_eq!(anew.run, 1);
    assert!(session.show(&anew).text.starts_with("Reprendre"));
    let mut named = Session::on("mtn-bj");
    to_words(&mut named);
    let words = named.wait(HAND).last("7344", Silent, None);
    assert_eq!(words.state.here.said.words.as_deref(), Some("7344"));
}

#[test]
fn what_comes_after_the_end_shows_the_end() {
    let mut session = Session::on("mtn-bj");
    to_words(&mut session);
    session.wait(HAND).last("attente", Continues, None);
    let end = session.wait(HAND).last("1", Continues, None);
    assert!(session.show(&end).ends);
    for (wait, key) in [(10, "1"), (60_000, "1"), (60_000, "0"), (5, "00")] {
        let after = session.wait(wait).last(key, Continues, None);
        assert_eq!(
            session.show(&after),
            session.show(&end),
            "{key} after {wait} ms"
        );
        assert_eq!(after.state.filed, 1);
    }
}

const MINUTE: i64 = 60_000;

#[test]
fn a_session_that_was_cut_goes_on_where_it_stood() {
    let mut session = Session::on("mtn-bj");
    to_words(&mut session);
    let offer = session.wait(MINUTE).redial("7344");
    let shown = session.show(&offer).text;
    assert!(
        shown.starts_with("Reprendre votre message?\n1 Oui\n2 "),
        "{shown}"
    );
    // The same callback again shows the same, and no key but the two is an answer.
    assert_eq!(session.twice(), offer);
    let wrong = session.wait(HAND).last("7", Continues, None);
    assert!(session.show(&wrong).text.contains("Reprendre"));
    let on = session.wait(HAND).last("1", Continues, None);
    assert!(session.show(&on).text.starts_with("Que s'est-il"));
    session.wait(HAND).last("attente", Continues, None);
    let filed = session.wait(HAND).last("1", Continues, None);
    let said = &filed.state.here.said;
    assert_eq!(filed.state.effect, Some(Effect::File));
    assert!(said.institution.is_some() && said.place.is_some() && said.experience.is_some());
    // What is filed is not offered again.
    let after = session.wait(MINUTE).redial("7344");
    assert!(session.show(&after).text.contains("Choisissez"));
}

#[test]
fn whoever_begins_anew_has_said_nothing() {
    let mut session = Session::on("mtn-bj");
    to_words(&mut session);
    session.wait(MINUTE).redial("7344");
    let anew = session.wait(HAND).last("2", Continues, None);
    let mut fresh = Session::on("mtn-bj");
    let first = fresh.last("7344", Begins, None);
    assert_eq!(anew.state, first.state);
}

#[test]
fn cut_at_the_offer_it_is_offered_again_and_nothing_is_lost() {
    let mut session = Session::on("mtn-bj");
    to_words(&mut session);
    for _ in 0..3 {
        let offer = session.wait(MINUTE).redial("7344");
        assert!(session.show(&offer).text.contains("Reprendre"));
    }
    let on = session.wait(HAND).last("1", Continues, None);
    assert!(session.show(&on).text.starts_with("Que s'est-il"));
}

#[test]
fn nothing_is_offered_too_late_on_a_printed_path_or_of_what_is_dangerous() {
    let mut late = Session::on("mtn-bj");
    to_words(&mut late);
    let first = late.wait(11 * MINUTE).redial("7344");
    assert!(late.show(&first).text.contains("Choisissez"));
    let mut printed = Session::on("mtn-bj");
    to_words(&mut printed);
    let walked = printed.wait(MINUTE).redial("7344*1*2");
    assert!(printed.show(&walked).text.starts_with("Quel service?"));
    let mut dangerous = Session::on("mtn-bj");
    dangerous.last("7344", Begins, None);
    for key in ["1", "4", "1", "1", "8", "il veut de l'argent"] {
        dangerous.wait(HAND).last(key, Continues, None);
    }
    let first = dangerous.wait(MINUTE).redial("7344");
    assert!(dangerous.show(&first).text.contains("Choisissez"));
}

#[test]
fn a_cumulative_dialect_goes_on_too_and_its_text_is_read_from_there() {
    let mut session = Session::on("at-rw");
    for text in ["", "2", "2*2", "2*2*1"] {
        session.all(text);
    }
    let offer = session.wait(MINUTE).redial_all();
    assert!(
        session
            .show(&offer)
            .text
            .starts_with("Go on with your message?")
    );
    session.all("1");
    // A callback lost on the way: what was typed since is all there.
    let on = session.all("1*1*2");
    let shown = session.show(&on).text;
    assert!(shown.starts_with("What happened?"), "{shown}");
    assert_eq!(session.all("1*1*2"), on);
}

#[test]
fn an_unnamed_session_that_is_redialled_in_time_is_offered_its_own() {
    let mut session = Session::on("mtn-bj").unnamed();
    to_words(&mut session);
    let offer = session.wait(MINUTE).last("7344", Begins, None);
    assert!(session.show(&offer).text.starts_with("Reprendre"));
    let on = session.wait(HAND).last("1", Continues, None);
    assert!(session.show(&on).text.starts_with("Que s'est-il"));
    let late = session.wait(11 * MINUTE).last("7344", Begins, None);
    assert!(session.show(&late).text.contains("Choisissez"));
    assert_eq!(late.run, 2);
}

/// What a session may take in the store at the confirmation, the citizen's text left out.
const STORED: usize = 256;

#[test]
fn a_session_at_the_confirmation_is_small() {
    let words = "cinq heures d'attente au guichet, et personne ne repond";
    let keys = ["1", "2", "1", "8"];
    // Request ids are kept too: the dearest of the dialects that send the last input.
    let mut last = Session::on("mtn-bj");
    last.last("7344", Begins, Some("t0"));
    for (at, key) in keys.iter().chain([&words]).enumerate() {
        last.wait(HAND)
            .last(key, Continues, Some(&format!("t{}", at + 1)));
    }
    let mut all = Session::on("at-rw");
    let mut typed = String::new();
    all.all("");
    for key in ["2", "2", "1", "1", "2", words] {
        typed = if typed.is_empty() {
            key.to_owned()
        } else {
            format!("{typed}*{key}")
        };
        all.all(&typed);
    }
    let mut resumed = Session::on("mtn-bj");
    to_words(&mut resumed);
    resumed.wait(MINUTE).redial("7344");
    resumed.wait(HAND).last("1", Continues, None);
    resumed.wait(HAND).last(words, Continues, None);
    for (session, how) in [(&last, "last"), (&all, "all"), (&resumed, "resumed")] {
        let stored = session.stored() - words.len();
        println!("{how}: {stored} bytes");
        assert!(stored <= STORED, "{how}: {stored} bytes");
    }
}

#[test]
fn an_entry_appended_twice_by_a_repaired_connection_counts_once() {
    let mut session = Session::on("mtn-bj");
    session.last("7344", Begins, None);
    let once = session.wait(1).last("1", Continues, None);
    let repaired = session.twice();
    assert_eq!(once, repaired);
}

proptest! {
    #[test]
    fn any_bytes_are_a_log_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Some(log) = Log::decode(&bytes) {
            let again: Vec<u8> = log.birth.encode().into_iter()
                .chain(log.entries.iter().flat_map(passerelle::domain::session::Entry::encode))
                .collect();
            prop_assert_eq!(Log::decode(&again), Some(log));
        }
    }

    #[test]
    fn every_step_doubled_plays_the_same_by_hand(
        keys in proptest::collection::vec(prop_oneof!["[0-9]{1,2}", "[a-z*é ]{1,30}"], 1..12),
    ) {
        let (mut once, mut twice) = (Session::on("mtn-bj"), Session::on("mtn-bj"));
        once.last("7344", Begins, None);
        twice.last("7344", Begins, None);
        for key in &keys {
            let a = once.wait(HAND).last(key, Continues, None);
            twice.wait(HAND).last(key, Continues, None);
            let b = twice.wait(50).last(key, Continues, None);
            prop_assert_eq!(a.state, b.state);
        }
    }

    #[test]
    fn cumulative_and_last_input_dialects_agree(
        keys in proptest::collection::vec(prop_oneof!["[0-9]{1,2}", "[a-zé ]{1,30}"], 1..12),
    ) {
        let (mut last, mut all) = (Session::on("at-rw"), Session::on("at-rw"));
        last.last("384*7344", Begins, None);
        all.all("");
        let mut typed = String::new();
        for key in &keys {
            if !typed.is_empty() {
                typed.push('*');
            }
            typed.push_str(key);
            let a = last.wait(HAND).last(key, Continues, None);
            let b = all.all(&typed);
            prop_assert_eq!(&a.state, &b.state);
        }
    }
}
