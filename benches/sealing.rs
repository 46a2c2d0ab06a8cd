//! What a citizen's number costs: sealing and opening it, looking it up, an alias.
//!
//! `cargo bench --bench sealing`; what was measured stands in `docs/performance.md`.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use passerelle::domain::citizen::{Caller, Keyring};
use passerelle::domain::msisdn::Msisdn;

fn keys(criterion: &mut Criterion) {
    let keys = Keyring::new(&[7; 32]);
    let Some(number) = Msisdn::opened("+2290163109595".to_owned()) else {
        return;
    };
    let caller = Caller::Known(number);
    let lookup = keys.lookup(&caller);
    let sealed = keys.seal(&caller, [1; 24]);
    let mut group = criterion.benchmark_group("sealing");
    group.throughput(Throughput::Elements(1));
    group.bench_function("seal", |bencher| {
        bencher.iter(|| keys.seal(black_box(&caller), [1; 24]));
    });
    group.bench_function("open", |bencher| {
        bencher.iter(|| keys.open(black_box(&sealed), &lookup));
    });
    group.bench_function("seal again", |bencher| {
        bencher.iter(|| keys.seal_again(black_box(&sealed), &lookup, [2; 24]));
    });
    group.bench_function("lookup", |bencher| {
        bencher.iter(|| keys.lookup(black_box(&caller)));
    });
    group.bench_function("alias", |bencher| {
        bencher.iter_batched(
            || lookup.clone(),
            |lookup| keys.alias("bj-sante", &lookup),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(std::time::Duration::from_millis(500))
        .measurement_time(std::time::Duration::from_secs(2));
    targets = keys
}
criterion_main!(benches);
