//! Long messages that an aggregator hands over in parts: in any order, some twice, one perhaps
//! never (3GPP TS 23.040 section 9.2.3.24.1).
//!
//! A phone counts its long messages with a reference of one or two bytes, so references come
//! again: a part belongs to a message by its reference **and** by what has come of it so far.

use super::feedback::Sealed;
use super::redact::Words;

/// How long a message waits for its missing parts, from the first to come. An SMSC that could not
/// pass a part on tries again after some minutes; a citizen waits for the code, and an institution
/// for a complaint that may be urgent, so not longer.
pub const PATIENCE_MS: i64 = 10 * 60 * 1000;

/// What stands where parts are missing.
pub const GAP: &str = "[…]";

/// A message of which parts have come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathering {
    /// Derived from the first part that came.
    pub id: String,
    /// The id of the channel.
    pub channel: String,
    /// The citizen's lookup key.
    pub citizen: String,
    /// The citizen's number; empty once closed.
    pub number: Sealed,
    /// The network's own name for the operator, if the dialect tells.
    pub network: Option<String>,
    /// The phone's name for the message.
    pub reference: String,
    /// How many parts there are.
    pub of: u8,
    /// When the waiting ends.
    pub due_at: i64,
    /// Whether it has been put on record as a message; it is then remembered for its repeats.
    pub closed: bool,
    /// What has come, by number.
    pub pieces: Vec<Piece>,
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Counted from 1.
    pub number: u8,
    /// What tells this part from any other: the same callback gives the same.
    pub origin: String,
    /// What it says; empty once its message is closed.
    pub words: Words,
}

/// Where a part belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// To a message of which nothing has come.
    Opens,
    /// To this one, which lacks it.
    Joins(usize),
    /// To this one, which has it: it came twice.
    Again(usize),
    /// To this one, which waited for it and was closed without it.
    Late(usize),
}

impl Gathering {
    fn holds(&self, number: u8) -> Option<&Piece> {
        self.pieces.iter().find(|p| p.number == number)
    }
}

impl Piece {
    /// The same part: by its origin or, while its words are kept, by them. The number is equal.
    fn is(&self, other: &Self, closed: bool) -> bool {
        self.origin == other.origin || (!closed && self.words == other.words)
    }
}

/// Where a part belongs among the messages of its channel, citizen, reference and length, the
/// newest first. Repeats are looked for first, then who waits, then who no longer does.
pub fn place(known: &[Gathering], piece: &Piece) -> Place {
    let again = |g: &Gathering| {
        let held = g.holds(piece.number);
        held.is_some_and(|held| held.is(piece, g.closed))
    };
    let lacks = |g: &Gathering| g.holds(piece.number).is_none();
    let found = |rule: &dyn Fn(&Gathering) -> bool| known.iter().position(rule);
    if let Some(at) = found(&again) {
        return Place::Again(at);
    }
    if let Some(at) = found(&|g| !g.closed && lacks(g)) {
        return Place::Joins(at);
    }
    found(&|g| g.closed && lacks(g)).map_or(Place::Opens, Place::Late)
}

/// What the parts amount to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The text, with [`GAP`] once for each run of missing parts.
    pub text: Words,
    /// Whether no part is missing.
    pub whole: bool,
}

/// Puts the parts of a message of `of` parts together, in whatever order they come and however
/// often; of two parts with one number the first counts.
pub fn join(of: u8, pieces: &[Piece]) -> Joined {
    let mut text = String::new();
    let (mut whole, mut in_gap) = (true, false);
    for number in 1..=of {
        match pieces.iter().find(|p| p.number == number) {
            Some(piece) => {
                text.push_str(piece.words.as_str());
                in_gap = false;
            }
            None if in_gap => {}
            None => {
                text.push_str(GAP);
                (whole, in_gap) = (false, true);
            }
        }
    }
    Joined {
        text: Words::new(text),
        whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn piece(number: u8, words: &str) -> Piece {
        Piece {
            number,
            origin: format!("{number} {words}"),
            words: Words::new(words),
        }
    }

    fn gathering(closed: bool, of: u8, pieces: &[Piece]) -> Gathering {
        Gathering {
            id: String::new(),
            channel: String::new(),
            citizen: String::new(),
            number: Sealed {
                key_id: String::new(),
                bytes: Vec::new(),
            },
            network: None,
            reference: String::new(),
            of,
            due_at: 0,
            closed,
            pieces: pieces.to_vec(),
        }
    }

    #[test]
    fn a_gap_is_shown_once_wherever_it_is() {
        let text = |of, pieces: &[Piece]| join(of, pieces).text.as_str().to_owned();
        let (a, d) = (piece(1, "a"), piece(4, "d"));
        assert_eq!(text(4, &[a.clone(), d.clone()]), "a[…]d");
        assert_eq!(text(4, std::slice::from_ref(&d)), "[…]d");
        assert_eq!(text(4, std::slice::from_ref(&a)), "a[…]");
        assert_eq!(text(5, &[a, d]), "a[…]d[…]");
        assert_eq!(text(2, &[]), "[…]");
    }

    #[test]
    fn a_part_belongs_where_it_is_missing() {
        let (one, two) = (piece(1, "one"), piece(2, "two"));
        assert_eq!(place(&[], &one), Place::Opens);
        let open = gathering(false, 2, std::slice::from_ref(&one));
        assert_eq!(place(std::slice::from_ref(&open), &two), Place::Joins(0));
        assert_eq!(place(std::slice::from_ref(&open), &one), Place::Again(0));
        let retold = Piece {
            origin: "another id".into(),
            ..one.clone()
        };
        assert_eq!(place(&[open], &retold), Place::Again(0));
    }

    #[test]
    fn a_reference_that_comes_again_is_another_message() {
        let (one, two) = (piece(1, "one"), piece(2, "two"));
        let whole = gathering(true, 2, &[one.clone(), two.clone()]);
        assert_eq!(place(std::slice::from_ref(&whole), &one), Place::Again(0));
        let other = piece(1, "another one");
        assert_eq!(place(std::slice::from_ref(&whole), &other), Place::Opens);
        let open = gathering(false, 2, std::slice::from_ref(&other));
        let known = [open, whole];
        assert_eq!(place(&known, &piece(2, "another two")), Place::Joins(0));
        assert_eq!(place(&known, &two), Place::Again(1));
    }

    #[test]
    fn what_comes_after_the_waiting_is_late() {
        let without = gathering(true, 2, &[piece(1, "one")]);
        assert_eq!(place(&[without], &piece(2, "two")), Place::Late(0));
    }

    proptest! {
        /// Whatever the order, and however often each part comes: the parts are the text.
        #[test]
        fn joined_parts_equal_the_text(
            cut in proptest::collection::vec(".{0,20}", 1..12),
            order in proptest::collection::vec(any::<proptest::sample::Index>(), 0..40),
        ) {
            let pieces: Vec<Piece> =
                (1..).zip(&cut).map(|(number, words)| piece(number, words)).collect();
            let of = u8::try_from(pieces.len()).expect("few");
            let mut known = Vec::new();
            let mut gathered = gathering(false, of, &[]);
            let mut came: Vec<&Piece> = order.iter().map(|i| i.get(&pieces)).collect();
            let last = came.len();
            came.extend(&pieces);
            for (at, piece) in came.into_iter().enumerate() {
                match place(&known, piece) {
                    Place::Opens | Place::Joins(_) => gathered.pieces.push(piece.clone()),
                    Place::Again(_) => {}
                    Place::Late(_) => prop_assert!(false, "nothing was closed"),
                }
                let whole = join(of, &gathered.pieces).whole;
                prop_assert_eq!(whole, gathered.pieces.len() == usize::from(of));
                prop_assert!(at < last || gathered.pieces.len() > at - last);
                known = vec![gathered.clone()];
            }
            let joined = join(of, &gathered.pieces);
            prop_assert_eq!(joined.text.as_str(), cut.concat());
            // Closed, it takes no part a second time.
            gathered.closed = true;
            for piece in &pieces {
                let again = place(std::slice::from_ref(&gathered), piece);
                prop_assert_eq!(again, Place::Again(0));
            }
        }
    }
}
