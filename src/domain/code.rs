//! The code that can be read out: `K7M-2QX-9`, six characters and a check character.
//!
//! 29 characters without look-alikes (no 0 O, no 1 I L, no S beside 5, no U beside V). 29 is prime, so a
//! weighted sum modulo 29 catches every single slip and every swap of neighbours.

/// A character's place in it is its value.
const ALPHABET: &[u8; 29] = b"23456789ABCDEFGHJKMNPQRTVWXYZ";
const DATA: usize = 6;

/// The code made of random or derived bytes; the same bytes give the same code.
pub fn make(bytes: [u8; 8]) -> String {
    let mut rest = u64::from_be_bytes(bytes);
    let mut values = [0_usize; DATA];
    for value in &mut values {
        *value = usize::try_from(rest % 29).unwrap_or(0);
        rest /= 29;
    }
    let mut out = String::with_capacity(DATA + 3);
    for (place, value) in values.into_iter().chain([check(&values)]).enumerate() {
        if place > 0 && place % 3 == 0 {
            out.push('-');
        }
        out.push(char::from(ALPHABET[value % 29]));
    }
    out
}

/// The code as kept, from however it was typed: any case, with or without dashes and spaces.
/// `None` if it is not one, its check character included.
pub fn parse(typed: &str) -> Option<String> {
    let values: Vec<usize> = typed
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '.' | '\u{a0}'))
        .map(|c| {
            ALPHABET
                .iter()
                .position(|a| char::from(*a) == c.to_ascii_uppercase())
        })
        .collect::<Option<_>>()?;
    let (last, data) = values.split_last()?;
    if data.len() != DATA || *last != check(data) {
        return None;
    }
    let text: String = values.iter().map(|v| char::from(ALPHABET[*v])).collect();
    Some(format!("{}-{}-{}", &text[..3], &text[3..6], &text[6..]))
}

/// As [`parse`], and forgiving where letters that no code has stand for one that looks like them:
/// there is one way to read them with which the check character agrees, or it is no code.
pub fn read(typed: &str) -> Option<String> {
    if let Some(code) = parse(typed) {
        return Some(code);
    }
    let mut readings = vec![String::new()];
    for c in typed.chars() {
        let alike = looks_like(c.to_ascii_uppercase());
        if alike.is_empty() {
            for reading in &mut readings {
                reading.push(c);
            }
        } else {
            readings = readings
                .iter()
                .flat_map(|r| alike.chars().map(move |other| format!("{r}{other}")))
                .collect();
        }
        if readings.len() > READINGS {
            return None;
        }
    }
    let mut codes = readings.iter().filter_map(|r| parse(r));
    let code = codes.next()?;
    codes.next().is_none().then_some(code)
}

/// Ways to read a code that are tried.
const READINGS: usize = 64;

/// What a letter or digit that no code has may have been meant for. One that codes have stands for
/// itself alone: or a slip would be read as another code.
fn looks_like(c: char) -> &'static str {
    match c {
        'O' | '0' => "DQC",
        'I' | '1' | 'L' => "JT7",
        'S' => "58",
        'U' => "V",
        _ => "",
    }
}

fn check(values: &[usize]) -> usize {
    values
        .iter()
        .enumerate()
        .map(|(place, value)| (place + 2) * value)
        .sum::<usize>()
        % 29
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_looks_as_promised() {
        let code = make([7; 8]);
        assert_eq!(code.len(), 9);
        assert_eq!((&code[3..4], &code[7..8]), ("-", "-"));
    }

    proptest! {
        #[test]
        fn a_code_is_read_however_it_is_typed(bytes in any::<[u8; 8]>()) {
            let code = make(bytes);
            let spoken = code.to_lowercase().replace('-', " ");
            prop_assert_eq!(parse(&spoken), Some(code.clone()));
            prop_assert_eq!(parse(&code), Some(code));
        }

        #[test]
        fn every_slip_and_every_swap_of_neighbours_is_caught(
            bytes in any::<[u8; 8]>(), at in 0usize..7, other in 0usize..29,
        ) {
            let code: Vec<char> = make(bytes).replace('-', "").chars().collect();
            let mut slip = code.clone();
            slip[at] = char::from(ALPHABET[other]);
            prop_assert_eq!(parse(&slip.iter().collect::<String>()).is_some(), slip == code);
            if at < 6 {
                let mut swap = code.clone();
                swap.swap(at, at + 1);
                prop_assert_eq!(parse(&swap.iter().collect::<String>()).is_some(), swap == code);
            }
        }

        #[test]
        fn any_text_is_a_code_or_not(text in any::<String>()) {
            let _ = parse(&text);
        }
    }
}
