//! Any text as a telephone number of any shipped country: reading it twice gives the same number.
#![cfg_attr(fuzzing, no_main)]

mod service;
mod shim;

target!(run, seeds);

fn seeds() -> shim::Seeds {
    let samples = [
        "22963000001",
        "+229 01 63 00 00 01",
        "0788300001",
        "250788300001",
        "242064661201",
        "00242064661201",
        "tel:+242055001122",
        "７３４４",
        "ECOUTE",
    ];
    let seed = |text: &str| (text.trim_matches('+').to_owned(), text.as_bytes().to_vec());
    samples.map(seed).into()
}

fn run(data: &[u8]) {
    let raw = String::from_utf8_lossy(data);
    for country in &service::shipped().countries {
        let Ok(parsed) = country.numbering.parse(&raw) else {
            continue;
        };
        let e164 = parsed.msisdn.e164();
        assert!(e164.starts_with('+') && e164.len() <= 16, "{e164}");
        let again = country.numbering.parse(e164).expect("its own spelling");
        assert_eq!(again.msisdn, parsed.msisdn);
        let bare = country.numbering.parse(parsed.msisdn.digits());
        assert_eq!(bare.expect("without the plus").msisdn, parsed.msisdn);
    }
}
