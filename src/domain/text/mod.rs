//! Text on a phone: what a character costs, how a text is folded, split and paged.

pub mod fold;
pub mod gsm7;

pub use fold::Folding;

/// How a text travels: GSM 7-bit default alphabet, or UCS-2 (3GPP TS 23.038 section 6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum Encoding {
    /// 7-bit default alphabet with its extension table.
    #[serde(rename = "gsm7")]
    Gsm7,
    /// 16-bit units.
    #[serde(rename = "ucs2")]
    Ucs2,
}

/// What a message costs before it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// How it travels.
    pub encoding: Encoding,
    /// Septets or UTF-16 units.
    pub units: usize,
    /// SMS parts: 160/153 septets or 70/67 units each (3GPP TS 23.040 section 9.2.3.24.1).
    pub parts: usize,
    /// The first character that forced UCS-2, with its place counted in characters from 0.
    pub dear: Option<(usize, char)>,
}

/// Counts what a text costs as SMS.
pub fn sms_cost(text: &str) -> Cost {
    let dear = text
        .chars()
        .enumerate()
        .find(|(_, c)| gsm7::septets(*c).is_none());
    match dear {
        None => {
            let units = gsm7::count(text).unwrap_or(0);
            Cost {
                encoding: Encoding::Gsm7,
                units,
                parts: parts(text, units, 160, 153, |c| gsm7::septets(c).unwrap_or(1)),
                dear: None,
            }
        }
        Some(dear) => {
            let units = text.encode_utf16().count();
            Cost {
                encoding: Encoding::Ucs2,
                units,
                parts: parts(text, units, 70, 67, char::len_utf16),
                dear: Some(dear),
            }
        }
    }
}

/// Parts needed when a two-unit character may not straddle a boundary.
fn parts(text: &str, units: usize, single: usize, each: usize, cost: fn(char) -> usize) -> usize {
    if units <= single {
        return 1;
    }
    let (mut parts, mut filled) = (1, 0);
    for c in text.chars() {
        let need = cost(c);
        if filled + need > each {
            parts += 1;
            filled = 0;
        }
        filled += need;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_sheets_examples_cost_what_it_says() {
        let dear = "Merci. Votre message a bien été reçu.";
        assert_eq!(sms_cost(dear).encoding, Encoding::Ucs2);
        assert_eq!(sms_cost(dear).dear.map(|(_, c)| c), Some('ç'));
        assert_eq!(
            sms_cost("Votre avis est enregistré").encoding,
            Encoding::Gsm7
        );
        // 159 letters and a euro sign: the extension pair costs two, so 161 septets.
        let euro = format!("{}€", "a".repeat(159));
        assert_eq!((sms_cost(&euro).units, sms_cost(&euro).parts), (161, 2));
        // The pair may not be cut: 152 + € + 100 needs the € moved whole to part two.
        let cut = format!("{}€{}", "a".repeat(152), "a".repeat(100));
        assert_eq!(sms_cost(&cut).parts, 2);
        assert_eq!(sms_cost("").parts, 1);
    }
}
