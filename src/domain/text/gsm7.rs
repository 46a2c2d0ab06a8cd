//! The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038 sections 6.2.1, 6.2.1.1).

/// The default alphabet: the character's place is its code. Position 0x1B is the escape.
const BASIC: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å', //
    'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', '\u{1b}', 'Æ', 'æ', 'ß', 'É', //
    ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', //
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?', //
    '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', //
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§', //
    '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', //
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];

/// The extension table: each costs two septets, the escape and its code.
const EXTENSION: [(char, u8); 10] = [
    ('\u{c}', 0x0a),
    ('^', 0x14),
    ('{', 0x28),
    ('}', 0x29),
    ('\\', 0x2f),
    ('[', 0x3c),
    ('~', 0x3d),
    (']', 0x3e),
    ('|', 0x40),
    ('€', 0x65),
];

const ESCAPE: u8 = 0x1b;

/// What a character costs in septets: 1, 2, or `None` if the alphabet lacks it.
///
/// `ç` is not in it: slot 0x09 is the capital `Ç`, and libraries and handsets differ about the
/// small one, so it counts as absent (facts/countries.md section 4.1).
pub fn septets(c: char) -> Option<usize> {
    if c.is_ascii_alphanumeric() || c == ' ' || c == '\n' {
        return Some(1);
    }
    match code(c)? {
        (_, true) => Some(2),
        (_, false) => Some(1),
    }
}

/// A text's length in septets, or `None` if a character is not in the alphabet.
pub fn count(text: &str) -> Option<usize> {
    text.chars().map(septets).sum()
}

/// The text as unpacked septets, one a byte; `None` if a character is not in the alphabet.
pub fn encode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    for c in text.chars() {
        let (code, extended) = code(c)?;
        if extended {
            out.push(ESCAPE);
        }
        out.push(code);
    }
    Some(out)
}

/// Unpacked septets as text. A code that the extension table lacks shows as the basic character
/// of that code, and the high bit is ignored, as section 6.2.1.1 wants of a receiver.
pub fn decode(septets: &[u8]) -> String {
    let mut out = String::with_capacity(septets.len());
    let mut escaped = false;
    for byte in septets {
        let code = byte & 0x7f;
        if code == ESCAPE && !escaped {
            escaped = true;
            continue;
        }
        let extended = escaped
            .then(|| EXTENSION.iter().find(|(_, e)| *e == code))
            .flatten();
        out.push(match extended {
            Some((c, _)) => *c,
            None if code == ESCAPE => ' ',
            None => BASIC[usize::from(code)],
        });
        escaped = false;
    }
    out
}

/// A character's code, and whether it stands in the extension table.
fn code(c: char) -> Option<(u8, bool)> {
    if let Some((_, code)) = EXTENSION.iter().find(|(e, _)| *e == c) {
        return Some((*code, true));
    }
    let place = BASIC.iter().position(|b| *b == c)?;
    (place != usize::from(ESCAPE)).then(|| (u8::try_from(place).unwrap_or(0), false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn french_letters_are_in_or_out_as_the_standard_has_them() {
        for c in "àäæéèùüÉÇ".chars() {
            assert_eq!(septets(c), Some(1), "{c}");
        }
        for c in "âêîôûëïœç«»’…–ɖɛɔẹọṣŋ\u{a0}\u{202f}".chars() {
            assert_eq!(septets(c), None, "{c}");
        }
        for c in "^{}\\[~]|€".chars() {
            assert_eq!(septets(c), Some(2), "{c}");
        }
        assert_eq!(septets('\u{1b}'), None);
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(text in "[a-zA-Z0-9 éèàùÇ€{}\\[\\]@£$*#\n]{0,200}") {
            let septets = encode(&text).expect("in the alphabet");
            prop_assert_eq!(septets.len(), count(&text).expect("in the alphabet"));
            prop_assert_eq!(decode(&septets), text);
        }

        #[test]
        fn any_bytes_decode(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(&bytes);
        }
    }
}
