//! Any bytes as any file: a configuration or a report, never a panic, and always the same.

use passerelle::config::{Environment, Files, Rules, load};
use proptest::prelude::*;
use proptest::sample::Index;

use super::{furnished, judged};

/// A configuration takes tens of milliseconds to judge in a debug build.
const CASES: u32 = 100;

/// One way to spoil a file.
#[derive(Debug, Clone)]
enum Spoil {
    Cut(Index),
    Flip(Index, u8),
    Insert(Index, String),
    Drop(Index, Index),
    Replace(Vec<u8>),
}

fn spoil() -> impl Strategy<Value = Spoil> {
    prop_oneof![
        any::<Index>().prop_map(Spoil::Cut),
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Spoil::Flip(at, byte)),
        (any::<Index>(), "[\\[\\]{}\"'=#.,$*\\\\ \n\r\té💡a0-]{1,4}")
            .prop_map(|(at, text)| Spoil::Insert(at, text)),
        (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Spoil::Drop(a, b)),
        proptest::collection::vec(any::<u8>(), 0..200).prop_map(Spoil::Replace),
    ]
}

impl Spoil {
    fn apply(self, bytes: &mut Vec<u8>) {
        let places = bytes.len() + 1;
        match self {
            Self::Cut(at) => bytes.truncate(at.index(places)),
            Self::Flip(at, byte) => {
                let at = at.index(places);
                if let Some(spoilt) = bytes.get_mut(at) {
                    *spoilt = byte;
                }
            }
            Self::Insert(at, text) => {
                let at = at.index(places);
                bytes.splice(at..at, text.into_bytes());
            }
            Self::Drop(a, b) => {
                let (a, b) = (a.index(places), b.index(places));
                bytes.drain(a.min(b)..a.max(b).min(a.min(b) + 40));
            }
            Self::Replace(with) => *bytes = with,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn any_bytes_are_judged(
        spoils in proptest::collection::vec((any::<Index>(), spoil()), 1..5),
    ) {
        let mut files = Files::embedded();
        let paths: Vec<String> = files.paths().map(str::to_owned).collect();
        for (which, spoil) in spoils {
            let path = which.get(&paths);
            let mut bytes = files.get(path).unwrap_or_default().to_vec();
            spoil.apply(&mut bytes);
            files.insert(path, bytes);
        }
        let report = judged(&files, &furnished()).map_or_else(|r| r, |config| config.remarks);
        let _ = report.text(true);
        let json: serde_json::Value = serde_json::from_str(&report.json()).expect("is JSON");
        prop_assert_eq!(json.as_array().map(Vec::len), Some(report.problems.len()));
        for problem in &report.problems {
            prop_assert!(!problem.message.is_empty());
            if let Some(area) = problem.area {
                prop_assert!(area.line >= 1 && area.column >= 1);
                prop_assert!((area.line, area.column) <= (area.end_line, area.end_column));
            }
        }
        let again = judged(&files, &furnished()).map_or_else(|r| r, |config| config.remarks);
        prop_assert_eq!(report, again);
    }

    #[test]
    fn any_variable_is_judged(value in any::<String>()) {
        let names = ["SERVER__LISTEN", "SESSIONS__URL", "PRIVACY__KEY", "SERVER__ANSWER_WITHIN"];
        let environment = names.iter().fold(Environment::default(), |environment, name| {
            environment.with(&format!("PASSERELLE_{name}"), &value)
        });
        let _ = load(&Files::embedded(), &environment, &Rules::CHECK);
    }
}
