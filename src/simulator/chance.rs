//! The clock and the dice of the simulated world: read here, handed to everything else.

use jiff::Timestamp;

/// Now, as the simulated network and the simulated institution see it.
#[expect(
    clippy::disallowed_methods,
    reason = "the simulator plays people and networks outside: their clock is not the gateway's"
)]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}

/// 128 random bits.
pub(super) fn dice() -> u128 {
    let mut bytes = [0; 16];
    // Without randomness the ids repeat from process to process, which a simulation survives.
    if getrandom::fill(&mut bytes).is_err() {
        return u128::try_from(now().as_nanosecond()).unwrap_or_default();
    }
    u128::from_le_bytes(bytes)
}
