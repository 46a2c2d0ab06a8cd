//! How many keys a feedback takes.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::super::model::{Asks, Effect, Menu};
use super::super::offers;
use super::super::said::Said;
use super::super::step::Position;
use super::fit::Fitted;
use super::{Row, Target, Way};
use crate::domain::place::Places;

/// A menu in a language, from what its screens came to.
pub(super) fn row(target: &Target<'_>, language: usize, fitted: &[Fitted]) -> Row {
    let scene = &target.scene;
    let menu = scene.menu;
    let widest = (0..fitted.len()).max_by_key(|i| fitted[*i].septets);
    let costs: Vec<(Way, Way)> = (0..menu.nodes.len())
        .map(|node| costs(target, node, fitted.get(node).map_or(1, |f| f.pages)))
        .collect();
    let tag = scene.service.texts.languages().get(language);
    Row {
        menu: menu.id.clone(),
        language: tag.map_or_else(String::new, |l| l.tag.clone()),
        screen: widest.map_or_else(String::new, |i| menu.nodes[i].id.clone()),
        septets: widest.map_or(0, |i| fitted[i].septets),
        budget: scene.channel.budget,
        pages: fitted.iter().map(|f| f.pages).max().unwrap_or(1),
        fewest: fewest(menu, &costs),
        most: most(menu, &costs),
        clock: scene.channel.session_clock,
    }
}

/// The least and the most that a screen takes to be answered.
fn costs(target: &Target<'_>, node: usize, pages: usize) -> (Way, Way) {
    let keys = |keys| Way { keys, texts: 0 };
    match target.scene.menu.nodes.get(node).map(|n| &n.asks) {
        Some(Asks::Language { .. }) if offers::languages(&target.scene).count() == 1 => {
            (keys(0), keys(0))
        }
        Some(
            Asks::Language { .. }
            | Asks::Institution { .. }
            | Asks::Choice { .. }
            | Asks::List { .. }
            | Asks::Rating { .. }
            | Asks::Message { .. },
        ) => (keys(1), keys(pages)),
        Some(Asks::Place { depth, .. }) => {
            let (least, most) = levels(target, node, *depth);
            (keys(least), keys(most * pages))
        }
        Some(Asks::Words { .. } | Asks::Text { .. } | Asks::Code { .. }) => {
            let text = Way { keys: 0, texts: 1 };
            (text, text.and(keys(pages - 1)))
        }
        Some(Asks::Nothing | Asks::Branch { .. } | Asks::Call { .. } | Asks::Return { .. })
        | None => (keys(0), keys(0)),
    }
}

/// The least and the most levels to walk down, over all institutions.
fn levels(target: &Target<'_>, node: usize, depth: usize) -> (usize, usize) {
    let service = target.scene.service;
    let institutions = service.institutions_of(&target.scene.country.code);
    let begins: BTreeSet<Vec<usize>> = institutions
        .map(Some)
        .chain([None])
        .map(|institution| Position {
            node,
            said: Said {
                institution,
                ..Said::default()
            },
            ..Position::default()
        })
        .map(|at| offers::places(&target.scene, &at))
        .collect();
    let mut known = HashMap::new();
    let each = begins.iter().map(|list| {
        let below = list
            .iter()
            .map(|p| below(&service.places, *p, depth, &mut known));
        level(list.len(), below)
    });
    each.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
        .unwrap_or((1, 1))
}

/// One level more than those below, unless there is nothing to choose.
fn level(items: usize, below: impl Iterator<Item = (usize, usize)>) -> (usize, usize) {
    let this = usize::from(items > 1);
    let (least, most) = below
        .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
        .unwrap_or((0, 0));
    (least + this, most + this)
}

/// The levels below a place. Six at most: no tree is deeper where one walks.
fn below(
    tree: &Places,
    place: usize,
    depth: usize,
    known: &mut HashMap<usize, (usize, usize)>,
) -> (usize, usize) {
    if let Some(levels) = known.get(&place) {
        return *levels;
    }
    let children = tree.get(place).map_or(&[][..], |p| p.children.as_slice());
    let levels = if children.is_empty() || tree.depth(place) >= depth {
        (0, 0)
    } else {
        let each: Vec<_> = children
            .iter()
            .map(|child| below(tree, *child, depth, known))
            .collect();
        level(children.len(), each.into_iter())
    };
    known.insert(place, levels);
    levels
}

/// Where a screen leads, and whether the way there files.
fn ways(menu: &Menu, from: usize) -> Vec<(usize, bool)> {
    let Some(node) = menu.nodes.get(from) else {
        return Vec::new();
    };
    let options = node.options().iter();
    let by_option = options.map(|o| (o.next, o.effect.is_some_and(Effect::files)));
    let onward = menu.onward(from).into_iter().map(|next| (next, false));
    by_option.chain(onward).collect()
}

/// The shortest way to a filed feedback.
fn fewest(menu: &Menu, costs: &[(Way, Way)]) -> Option<Way> {
    let mut best: Vec<Option<Way>> = vec![None; menu.nodes.len()];
    let mut filed: Option<Way> = None;
    *best.get_mut(menu.start)? = Some(Way::default());
    let mut left = VecDeque::from([menu.start]);
    while let Some(from) = left.pop_front() {
        let so_far = best[from]?.and(costs.get(from)?.0);
        for (to, files) in ways(menu, from) {
            if files && filed.is_none_or(|f| so_far.all() < f.all()) {
                filed = Some(so_far);
            }
            let known = best.get_mut(to)?;
            if known.is_none_or(|k| so_far.all() < k.all()) {
                *known = Some(so_far);
                left.push_back(to);
            }
        }
    }
    filed
}

/// The longest way to a filed feedback on which no screen comes twice: ways that lead back to a
/// screen on the way are not gone.
fn most(menu: &Menu, costs: &[(Way, Way)]) -> Option<Way> {
    let order = ordered(menu);
    let rank: HashMap<usize, usize> = order.iter().enumerate().map(|(r, n)| (*n, r)).collect();
    let mut best: HashMap<usize, Way> = HashMap::from([(menu.start, Way::default())]);
    let mut filed: Option<Way> = None;
    for from in order {
        let so_far = best.get(&from)?.and(costs.get(from)?.1);
        for (to, files) in ways(menu, from) {
            if files && filed.is_none_or(|f| so_far.all() > f.all()) {
                filed = Some(so_far);
            }
            if rank.get(&to) > rank.get(&from) {
                let known = best.entry(to).or_insert(so_far);
                if so_far.all() > known.all() {
                    *known = so_far;
                }
            }
        }
    }
    filed
}

/// Screens in an order in which every way leads on, but for those that lead back: reversed
/// postorder. Without recursion, for a menu may be long.
fn ordered(menu: &Menu) -> Vec<usize> {
    let mut seen = BTreeSet::from([menu.start]);
    let mut path = vec![(menu.start, ways(menu, menu.start))];
    let mut order = Vec::new();
    while let Some((node, left)) = path.last_mut() {
        if let Some((to, _)) = left.pop() {
            if seen.insert(to) {
                path.push((to, ways(menu, to)));
            }
        } else {
            order.push(*node);
            path.pop();
        }
    }
    order.reverse();
    order
}
