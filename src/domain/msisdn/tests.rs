use super::*;
use proptest::prelude::*;

fn benin() -> Numbering {
    Numbering::new(Plan {
        region: "BJ".into(),
        calling_code: "229".into(),
        trunk_prefix: None,
        mobile: r"01(?:2[5-9]|[4-69]\d)\d{6}".into(),
        fixed: Some(r"012[0-4]\d{6}".into()),
        unverified: None,
        rewrites: vec![Rewrite {
            when: r"(?:2\d|[4-69]\d)\d{6}".into(),
            prepend: "01".into(),
            mark: "old-plan".into(),
        }],
    })
    .expect("a plan")
}

fn rwanda() -> Numbering {
    Numbering::new(Plan {
        region: "RW".into(),
        calling_code: "250".into(),
        trunk_prefix: Some("0".into()),
        mobile: r"7[237-9]\d{7}".into(),
        fixed: Some(r"2[23568]\d{7}".into()),
        unverified: None,
        rewrites: vec![],
    })
    .expect("a plan")
}

fn congo() -> Numbering {
    Numbering::new(Plan {
        region: "CG".into(),
        calling_code: "242".into(),
        trunk_prefix: None,
        mobile: r"0[12456]\d{7}".into(),
        fixed: Some(r"222[1-589]\d{5}".into()),
        unverified: None,
        rewrites: vec![Rewrite {
            when: r"[456]\d{7}".into(),
            prepend: "0".into(),
            mark: "zero-restored".into(),
        }],
    })
    .expect("a plan")
}

fn written(numbering: &Numbering, raw: &str) -> Result<String, NotSubscriber> {
    numbering.parse(raw).map(|p| p.msisdn.0)
}

#[test]
fn three_countries_three_rules_for_the_zero() {
    let (bj, rw, cg) = (benin(), rwanda(), congo());
    for raw in [
        "+229 63 10 9595",
        "22963109595",
        "+229 01 63 10 95 95",
        "63109595",
        "0163109595",
        "002290163109595",
    ] {
        assert_eq!(written(&bj, raw).as_deref(), Ok("+2290163109595"), "{raw}");
    }
    for raw in [
        "+250 78 830 8559",
        "0788308559",
        "788308559",
        "+2500788308559",
        "tel:+250788308559",
    ] {
        assert_eq!(written(&rw, raw).as_deref(), Ok("+250788308559"), "{raw}");
    }
    for raw in [
        "+242 06 878 98 53",
        "068789853",
        "68789853",
        "+24268789853",
        "242068789853",
    ] {
        assert_eq!(written(&cg, raw).as_deref(), Ok("+242068789853"), "{raw}");
    }
}

#[test]
fn what_is_no_subscriber_is_refused_with_its_reason() {
    use NotSubscriber::{NotANumber, OutsidePlan, ShortCode};
    for (raw, why) in [
        ("81123456", OutsidePlan),
        ("7344", ShortCode),
        ("155", ShortCode),
        ("MTN", NotANumber),
        ("", NotANumber),
        ("+33612345678", OutsidePlan),
    ] {
        assert_eq!(written(&benin(), raw), Err(why), "{raw}");
    }
    assert_eq!(written(&rwanda(), "+250 750 123 456"), Err(OutsidePlan));
    assert!(
        !benin()
            .parse("+229 21 31 01 65")
            .expect("ARCEP's own line")
            .mobile
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_text_is_understood_or_refused(raw in any::<String>()) {
        let _ = benin().parse(&raw);
    }

    #[test]
    fn a_mobile_number_is_what_the_library_makes_of_it(
        national in "(01|7[237-9]|0[12456]|0?7|[0-9]{2})[0-9]{6,8}",
    ) {
        for numbering in [benin(), rwanda(), congo()] {
            if numbering.is_mobile(&national) {
                let e164 = format!("+{}{national}", numbering.calling_code());
                let at_once = Parsed {
                    msisdn: Msisdn(e164.clone()),
                    rewritten: None,
                    mobile: true,
                };
                prop_assert_eq!(numbering.by_library(&e164, None), Some(at_once));
            }
        }
    }

    #[test]
    fn normalising_is_idempotent(national in "[0-9]{6,11}") {
        for numbering in [benin(), rwanda(), congo()] {
            if let Ok(once) = numbering.parse(&national) {
                let again = numbering.parse(once.msisdn.e164()).expect("parses again");
                prop_assert_eq!(again.msisdn.e164(), once.msisdn.e164());
                prop_assert_eq!(again.rewritten, None);
            }
        }
    }
}
