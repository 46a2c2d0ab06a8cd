//! Folding: showing what a phone can show. What a citizen typed is never folded when stored.

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::gsm7;

/// How far a channel's screens and messages are folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Folding {
    /// Whatever the GSM 7-bit alphabet lacks.
    #[default]
    Gsm7,
    /// Everything beyond printable ASCII: for gateways that mangle accents.
    Ascii,
}

/// The text with every character that the channel cannot show replaced by one that it can.
pub fn fold(text: &str, folding: Folding) -> Cow<'_, str> {
    let shown = |c: char| match folding {
        Folding::Gsm7 => gsm7::septets(c).is_some() && c != '\u{c}' && c != '\r',
        Folding::Ascii => c == '\n' || (' '..='~').contains(&c) && c != '`',
    };
    if text.chars().all(shown) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    // Composed first: e + U+0301 is one é, which the alphabet has.
    for c in text.nfc() {
        if shown(c) {
            out.push(c);
        } else if let Some(plain) = plain(c) {
            out.push_str(plain);
        } else if c != '\r' && !is_combining_mark(c) {
            out.extend(
                std::iter::once(c)
                    .nfkd()
                    .filter(|d| !is_combining_mark(*d))
                    .map(|d| if shown(d) { d } else { '?' }),
            );
        }
    }
    Cow::Owned(out)
}

/// The characters that fold to nothing better than a question mark.
pub fn lost(text: &str, folding: Folding) -> impl Iterator<Item = char> {
    // A question mark that was meant as one, or that `plain` chose, is no loss.
    let asked = |c: char| c == '?' || plain(c).is_some();
    let mut buffer = [0; 4];
    text.nfc()
        .filter(move |c| !asked(*c) && fold(c.encode_utf8(&mut buffer), folding).contains('?'))
}

/// A key for comparing words as people mean them: case, accents, punctuation and spaces dropped.
pub fn key(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfc() {
        match plain(c) {
            Some(plain) => out.extend(letters(plain.chars())),
            None => out.extend(letters(std::iter::once(c).nfd())),
        }
    }
    out
}

fn letters(chars: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    chars
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
}

/// Letters and signs that decomposition does not reach: West African letters, ligatures,
/// typographic quotes, dashes and spaces (facts/countries.md sections 0.7, 4.1, 5.1).
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ɖ' | 'ɗ' => "d",
        'Ɖ' | 'Ɗ' => "D",
        'ɛ' | 'ǝ' | 'ə' => "e",
        'Ɛ' | 'Ǝ' => "E",
        'ɔ' => "o",
        'Ɔ' => "O",
        'ŋ' => "n",
        'Ŋ' => "N",
        'ɓ' => "b",
        'Ɓ' => "B",
        'ƒ' => "f",
        'Ƒ' => "F",
        'ɣ' => "g",
        'Ɣ' => "G",
        'ʋ' => "v",
        'Ʋ' => "V",
        'ƴ' => "y",
        'Ƴ' => "Y",
        'ʒ' => "z",
        'Ʒ' => "Z",
        'ɩ' => "i",
        'Ɩ' => "I",
        'ʊ' => "u",
        'Ʊ' => "U",
        'œ' => "oe",
        'Œ' => "OE",
        'æ' => "ae",
        'Æ' => "AE",
        'ß' => "ss",
        'ø' => "o",
        'Ø' => "O",
        '’' | '‘' | 'ʼ' | '`' | '´' | '′' => "'",
        '«' | '»' | '“' | '”' | '„' => "\"",
        '–' | '—' | '‑' | '−' => "-",
        '…' => "...",
        '•' | '·' => "-",
        '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{2007}' | '\t' => " ",
        '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{feff}' | '\u{ad}' => "",
        '£' => "GBP",
        '€' => "EUR",
        '¥' => "JPY",
        '¡' => "!",
        '¿' => "?",
        '¤' => "?",
        '°' => "o",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_reader_accepts() {
        let cases = [
            ("ça être tôt œuvre", Folding::Gsm7, "ca etre tot oeuvre"),
            ("Déjà à Porto-Novo", Folding::Gsm7, "Déjà à Porto-Novo"),
            ("Déjà à Porto-Novo", Folding::Ascii, "Deja a Porto-Novo"),
            ("l’hôpital « Mère »", Folding::Gsm7, "l'hopital \" Mère \""),
            ("Ɖɔkpo ɛ̀ ɔ́ ŋ", Folding::Gsm7, "Dokpo e o n"),
            ("ẹ ọ ṣ", Folding::Ascii, "e o s"),
            ("e\u{301}cole", Folding::Gsm7, "école"),
            ("漢", Folding::Gsm7, "?"),
        ];
        for (text, folding, want) in cases {
            assert_eq!(fold(text, folding), want, "{text}");
        }
    }

    #[test]
    fn what_no_reader_would_accept_is_told() {
        let lost = |text, folding| super::lost(text, folding).collect::<String>();
        assert_eq!(lost("Où? ça, ɖɛ ¿", Folding::Ascii), "");
        assert_eq!(lost("漢 et → Ω", Folding::Gsm7), "漢→");
        assert_eq!(lost("漢 et → Ω", Folding::Ascii), "漢→Ω");
    }

    #[test]
    fn keys_compare_as_people_mean_them() {
        assert_eq!(key("Sèmè-Kpodji"), key("seme kpodji"));
        assert_eq!(key("HÔPITAL"), "hopital");
        assert_eq!(key("Cœur"), "coeur");
        assert_eq!(key("  "), "");
    }

    proptest! {
        #[test]
        fn folded_text_can_be_shown_and_folds_to_itself(text in any::<String>()) {
            for folding in [Folding::Gsm7, Folding::Ascii] {
                let once = fold(&text, folding).into_owned();
                prop_assert!(gsm7::count(&once).is_some());
                prop_assert_eq!(fold(&once, folding).into_owned(), once.clone());
            }
        }
    }
}
