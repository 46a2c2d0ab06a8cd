//! What sending costs, in a currency as the operator's contract has it.

use std::fmt;
use std::str::FromStr;

/// An amount: never a float, for parts of a franc add up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    /// Thousandths of the currency's unit.
    pub thousandths: u64,
    /// ISO 4217 (`XOF`).
    pub currency: String,
}

/// What an operator takes. Unknown for all three countries: whoever signs a contract fills it in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cost {
    /// For one part of an SMS that we send.
    pub sms_part: Option<Money>,
    /// For one USSD session.
    pub ussd_session: Option<Money>,
}

impl Money {
    /// So many times as much.
    #[must_use]
    pub fn times(&self, count: u32) -> Self {
        Self {
            thousandths: self.thousandths.saturating_mul(u64::from(count)),
            currency: self.currency.clone(),
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.thousandths / 1000, self.thousandths % 1000);
        let rest = format!("{rest:03}");
        match rest.trim_end_matches('0') {
            "" => write!(f, "{whole} {}", self.currency),
            rest => write!(f, "{whole}.{rest} {}", self.currency),
        }
    }
}

impl FromStr for Money {
    type Err = &'static str;

    /// `2.38 XOF`
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "write it as `2.38 XOF`, with three decimals at the most";
        let (amount, currency) = text.trim().split_once(' ').ok_or(FORM)?;
        let currency = currency.trim();
        if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err("the currency is its ISO 4217 code, like `XOF`");
        }
        let (whole, rest) = amount.split_once('.').unwrap_or((amount, "0"));
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(rest) || whole.len() > 9 || rest.is_empty() || rest.len() > 3 {
            return Err(FORM);
        }
        let whole: u64 = whole.parse().map_err(|_| FORM)?;
        let rest: u64 = format!("{rest:0<3}").parse().map_err(|_| FORM)?;
        Ok(Self {
            thousandths: whole * 1000 + rest,
            currency: currency.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, times, shown) in [
            ("2.38 XOF", 3, "7.14 XOF"),
            ("5 XAF", 2, "10 XAF"),
            ("0.005 RWF", 1, "0.005 RWF"),
        ] {
            let money: Money = text.parse().expect("an amount");
            assert_eq!(money.times(times).to_string(), shown);
        }
        for wrong in [
            "",
            "5",
            "XOF",
            "5 fcfa",
            "-5 XOF",
            "1.2345 XOF",
            "1. XOF",
            "9999999999 XOF",
        ] {
            assert!(wrong.parse::<Money>().is_err(), "{wrong}");
        }
    }
}
