//! The places of the shipped countries: as many as there are, and found by any of their names.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use passerelle::domain::place::Places;
use passerelle::domain::text::fold::key;

use super::support::shipped;

/// How many places of each level a country's file has. `docs/places.md` says where they are from.
fn counts(places: &Places, country: &str) -> BTreeMap<String, usize> {
    let root = places.find(country).expect("a country");
    let mut counts = BTreeMap::new();
    for index in (0..places.len()).filter(|p| *p != root && places.within(*p, root)) {
        let level = &places.get(index).expect("there").level;
        *counts.entry(level.clone()).or_default() += 1;
    }
    counts
}

#[test]
fn each_country_has_the_places_that_it_has() {
    let service = shipped();
    let expect = |country: &str, wanted: &[(&str, usize)]| {
        let wanted: BTreeMap<String, usize> =
            wanted.iter().map(|(l, n)| ((*l).to_owned(), *n)).collect();
        assert_eq!(counts(&service.places, country), wanted, "{country}");
    };
    expect("BJ", &[("departement", 12), ("commune", 77)]);
    expect("RW", &[("province", 5), ("district", 30), ("sector", 416)]);
    expect(
        "CG",
        &[
            ("departement", 15),
            ("district", 90),
            ("commune", 16),
            ("communaute_urbaine", 3),
            ("arrondissement", 15),
        ],
    );
}

#[test]
fn districts_and_communes_lie_where_their_level_says() {
    let service = shipped();
    let places = &service.places;
    for index in 0..places.len() {
        let place = places.get(index).expect("there");
        let above = place.parent.and_then(|p| places.get(p));
        let above = above.map_or("", |p| p.level.as_str());
        let fits = match place.level.as_str() {
            "pays" | "country" => above.is_empty(),
            "departement" => above == "pays",
            "province" => above == "country",
            "district" => matches!(above, "departement" | "province"),
            "commune" | "communaute_urbaine" => above == "departement",
            "sector" => above == "district",
            "arrondissement" => above == "commune",
            _ => false,
        };
        assert!(fits, "{}: a {} in a {above}", place.code, place.level);
    }
}

#[test]
fn spellings_that_lists_disagree_about_are_the_same_place() {
    let service = shipped();
    for (typed, code) in [
        ("Péhunco", "BJ-AK-07"),
        ("toukountouna", "BJ-AK-09"),
        ("Dogbo Tota", "BJ-KO-03"),
        ("KLOUEKANMEY", "BJ-KO-04"),
        ("seme podji", "BJ-OU-09"),
        ("Vindza", "CG-X-DL-D06"),
        ("Mbandza Ndounga", "CG-12-D07"),
        ("mageragere", "RW1105"),
        ("Umujyi wa Kigali", "RW-01"),
        ("amajyepfo", "RW-05"),
        ("Est", "RW-02"),
    ] {
        let root = service.places.find(&code[..2]).expect("a country");
        let found = service
            .places
            .search(typed, |p| service.places.within(p, root));
        let first = found.first().and_then(|p| service.places.get(*p));
        assert_eq!(first.map(|p| p.code.as_str()), Some(code), "{typed}");
    }
}

#[test]
fn any_beginning_of_any_name_finds_its_place() {
    let service = shipped();
    let places = &service.places;
    let (mut asked, mut slowest) = (0_u32, Duration::ZERO);
    let began = Instant::now();
    for index in 0..places.len() {
        let called: Vec<&str> = places.get(index).expect("there").called().collect();
        for name in called {
            let folded: Vec<char> = key(name).chars().collect();
            for length in 1..=folded.len() {
                let typed: String = folded[..length].iter().collect();
                let asking = Instant::now();
                let found = places.search(&typed, |_| true);
                slowest = slowest.max(asking.elapsed());
                asked += 1;
                assert!(found.contains(&index), "{name} is not found by {typed}");
            }
        }
    }
    let mean = began.elapsed() / asked;
    println!("places: {asked} beginnings, {mean:?} each, the slowest {slowest:?}");
}
