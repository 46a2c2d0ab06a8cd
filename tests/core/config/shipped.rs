//! The shipped folder is right, and says what the code does.

use std::collections::BTreeSet;

use ipnet::IpNet;
use passerelle::aggregators;
use passerelle::config::{AGGREGATORS, Environment, Files, Rules, Settings, Severity, load};
use passerelle::domain::menu::model::Asks;
use passerelle::domain::text::Folding;

use super::{edited, furnished, judged, said};

#[test]
fn it_loads_with_notes_only_unreviewed_languages_and_what_an_sms_costs() {
    let config = judged(&Files::embedded(), &furnished()).unwrap_or_else(|r| panic!("{r}"));
    assert_eq!(
        config.remarks.count(Severity::Warning),
        0,
        "{}",
        config.remarks
    );
    assert_eq!(
        config.remarks.count(Severity::Note),
        22,
        "{}",
        config.remarks
    );
    let service = &config.service;
    assert_eq!(service.channels.len(), 5);
    assert_eq!(service.institutions.len(), 15);
    let menu = &service.menus["feedback"];
    assert_eq!(menu.nodes[menu.start].id, "language");
    assert_eq!(menu.nodes[menu.home].id, "experience");
    assert_eq!(menu.nodes.last().map(|n| &n.asks), Some(&Asks::Nothing));
}

#[test]
fn its_places_are_all_there() {
    let config = judged(&Files::embedded(), &furnished()).unwrap_or_else(|r| panic!("{r}"));
    let places = &config.service.places;
    let count = |country: &str, level: &str| {
        let root = places.find(country).expect("a country's own row");
        (0..places.len())
            .filter(|place| places.within(*place, root))
            .filter(|place| places.get(*place).is_some_and(|p| p.level == level))
            .count()
    };
    for (country, level, many) in [
        ("BJ", "departement", 12),
        ("BJ", "commune", 77),
        ("RW", "province", 5),
        ("RW", "district", 30),
        ("RW", "sector", 416),
        ("CG", "departement", 15),
    ] {
        assert_eq!(count(country, level), many, "{country} {level}");
    }
}

#[test]
fn its_numbers_are_read_as_the_countries_write_them() {
    let config = judged(&Files::embedded(), &furnished()).unwrap_or_else(|r| panic!("{r}"));
    for (country, written, number) in [
        ("BJ", "+229 63 10 9595", Some("+2290163109595")),
        ("BJ", "0163109595", Some("+2290163109595")),
        ("BJ", "81123456", None),
        ("RW", "+2500788308559", Some("+250788308559")),
        ("RW", "+250 750 123 456", None),
        ("CG", "+24268789853", Some("+242068789853")),
        ("CG", "+242041234567", Some("+242041234567")),
        ("CG", "7344", None),
    ] {
        let numbering = &config.service.country(country).expect("served").numbering;
        let parsed = numbering.parse(written).ok();
        assert_eq!(
            parsed.as_ref().map(|p| p.msisdn.e164()),
            number,
            "{written}"
        );
    }
    let operator = |country: &str, network: &str| {
        let country = config.service.country(country).expect("served");
        country.operator_of(network)
    };
    assert_eq!(operator("RW", "63513"), "airtel");
    assert_eq!(operator("RW", "63514"), "airtel");
    assert_eq!(operator("BJ", "61607"), "celtiis");
    assert_eq!(operator("BJ", "61604"), "bbcom");
    assert_eq!(operator("CG", "62907"), "airtel");
}

/// The lines of `passerelle.toml` that are settings with their defaults.
fn documented() -> (String, BTreeSet<String>) {
    let files = Files::embedded();
    let text = files.get("passerelle.toml").unwrap_or_default();
    let text = std::str::from_utf8(text).expect("is UTF-8");
    let mut names = BTreeSet::new();
    let mut section = String::new();
    let mut plain = String::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[') {
            name.trim_end_matches(']').clone_into(&mut section);
        }
        let setting = line
            .strip_prefix('#')
            .filter(|l| !l.starts_with(' ') && !l.is_empty());
        if let Some((key, _)) = setting.and_then(|setting| setting.split_once(" = ")) {
            names.insert(format!("PASSERELLE_{section}__{key}").to_uppercase());
        }
        plain.push_str(setting.unwrap_or(line));
        plain.push('\n');
    }
    (plain, names)
}

#[test]
fn the_documented_defaults_are_the_code_s() {
    let (plain, _) = documented();
    let mut files = Files::embedded();
    files.insert("passerelle.toml", plain);
    let config = judged(&files, &furnished()).unwrap_or_else(|r| panic!("{r}"));
    let settings = Settings {
        server: config.server,
        sessions: config.sessions,
        records: config.records,
        privacy: config.privacy,
        delivery: config.delivery,
        limits: config.limits,
        email: config.email,
        simulator: config.simulator,
    };
    assert_eq!(settings, Settings::default());

    let mut files = Files::embedded();
    files.remove("passerelle.toml");
    let without = judged(&files, &furnished()).unwrap_or_else(|r| panic!("{r}"));
    assert_eq!(without.server, settings.server);
}

#[test]
fn every_setting_is_documented() {
    let (_, mut names) = documented();
    // Stores of its own are there for every country that has a file.
    for (section, country) in ["RECORDS", "SESSIONS"]
        .into_iter()
        .flat_map(|section| ["BJ", "CG", "RW"].map(|country| (section, country)))
    {
        names.insert(format!("PASSERELLE_{section}__{country}"));
    }
    // A name that is near to none has all the known ones as its help.
    let environment = furnished().with("PASSERELLE_ZZZZZZZZZZZZZZZZZZZZ__ZZZZZZZZZZ", "1");
    let said = said(&Files::embedded(), &environment);
    let known = said.split_once("one of: `").expect("has help").1;
    let known = known.split_once("`\n").map_or(known, |(known, _)| known);
    let known: BTreeSet<String> = known
        .trim()
        .trim_end_matches('`')
        .split("`, `")
        .map(str::to_owned)
        .collect();
    assert_eq!(known, names);
}

#[test]
fn an_aggregator_s_address_need_not_be_written() {
    let config = judged(&Files::embedded(), &furnished()).unwrap_or_else(|r| panic!("{r}"));
    let url = |id: &str| {
        config.service.channels[id]
            .credentials
            .get("url")
            .to_owned()
    };
    assert_eq!(url("at-rw"), "https://api.africastalking.com");
    assert_eq!(url("mtn-cg"), "https://api.mtn.com");
    assert_eq!(url("mtn-bj"), "");
    let channel = &config.service.channels["mtn-bj"];
    assert_eq!((channel.budget, channel.folding), (150, Folding::Gsm7));
    let loopback: IpNet = "127.0.0.0/8".parse().expect("a network");
    assert!(channel.access.allow.contains(&loopback));
}

#[test]
fn a_channel_may_name_every_interpreter_and_nothing_else() {
    let named: BTreeSet<&str> = AGGREGATORS.into_iter().collect();
    let spoken: BTreeSet<&str> = aggregators::ALL.iter().map(|i| i.name()).collect();
    assert_eq!(named, spoken);
}

#[test]
fn a_dialect_is_flattened_to_dotted_names() {
    let files = edited(&[(
        "channels/mtn-bj.toml",
        "[access]",
        "[dialect]\nform = \"json\"\npages = 16\n[dialect.fields]\nfrom = \"msisdn\"\nstrict = true\n\n[access]",
    )]);
    let config = judged(&files, &furnished()).unwrap_or_else(|r| panic!("{r}"));
    let dialect = &config.service.channels["mtn-bj"].dialect;
    let dialect: Vec<(&str, &str)> = dialect
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    assert_eq!(
        dialect,
        [
            ("fields.from", "msisdn"),
            ("fields.strict", "true"),
            ("form", "json"),
            ("pages", "16")
        ]
    );
}

#[test]
fn the_service_s_version_follows_its_files_but_not_the_gateway_s_own_settings() {
    let version = |edits: &[(&str, &str, &str)]| {
        let config = judged(&edited(edits), &furnished()).unwrap_or_else(|r| panic!("{r}"));
        config.service.version
    };
    let shipped = version(&[]);
    assert_eq!(
        version(&[("passerelle.toml", "#workers = 0", "workers = 2")]),
        shipped
    );
    assert_ne!(
        version(&[("channels/mtn-bj.toml", "*7344#", "*7345#")]),
        shipped
    );
    assert_ne!(
        version(&[("menus/feedback.toml", "depth = 2", "depth = 1")]),
        shipped
    );
    assert_ne!(version(&[("locales/rw.ftl", "Hehe?", "Hehe")]), shipped);
}

#[test]
fn a_language_is_reviewed_only_when_a_native_speaker_did_it() {
    for (says, reviewed) in [
        ("# review: native", true),
        ("# review: native, A. Uwase, 2026-11", true),
        ("# review: native speaker missing", false),
        ("# review: not native", false),
    ] {
        let files = edited(&[(
            "locales/rw.ftl",
            "# review: none; not read by a native speaker",
            says,
        )]);
        let config = load(&files, &Environment::default(), &Rules::CHECK);
        let config = config.unwrap_or_else(|r| panic!("{r}"));
        let texts = &config.service.texts;
        let language = texts.languages().iter().find(|l| l.tag == "rw");
        assert_eq!(language.map(|l| l.reviewed), Some(reviewed), "{says}");
    }
}
