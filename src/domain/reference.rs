//! An aggregator's name for a message, and the ways in which the same one is written.
//!
//! SMPP 3.4 lets an SMSC answer a sending with one notation and report with another, and gateways
//! in between write on what they were given: in either case, with zeros in front or without, in
//! hexadecimal one time and in decimal the other.

/// Numbers below this are not read in the other notation: an SMSC's ids are long, and the small
/// counters of some aggregators (`10`, `16`) would be taken for one another.
const LEAST: u64 = 1 << 28;

/// A reference as it is compared when it does not match as it stands: in lower case, without
/// leading zeros. None if there is no reference at all.
pub fn canonical(reference: &str) -> Option<String> {
    if reference.is_empty() {
        return None;
    }
    let stripped = reference.trim_start_matches('0');
    let kept = if stripped.is_empty() { "0" } else { stripped };
    Some(kept.to_lowercase())
}

/// The same number in the other notation, canonical: hexadecimal if it can be decimal, and decimal
/// if it can be hexadecimal, which all digits can. Nothing for what is no long number.
pub fn otherwise(reference: &str) -> Vec<String> {
    let plain = !reference.is_empty() && reference.bytes().all(|b| b.is_ascii_hexdigit());
    let long = |number: &u64| *number >= LEAST;
    let decimal = reference.parse().ok().filter(long);
    let hexadecimal = u64::from_str_radix(reference, 16).ok().filter(long);
    let as_hexadecimal = decimal.map(|number| format!("{number:x}"));
    let as_decimal = hexadecimal.map(|number| number.to_string());
    let both = as_hexadecimal.into_iter().chain(as_decimal);
    both.filter(|_| plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn references_differ_neither_by_case_nor_by_leading_zeros() {
        assert_eq!(canonical("00Ab-0"), canonical("aB-0"));
        assert_ne!(canonical("10"), canonical("1"));
        assert_eq!(canonical("000").as_deref(), Some("0"));
        assert_eq!(canonical(""), None);
    }

    #[test]
    fn long_numbers_have_two_notations_and_nothing_else_has() {
        assert_eq!(otherwise("3735928559"), ["deadbeef", "237121996121"]);
        assert_eq!(otherwise("00DEADBEEF"), ["3735928559"]);
        let none: [&str; 0] = [];
        for odd in [
            "",
            "10",
            "16",
            "9999999",
            "+3735928559",
            "rrt-58503",
            "0A0000000123ABCD1234",
            "6f1c2d3e-0d1c-4b52-9a43-0a9f6f1a7f11",
        ] {
            assert_eq!(otherwise(odd), none, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn either_notation_leads_to_the_other(number in LEAST..) {
            let (decimal, hexadecimal) = (number.to_string(), format!("{number:08X}"));
            let lower = hexadecimal.to_lowercase();
            prop_assert!(otherwise(&decimal).contains(&lower));
            let zeros = format!("000{hexadecimal}");
            prop_assert!(otherwise(&zeros).contains(&decimal));
            prop_assert_eq!(canonical(&zeros), Some(lower));
        }
    }
}
