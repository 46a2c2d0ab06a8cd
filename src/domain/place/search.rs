//! Finding a place by a few letters of its name, typed as people type: without accents, with a
//! slip or two.

use super::Place;
use crate::domain::text::fold::key;

/// No name is longer; what a person types beyond is no name.
const LONGEST: usize = 60;

/// Names in order, so that those that begin with some letters stand together.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    /// Folded names, and folded ends of names from each later word on.
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    folded: String,
    /// Whether this is the whole name.
    whole: bool,
    place: usize,
}

impl Index {
    pub(super) fn of(places: &[Place]) -> Self {
        let mut entries = Vec::with_capacity(places.len());
        for (place, it) in places.iter().enumerate() {
            for name in it.called() {
                for (at, whole) in beginnings(name) {
                    let folded = key(&name[at..]);
                    if whole || !folded.is_empty() {
                        entries.push(Entry {
                            folded,
                            whole,
                            place,
                        });
                    }
                }
            }
        }
        entries.sort_unstable();
        Self { entries }
    }

    /// The places so named, then those whose names begin so, then those with a later word that
    /// does; if there are none, those whose names are a slip or two away, or begin so.
    pub(super) fn search(&self, typed: &str, allowed: impl Fn(usize) -> bool) -> Vec<usize> {
        let wanted = key(typed);
        if wanted.is_empty() || wanted.chars().count() > LONGEST {
            return Vec::new();
        }
        let from = self.entries.partition_point(|e| e.folded < wanted);
        let hits = self.entries.get(from..).unwrap_or_default();
        let hits = hits.iter().take_while(|e| e.folded.starts_with(&wanted));
        let ranked = hits.filter(|e| allowed(e.place)).map(|entry| {
            let rank = match (entry.whole, entry.folded.len() == wanted.len()) {
                (true, true) => 0,
                (true, false) => 1,
                (false, _) => 2,
            };
            (rank, entry.place)
        });
        let found = in_order(ranked.collect());
        if found.is_empty() {
            self.near(&wanted, allowed)
        } else {
            found
        }
    }

    /// The places of exactly this folded name.
    pub(super) fn named(&self, folded: &str) -> Vec<usize> {
        let from = self.entries.partition_point(|e| e.folded.as_str() < folded);
        let hits = self.entries.get(from..).unwrap_or_default();
        let hits = hits.iter().take_while(|e| e.folded == folded);
        hits.filter(|e| e.whole).map(|e| e.place).collect()
    }

    /// Names that differ by no more slips than so many letters allow.
    fn near(&self, wanted: &str, allowed: impl Fn(usize) -> bool) -> Vec<usize> {
        let wanted: Vec<char> = wanted.chars().collect();
        let slips = match wanted.len() {
            0..=3 => return Vec::new(),
            4..=6 => 1,
            _ => 2,
        };
        let names = self.entries.iter().filter(|e| e.whole && allowed(e.place));
        let each = names.map(|e| (distances(&wanted, &e.folded, slips), e.place));
        let each: Vec<((usize, usize), usize)> = each.collect();
        let of = |pick: fn(&(usize, usize)) -> usize| {
            let near = each.iter().map(|(d, place)| (pick(d), *place));
            in_order(near.filter(|(distance, _)| *distance <= slips).collect())
        };
        let whole = of(|(whole, _)| *whole);
        if whole.is_empty() {
            of(|(_, beginning)| *beginning)
        } else {
            whole
        }
    }
}

/// Each place once, the best rank first, then in the order of the files.
fn in_order(mut ranked: Vec<(usize, usize)>) -> Vec<usize> {
    ranked.sort_unstable();
    let mut found: Vec<usize> = Vec::with_capacity(ranked.len());
    for (_, place) in ranked {
        if !found.contains(&place) {
            found.push(place);
        }
    }
    found
}

/// Where the words of a name begin, the first as the whole name.
fn beginnings(name: &str) -> impl Iterator<Item = (usize, bool)> + '_ {
    let mut before = None;
    let later = name.char_indices().filter_map(move |(at, c)| {
        let begins = c.is_alphanumeric() && before.is_some_and(|b: char| !b.is_alphanumeric());
        before = Some(c);
        begins.then_some((at, false))
    });
    std::iter::once((0, true)).chain(later)
}

/// The edit distance (Levenshtein) to the name, and the least to any beginning of it. Both are
/// only told apart up to `slips`.
fn distances(wanted: &[char], name: &str, slips: usize) -> (usize, usize) {
    let mut row: Vec<usize> = (0..=wanted.len()).collect();
    let mut beginning = wanted.len();
    for (column, c) in name.chars().enumerate() {
        let mut diagonal = column;
        let mut least = column + 1;
        if let Some(first) = row.first_mut() {
            *first = column + 1;
        }
        for (at, w) in wanted.iter().enumerate() {
            let above = row[at + 1];
            let change = diagonal + usize::from(*w != c);
            row[at + 1] = change.min(above + 1).min(row[at] + 1);
            least = least.min(row[at + 1]);
            diagonal = above;
        }
        beginning = beginning.min(row[wanted.len()]);
        if least > slips {
            return (slips + 1, beginning);
        }
    }
    (row[wanted.len()], beginning)
}

#[cfg(test)]
mod tests {
    use super::super::{More, Places};
    use proptest::prelude::*;

    fn benin() -> Places {
        let mut places = Places::default();
        for (code, name, parent) in [
            ("BJ", "Bénin", ""),
            ("OU", "Ouémé", "BJ"),
            ("PN", "Porto-Novo", "OU"),
            ("SK", "Sèmè-Kpodji", "OU"),
            ("LI", "Littoral", "BJ"),
            ("CO", "Cotonou", "LI"),
            ("CP", "Copargo", "LI"),
            ("NO", "Novo", "LI"),
        ] {
            places.add(code, name, "x", parent).expect("is added");
        }
        places
    }

    fn found(typed: &str) -> Vec<String> {
        let places = benin();
        let found = places.search(typed, |_| true).into_iter();
        found
            .map(|p| places.get(p).expect("is there").code.clone())
            .collect()
    }

    #[test]
    fn letters_find_places_as_people_type_them() {
        for (typed, want) in [
            ("cotonou", &["CO"][..]),
            ("SEME KPODJI", &["SK"]),
            ("co", &["CO", "CP"]),
            ("kpod", &["SK"]),
            ("novo", &["NO", "PN"]),
            ("cotonu", &["CO"]),
            ("kotonou", &["CO"]),
            ("portonova", &["PN"]),
            ("copergo", &["CP"]),
            ("litoral", &["LI"]),
            ("parakou", &[]),
            ("xyz", &[]),
            ("?!", &[]),
            ("", &[]),
        ] {
            assert_eq!(found(typed), want, "{typed}");
        }
    }

    #[test]
    fn every_name_of_a_place_finds_it() {
        let mut places = benin();
        let more = More {
            names: vec![("fon".into(), "Xogbonu".into())],
            aliases: vec!["Hogbonou".into(), "Adjacé".into()],
            language: Some("fon".into()),
        };
        places.tell("PN", more);
        let porto_novo = places.find("PN").expect("is there");
        for typed in [
            "porto-novo",
            "XOGBONU",
            "hogbo",
            "adjace",
            "hogbonu",
            "novo",
        ] {
            let found = places.search(typed, |p| p == porto_novo);
            assert_eq!(found, [porto_novo], "{typed}");
        }
        assert_eq!(places.named("adjace"), [porto_novo]);
        let place = places.get(porto_novo).expect("is there");
        assert_eq!(
            (place.name_in("fon"), place.name_in("fr")),
            ("Xogbonu", "Porto-Novo")
        );
        assert_eq!(places.language(porto_novo), Some("fon"));
        assert_eq!(places.language(places.find("OU").expect("is there")), None);
    }

    #[test]
    fn only_what_is_allowed_is_found() {
        let places = benin();
        let oueme = places.find("OU").expect("is there");
        let inside = places.search("novo", |p| places.within(p, oueme));
        assert_eq!(inside, [places.find("PN").expect("is there")]);
    }

    proptest! {
        #[test]
        fn any_text_is_searched(typed in any::<String>()) {
            let _ = found(&typed);
        }

        #[test]
        fn one_slip_in_a_long_name_is_forgiven(at in 0usize..7, letter in "[a-z]") {
            let mut typed: Vec<char> = "cotonou".chars().collect();
            typed[at] = letter.chars().next().expect("one");
            let typed: String = typed.into_iter().collect();
            prop_assert!(found(&typed).contains(&"CO".to_owned()), "{}", typed);
        }
    }
}
