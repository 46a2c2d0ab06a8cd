//! Where a place lies: one tree a country, read from `places/<country>.csv`.

mod search;

use std::collections::HashMap;
use std::sync::OnceLock;

/// A place and where it hangs in its country's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The code in the file (`BJ-LI-01`).
    pub code: String,
    /// Its name as the country writes it.
    pub name: String,
    /// Its names in languages that have their own: BCP 47 tag and name.
    pub names: Vec<(String, String)>,
    /// Other spellings and former names: found, never shown.
    pub aliases: Vec<String>,
    /// The language that is spoken there first, BCP 47, where that is known.
    pub language: Option<String>,
    /// What it is: `departement`, `commune`, `district`, `sector`, …
    pub level: String,
    /// Index of its parent; the country itself has none.
    pub parent: Option<usize>,
    /// Indexes of its children, in the file's order.
    pub children: Vec<usize>,
}

impl Place {
    /// Its name in a language, or else as the country writes it.
    pub fn name_in(&self, tag: &str) -> &str {
        let own = self.names.iter().find(|(language, _)| language == tag);
        own.map_or(&self.name, |(_, name)| name)
    }

    /// Every name that it goes by: the country's, those of languages, other spellings.
    pub fn called(&self) -> impl Iterator<Item = &str> {
        let names = self.names.iter().map(|(_, name)| name.as_str());
        let aliases = self.aliases.iter().map(String::as_str);
        std::iter::once(self.name.as_str())
            .chain(names)
            .chain(aliases)
    }
}

/// What is known of a place besides where it lies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct More {
    /// See [`Place::names`].
    pub names: Vec<(String, String)>,
    /// See [`Place::aliases`].
    pub aliases: Vec<String>,
    /// See [`Place::language`].
    pub language: Option<String>,
}

/// Every place of every country served, parents before children.
#[derive(Debug, Clone, Default)]
pub struct Places {
    all: Vec<Place>,
    by_code: HashMap<String, usize>,
    /// Made when it is first needed; every row added makes it anew.
    index: OnceLock<search::Index>,
}

/// Why a place could not be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// Two rows with one code.
    #[error("this code stands twice")]
    Twice,
    /// The parent is not above this row.
    #[error("no row above has the parent's code")]
    NoParent,
}

impl Places {
    /// Adds a row below its parent; the country's own row has an empty parent.
    ///
    /// # Errors
    /// [`PlaceError`] if the code is taken or the parent unknown.
    pub fn add(
        &mut self,
        code: &str,
        name: &str,
        level: &str,
        parent: &str,
    ) -> Result<(), PlaceError> {
        if self.by_code.contains_key(code) {
            return Err(PlaceError::Twice);
        }
        let parent = match parent {
            "" => None,
            code => Some(*self.by_code.get(code).ok_or(PlaceError::NoParent)?),
        };
        let index = self.all.len();
        self.all.push(Place {
            code: code.to_owned(),
            name: name.to_owned(),
            names: Vec::new(),
            aliases: Vec::new(),
            language: None,
            level: level.to_owned(),
            parent,
            children: Vec::new(),
        });
        if let Some(parent) = parent {
            self.all[parent].children.push(index);
        }
        self.by_code.insert(code.to_owned(), index);
        self.index.take();
        Ok(())
    }

    /// Says more of the place of a code; of none if there is none.
    pub fn tell(&mut self, code: &str, more: More) {
        let found = self.by_code.get(code);
        if let Some(place) = found.and_then(|index| self.all.get_mut(*index)) {
            place.names = more.names;
            place.aliases = more.aliases;
            place.language = more.language;
            self.index.take();
        }
    }

    /// The language that is spoken first at a place, or around it, where that is known.
    pub fn language(&self, index: usize) -> Option<&str> {
        std::iter::successors(Some(index), |i| self.all.get(*i)?.parent)
            .find_map(|i| self.all.get(i)?.language.as_deref())
    }

    /// The place at this index; indexes come from this tree, an unknown one is no place.
    pub fn get(&self, index: usize) -> Option<&Place> {
        self.all.get(index)
    }

    /// The index of this code.
    pub fn find(&self, code: &str) -> Option<usize> {
        self.by_code.get(code).copied()
    }

    /// Makes ready for searching: on loading, so that no citizen waits for it.
    pub fn ready(&self) {
        self.index();
    }

    /// The allowed places that these letters mean, the likeliest first: accents, case and spaces
    /// apart, the name itself, then its beginning; failing these, a slip or two away.
    pub fn search(&self, typed: &str, allowed: impl Fn(usize) -> bool) -> Vec<usize> {
        self.index().search(typed, allowed)
    }

    /// The places whose name folds to exactly this (`text::fold::key`).
    pub fn named(&self, folded: &str) -> Vec<usize> {
        self.index().named(folded)
    }

    fn index(&self) -> &search::Index {
        self.index.get_or_init(|| search::Index::of(&self.all))
    }

    /// How many places there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// From just below the country down to the place itself; the country's own path is empty.
    pub fn path(&self, index: usize) -> Vec<usize> {
        let mut path: Vec<usize> =
            std::iter::successors(Some(index), |i| self.all.get(*i)?.parent).collect();
        path.pop();
        path.reverse();
        path
    }

    /// How many steps a place is below its country; the country is at 0.
    pub fn depth(&self, index: usize) -> usize {
        self.path(index).len()
    }

    /// Whether `inner` is `outer` or lies in it.
    pub fn within(&self, inner: usize, outer: usize) -> bool {
        std::iter::successors(Some(inner), |i| self.all.get(*i)?.parent).any(|i| i == outer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_knows_paths_and_containment() {
        let mut places = Places::default();
        places.add("BJ", "Bénin", "pays", "").expect("country");
        places
            .add("BJ-LI", "Littoral", "departement", "BJ")
            .expect("level 1");
        places
            .add("BJ-LI-01", "Cotonou", "commune", "BJ-LI")
            .expect("level 2");
        let (bj, li, co) = (0, 1, 2);
        assert_eq!(places.path(co), [li, co]);
        assert_eq!(places.depth(bj), 0);
        assert!(places.within(co, bj) && places.within(co, co) && !places.within(bj, co));
        assert_eq!(places.add("BJ", "x", "x", ""), Err(PlaceError::Twice));
        assert_eq!(
            places.add("X", "x", "x", "nowhere"),
            Err(PlaceError::NoParent)
        );
    }
}
