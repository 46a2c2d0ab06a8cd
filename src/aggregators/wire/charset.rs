//! Alphabets other than UTF-8, and bytes written as hexadecimal digits.

use encoding_rs::Encoding;

use super::without_nul;
use crate::domain::text::gsm7;

/// The text of bytes in a named alphabet: `GSM` or `GSM7` (unpacked septets), `UTF-16BE`,
/// `WINDOWS-1252`, `ISO-8859-1` or any other name of the Encoding Standard. `None` if the name is
/// unknown or the bytes cannot be in it.
pub fn decode(bytes: &[u8], charset: &str) -> Option<String> {
    if ["gsm", "gsm7", "gsm-7", "gsm0338"].contains(&charset.to_ascii_lowercase().as_str()) {
        return Some(without_nul(gsm7::decode(bytes)));
    }
    let encoding = Encoding::for_label(charset.as_bytes())?;
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some(without_nul(text.into_owned()))
}

/// A text as UTF-16, high byte first: the UCS-2 of 3GPP TS 23.038 section 6.2.3.
pub fn utf16_be(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// Bytes as hexadecimal digits in lower case.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = |byte: &u8| [byte >> 4, byte & 15].map(|half| DIGITS[usize::from(half)]);
    bytes.iter().flat_map(digits).map(char::from).collect()
}

/// The bytes that hexadecimal digits of either case stand for.
pub fn unhex(digits: &str) -> Option<Vec<u8>> {
    let digits = digits.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits
        .chunks_exact(2)
        .map(|pair| {
            let value = |digit: u8| char::from(digit).to_digit(16);
            u8::try_from(value(pair[0])? * 16 + value(pair[1])?).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_alphabet_is_read() {
        let event = [0x05, b'v', 0x05, b'n'];
        assert_eq!(decode(&event, "GSM").as_deref(), Some("évén"));
        assert_eq!(decode(b"\xe9\x80", "WINDOWS-1252").as_deref(), Some("é€"));
        let wide = utf16_be("œ😀");
        assert_eq!(decode(&wide, "UTF-16BE").as_deref(), Some("œ😀"));
        assert_eq!(decode(&wide[..3], "UTF-16BE"), None);
        assert_eq!(decode(b"a", "8-BIT"), None);
    }

    #[test]
    fn hexadecimal_digits_are_undone() {
        assert_eq!(hex(&[0, 0xab]), "00ab");
        assert_eq!(unhex("00aB"), Some(vec![0, 0xab]));
        assert_eq!(unhex("0"), None);
        assert_eq!(unhex("0g"), None);
    }
}
