//! The longest values that a screen may have to show.

use std::sync::Arc;

use super::super::model::Asks;
use super::super::said::Said;
use super::super::step::Position;
use super::super::texts::Own;
use super::super::{Scene, layout};
use super::fit::LONGEST_CODE;
use crate::domain::feedback::Experience;
use crate::domain::text::fold;

/// The values that take most room.
pub(super) struct Worst {
    said: Said,
    /// Of the institutions, the one whose places' list is the longest to begin with.
    widest: Option<usize>,
    /// Places whose lists are the longest, or hold the longest name.
    opened: Vec<usize>,
}

impl Worst {
    pub(super) fn find(scene: &Scene<'_>, language: usize) -> Self {
        let service = scene.service;
        let cost = |text: &str| layout::cost(&fold::fold(text, scene.channel.folding));
        let tag = service.texts.languages().get(language);
        let tag = tag.map_or("", |l| &l.tag);
        let name = |i: &usize| cost(service.institutions[*i].name(tag));
        let mut said = Said {
            language,
            institution: service
                .institutions_of(&scene.country.code)
                .max_by_key(name),
            // Words of ordinary length, more of them than any screen holds.
            words: Some("mots ".repeat(60).trim_end().into()),
            code: Some(LONGEST_CODE.into()),
            ..Said::default()
        };
        let word = |own: Own| cost(&service.texts.plain(language, own.key()));
        said.experience = Some(if word(Own::ExperienceGood) > word(Own::ExperienceBad) {
            Experience::Good
        } else {
            Experience::Bad
        });
        let tree = &service.places;
        let length = |index: usize| tree.get(index).map_or(0, |p| cost(p.name_in(tag)));
        let places: Vec<usize> = of_country(scene).map(|(index, _)| index).collect();
        said.place = places.iter().copied().max_by_key(|p| length(*p));
        let list = |p: &usize| {
            let children = tree.get(*p).map(|p| p.children.as_slice());
            let children = children.unwrap_or_default();
            children.iter().map(|c| length(*c) + 3).sum::<usize>()
        };
        let longest = places.iter().copied().max_by_key(|p| list(p));
        let around = said.place.and_then(|p| tree.get(p)?.parent);
        let begins = |i: &usize| {
            let covers = &service.institutions[*i].covers;
            covers.iter().map(|c| length(*c) + 3).sum::<usize>()
        };
        let widest = service
            .institutions_of(&scene.country.code)
            .max_by_key(begins);
        let mut opened: Vec<usize> = longest.into_iter().chain(around).collect();
        opened.dedup();
        Self {
            said,
            widest,
            opened,
        }
    }

    /// Where it is asked whether to go on with a session that was cut.
    pub(super) fn cut(&self, node: usize) -> Position {
        Position {
            node,
            said: self.said.clone(),
            cut: Some(Arc::default()),
            ..Position::default()
        }
    }

    /// The positions of a screen that take most room.
    pub(super) fn positions(&self, node: usize, asks: &Asks) -> Vec<Position> {
        let at = |inside, said: Said| Position {
            node,
            inside,
            said,
            ..Position::default()
        };
        let mut positions = vec![at(None, self.said.clone())];
        if let Asks::Place { .. } = asks {
            let mut said = self.said.clone();
            said.institution = self.widest;
            positions.push(at(None, said));
            let opened = self.opened.iter();
            positions.extend(opened.map(|p| at(Some(*p), self.said.clone())));
        }
        positions
    }
}

/// The places of the scene's country with their names.
pub(super) fn of_country<'a>(scene: &Scene<'a>) -> impl Iterator<Item = (usize, &'a str)> {
    let tree = &scene.service.places;
    let root = tree.find(&scene.country.code);
    (0..tree.len())
        .filter(move |index| root.is_some_and(|root| *index != root && tree.within(*index, root)))
        .filter_map(move |index| Some((index, tree.get(index)?.name.as_str())))
}
