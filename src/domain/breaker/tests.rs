use super::*;
use proptest::prelude::*;

/// A breaker that has just opened, at time 0.
fn opened() -> Breaker {
    let mut breaker = Breaker::new(None);
    for _ in 0..STREAK {
        let Admission::Go(ticket) = breaker.admit(0) else {
            panic!("a closed breaker lets go");
        };
        breaker.failed(ticket, 0);
    }
    breaker
}

#[test]
fn a_streak_opens_it_and_a_probe_closes_it() {
    let mut breaker = opened();
    assert!(breaker.is_open());
    let early = breaker.admit(FIRST_COOL_DOWN - 1);
    assert_eq!(early, Admission::NotBefore(FIRST_COOL_DOWN));
    let Admission::Go(probe) = breaker.admit(FIRST_COOL_DOWN) else {
        panic!("a probe goes");
    };
    assert!(matches!(
        breaker.admit(FIRST_COOL_DOWN + 1),
        Admission::NotBefore(_)
    ));
    breaker.succeeded(probe);
    assert!(!breaker.is_open());
}

#[test]
fn half_of_the_recent_tries_failing_opens_it_too() {
    let mut breaker = Breaker::new(None);
    let mut tries = 0;
    while let Admission::Go(ticket) = breaker.admit(0) {
        tries += 1;
        if tries % 2 == 0 {
            breaker.succeeded(ticket);
        } else {
            breaker.failed(ticket, 0);
        }
    }
    assert_eq!(tries, 2 * SHARE - 1);
}

#[test]
fn cool_downs_double_up_to_ten_minutes() {
    let mut breaker = opened();
    let (mut now, mut waits) = (0, Vec::new());
    for _ in 0..8 {
        let Admission::NotBefore(until) = breaker.admit(now) else {
            panic!("open");
        };
        waits.push((until - now) / 1000);
        now = until;
        let Admission::Go(probe) = breaker.admit(now) else {
            panic!("a probe goes");
        };
        breaker.failed(probe, now);
    }
    assert_eq!(waits, [10, 20, 40, 80, 160, 320, 600, 600]);
}

#[test]
fn five_days_of_failures_or_one_410_disable() {
    let mut breaker = Breaker::new(Some(0));
    let Admission::Go(ticket) = breaker.admit(SILENCE) else {
        panic!("a closed breaker lets go");
    };
    breaker.failed(ticket, SILENCE);
    assert_eq!(breaker.admit(i64::MAX), Admission::Never(Disabled::Silent));
    let mut breaker = Breaker::new(None);
    breaker.gone();
    assert_eq!(breaker.admit(0), Admission::Never(Disabled::Gone));
}

#[test]
fn a_receiver_that_asks_for_time_gets_it() {
    let mut breaker = Breaker::new(None);
    let Admission::Go(ticket) = breaker.admit(0) else {
        panic!("a closed breaker lets go");
    };
    breaker.failed(ticket, 0);
    breaker.hold(3_600_000);
    breaker.hold(5_000);
    assert_eq!(breaker.admit(3_599_999), Admission::NotBefore(3_600_000));
    let Admission::Go(probe) = breaker.admit(3_600_000) else {
        panic!("a probe goes");
    };
    breaker.succeeded(probe);
    assert!(!breaker.is_open());
}

#[test]
fn what_one_instance_finds_out_the_others_learn() {
    let mut breaker = Breaker::new(None);
    breaker.learn(Some(5), Some(Disabled::Gone));
    assert_eq!(breaker.admit(9), Admission::Never(Disabled::Gone));
    breaker.learn(None, None);
    let Admission::Go(ticket) = breaker.admit(9) else {
        panic!("it has another chance");
    };
    breaker.learn(Some(0), None);
    breaker.failed(ticket, SILENCE);
    assert_eq!(breaker.disabled(), Some(Disabled::Silent));
}

/// What may happen to a breaker.
#[derive(Debug, Clone)]
enum Event {
    /// Time passes, and somebody asks.
    Ask { after: i64 },
    /// A try that is out, counted from the oldest, comes back.
    Back { which: usize, well: bool },
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let ask = (0i64..30_000).prop_map(|after| Event::Ask { after });
    let back = (0usize..8, any::<bool>()).prop_map(|(which, well)| Event::Back { which, well });
    proptest::collection::vec(prop_oneof![ask, back], 0..300)
}

proptest! {
    #[test]
    fn never_two_probes_never_early_and_always_again(events in events()) {
        let mut breaker = Breaker::new(None);
        let (mut now, mut out) = (0, Vec::new());
        // The probe that is out and until when it counts; until when nothing may go.
        let (mut probe, mut not_before) = (None::<(Ticket, i64)>, 0);
        for event in events {
            match event {
                Event::Ask { after } => {
                    now += after;
                    let was_open = breaker.is_open();
                    match breaker.admit(now) {
                        Admission::Go(ticket) => {
                            prop_assert!(now >= not_before, "before its cool-down");
                            if was_open {
                                prop_assert!(probe.is_none_or(|(_, until)| now >= until), "two probes");
                                probe = Some((ticket, now + PROBE_LIFE));
                            }
                            out.push(ticket);
                        }
                        Admission::NotBefore(until) => {
                            prop_assert!(until > now && until - now <= LONGEST_COOL_DOWN);
                        }
                        Admission::Never(_) => prop_assert!(false, "not within minutes"),
                    }
                }
                Event::Back { which, well } if !out.is_empty() => {
                    let ticket = out.remove(which % out.len());
                    let was_open = breaker.is_open();
                    if well { breaker.succeeded(ticket) } else { breaker.failed(ticket, now) }
                    if probe.is_some_and(|(p, _)| p == ticket) {
                        prop_assert!(!well || !breaker.is_open(), "a probe's success closes it");
                        probe = None;
                    } else {
                        prop_assert!(!was_open || breaker.is_open(), "only its probe closes it");
                    }
                    not_before = match breaker.clone().admit(now) {
                        Admission::NotBefore(until) => until,
                        _ => 0,
                    };
                }
                Event::Back { .. } => {}
            }
        }
        // Whatever has happened, it tries again.
        let later = now + LONGEST_COOL_DOWN + PROBE_LIFE;
        let Admission::Go(ticket) = breaker.admit(later) else {
            return Err(TestCaseError::fail("it never tries again"));
        };
        breaker.succeeded(ticket);
        prop_assert!(!breaker.is_open());
    }
}
