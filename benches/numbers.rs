//! Understanding a number, for each country as shipped, and signing a webhook.
//!
//! `cargo bench --bench numbers`; what was measured stands in `docs/performance.md`.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use passerelle::config::{self, Environment, Files, Rules};
use passerelle::domain::redact::Secret;
use passerelle::domain::service::Service;
use passerelle::domain::signing::{Scheme, Secrets, make};

/// A number as a network writes it, one in an older or damaged form, and one that nobody has.
const NUMBERS: [(&str, &str, &str); 9] = [
    ("BJ", "mobile", "+2290163109595"),
    ("BJ", "old plan", "22963109595"),
    ("BJ", "nobody's", "+2290000000000"),
    ("RW", "mobile", "+250788308559"),
    ("RW", "trunk zero", "0788308559"),
    ("RW", "nobody's", "+250750123456"),
    ("CG", "mobile", "+242068789853"),
    ("CG", "zero lost", "24268789853"),
    ("CG", "nobody's", "+242998789853"),
];

fn numbers(criterion: &mut Criterion) {
    let service = shipped();
    let mut group = criterion.benchmark_group("number");
    for (code, what, raw) in NUMBERS {
        let country = service.country(code).expect("a country");
        group.bench_function(format!("{code} {what}"), |b| {
            b.iter(|| black_box(country.numbering.parse(black_box(raw)).ok()));
        });
    }
    group.finish();
}

/// The shipped files' service; their secrets do not matter here.
fn shipped() -> std::sync::Arc<Service> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let files = Files::find(Some(&folder)).expect("the shipped files");
    let loaded = config::load(&files, &Environment::process(), &Rules::CHECK);
    let loaded = loaded.map_err(|report| report.text(false));
    loaded.expect("sound files").service
}

fn signing(criterion: &mut Criterion) {
    let body = format!(
        r#"{{"type":"feedback.received","data":{{"text":"{}"}}}}"#,
        "Le centre de santé est fermé depuis trois jours. ".repeat(12)
    );
    let mut group = criterion.benchmark_group("sign");
    for (what, scheme) in [
        ("v1 (HMAC)", Scheme::Hmac),
        ("v1a (ed25519)", Scheme::Ed25519),
    ] {
        let secrets = Secrets::only(make(scheme, &[7; 32]));
        group.bench_function(what, |b| {
            b.iter(|| black_box(secrets.sign("msg_1", 1_795_334_700_000, black_box(&body))));
        });
    }
    let old = Secrets::only(Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    let both = old.rotated(make(Scheme::Hmac, &[9; 32]), 0, i64::MAX);
    group.bench_function("v1 twice, while one follows the other", |b| {
        b.iter(|| black_box(both.sign("msg_1", 1_795_334_700_000, black_box(&body))));
    });
    group.finish();
}

criterion_group!(benches, numbers, signing);
criterion_main!(benches);
