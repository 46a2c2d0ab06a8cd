//! Numbers, by the shipped country files: the facts sheet's table, another library as an oracle.

use passerelle::domain::country::Country;
use passerelle::domain::msisdn::NotSubscriber::{NotANumber, OutsidePlan, ShortCode};
use proptest::prelude::*;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

use super::support::shipped;

fn country(code: &str) -> Country {
    shipped().country(code).expect("a country").clone()
}

/// As written, whose country, the number it is, the mark of the rewrite it took.
const TABLE: &[(&str, &str, &str, Option<&str>)] = &[
    ("BJ", "+229 63 10 9595", "+2290163109595", Some("old-plan")),
    ("BJ", "22963109595", "+2290163109595", Some("old-plan")),
    ("BJ", "63109595", "+2290163109595", Some("old-plan")),
    ("BJ", "+229 01 63 10 95 95", "+2290163109595", None),
    ("BJ", "2290163109595", "+2290163109595", None),
    ("BJ", "0163109595", "+2290163109595", None),
    ("BJ", "002290163109595", "+2290163109595", None),
    ("BJ", "tel:+229-01-63-10-95-95", "+2290163109595", None),
    ("BJ", "+229 21 31 01 65", "+2290121310165", Some("old-plan")),
    ("RW", "+250 78 830 8559", "+250788308559", None),
    ("RW", "0788308559", "+250788308559", None),
    ("RW", "788308559", "+250788308559", None),
    ("RW", "250788308559", "+250788308559", None),
    ("RW", "+2500788308559", "+250788308559", None),
    ("CG", "+242 06 878 98 53", "+242068789853", None),
    ("CG", "068789853", "+242068789853", None),
    ("CG", "242068789853", "+242068789853", None),
    ("CG", "68789853", "+242068789853", Some("zero-restored")),
    ("CG", "+24268789853", "+242068789853", Some("zero-restored")),
    ("CG", "+242041234567", "+242041234567", None),
    // Only some ranges of Congo Telecom are in any library yet: taken, not refused.
    ("CG", "+242 02 123 45 67", "+242021234567", None),
    // Opened, or of a phone's shape: a new range must not silence whoever got a number in it.
    (
        "BJ",
        "+229 02 63 10 95 95",
        "+2290263109595",
        Some("unverified"),
    ),
    ("BJ", "0170123456", "+2290170123456", Some("unverified")),
    (
        "RW",
        "+250 71 123 4567",
        "+250711234567",
        Some("unverified"),
    ),
    (
        "CG",
        "+242 03 412 34 56",
        "+242034123456",
        Some("unverified"),
    ),
];

#[test]
fn the_table_of_the_facts_sheet() {
    println!("{:4}{:26}{:18}mark", "", "as written", "number");
    for (code, raw, e164, mark) in TABLE {
        println!("{code:4}{raw:26}{e164:18}{}", mark.unwrap_or("-"));
        let parsed = country(code)
            .numbering
            .parse(raw)
            .unwrap_or_else(|why| panic!("{code} {raw}: {why}"));
        assert_eq!(parsed.msisdn.e164(), *e164, "{code} {raw}");
        assert_eq!(parsed.rewritten.as_deref(), *mark, "{code} {raw}");
    }
}

#[test]
fn what_is_no_subscriber_says_why() {
    for (code, raw, why) in [
        ("BJ", "81123456", OutsidePlan),
        ("BJ", "+22981123456", OutsidePlan),
        ("BJ", "+229 00 63 10 95 95", OutsidePlan),
        ("BJ", "0312345", OutsidePlan),
        ("RW", "+250 750 123 456", OutsidePlan),
        ("RW", "+250 81 123 4567", OutsidePlan),
        ("CG", "+242 03 412 34", OutsidePlan),
        ("BJ", "+250788308559", OutsidePlan),
        ("BJ", "7344", ShortCode),
        ("BJ", "155", ShortCode),
        ("CG", "2024", ShortCode),
        ("RW", "MTN", NotANumber),
        ("RW", "Airtel-Rwanda", NotANumber),
        ("RW", "", NotANumber),
        ("RW", "+", NotANumber),
    ] {
        assert_eq!(
            country(code).numbering.parse(raw).map(|p| p.rewritten),
            Err(why),
            "{code} {raw}"
        );
    }
}

#[test]
fn a_text_is_never_sent_to_a_fixed_line() {
    assert!(
        !country("BJ")
            .numbering
            .parse("+229 21 31 01 65")
            .expect("ARCEP's own line")
            .mobile
    );
    assert!(
        country("BJ")
            .numbering
            .parse("+229 01 63 10 95 95")
            .expect("a phone")
            .mobile
    );
}

#[test]
fn networks_are_told_by_their_codes_and_unknown_ones_kept() {
    for (code, network, operator) in [
        ("RW", "63510", "mtn"),
        ("RW", "63513", "airtel"),
        ("RW", "63514", "airtel"),
        ("CG", "62907", "airtel"),
        ("BJ", "61607", "celtiis"),
        ("RW", "99999", "99999"),
    ] {
        assert_eq!(country(code).operator_of(network), operator, "{network}");
    }
}

proptest! {
    /// Whatever stands where a number should is told, and what is a number stays the one it is.
    #[test]
    fn any_text_is_a_number_or_is_none(
        text in any::<String>(),
        digits in "[+0-9() .\u{660}-\u{669}\u{ff10}-\u{ff19}-]{0,40}",
    ) {
        let service = shipped();
        for code in ["BJ", "RW", "CG"] {
            let numbering = &service.country(code).expect("a country").numbering;
            for raw in [&text, &digits] {
                if let Ok(parsed) = numbering.parse(raw) {
                    let again = numbering.parse(parsed.msisdn.e164());
                    prop_assert_eq!(again.map(|p| p.msisdn), Ok(parsed.msisdn));
                }
            }
        }
    }

    /// Whatever the other library calls a valid mobile number of these countries, we do too, and
    /// write it alike.
    #[test]
    fn the_oracle_agrees(
        (code, calling, national) in prop_oneof![
            "01[4-69][0-9]{7}".prop_map(|n| ("BJ", "229", n)),
            "7[2389][0-9]{7}".prop_map(|n| ("RW", "250", n)),
            "0[1456][0-9]{7}".prop_map(|n| ("CG", "242", n)),
        ]
    ) {
        let written = format!("+{calling}{national}");
        let oracle = PHONE_NUMBER_UTIL.parse(&written, None).expect("a number");
        let ours = country(code).numbering.parse(&written);
        if PHONE_NUMBER_UTIL.is_valid_number(&oracle) {
            let theirs = PHONE_NUMBER_UTIL.format(&oracle, PhoneNumberFormat::E164);
            let ours = ours.expect("ours too");
            prop_assert_eq!(ours.msisdn.e164(), theirs);
            prop_assert!(ours.mobile);
        }
    }
}
