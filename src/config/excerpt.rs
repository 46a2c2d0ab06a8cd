//! A problem's line, as it may be shown: in one piece, and without secrets.

use std::ops::Range;

use super::problem::{Area, Excerpt};

/// Bytes that are not to be shown.
pub(super) type Mask = Range<usize>;

/// The span within the text and on characters' boundaries, never empty before the end.
pub(super) fn sound(text: &str, span: Range<usize>) -> Range<usize> {
    let mut start = span.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

/// Lines and characters of a sound span.
pub(super) fn area(text: &str, span: &Range<usize>) -> Area {
    let place = |at: usize| {
        let before = &text[..at];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        (line, column)
    };
    let (line, column) = place(span.start);
    let (end_line, end_column) = place(span.end);
    Area {
        line,
        column,
        end_line,
        end_column,
    }
}

/// The span's first line with the masks' characters starred.
pub(super) fn line(text: &str, span: &Range<usize>, masks: &[Mask]) -> Excerpt {
    let from = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let to = text[span.start..]
        .find('\n')
        .map_or(text.len(), |at| span.start + at);
    let whole = text[from..to].trim_end_matches('\r');
    let hidden = |at: usize| masks.iter().any(|mask| mask.contains(&at));
    let mut shown = String::new();
    let (mut start, mut end) = (None, None);
    for (offset, c) in whole.char_indices() {
        let at = from + offset;
        if at >= span.start {
            start.get_or_insert(shown.len());
        }
        if at >= span.end {
            end.get_or_insert(shown.len());
        }
        shown.push(match c {
            _ if hidden(at) => '*',
            '\t' => ' ',
            c if c.is_control() => '\u{fffd}',
            c => c,
        });
    }
    let start = start.unwrap_or(shown.len());
    let end = end.unwrap_or(shown.len()).max(start);
    Excerpt {
        text: shown,
        underline: start..end,
    }
}

/// Whether no value of this file is a secret.
pub(super) fn is_public(file: &str) -> bool {
    let folders = ["countries/", "locales/", "menus/", "places/", "words/"];
    folders.iter().any(|folder| file.starts_with(folder))
}

/// The same for a file that could not be parsed, where nobody knows which values are secrets:
/// in the files that may hold some, the values on the line are starred.
pub(super) fn guarded(file: &str, text: &str, span: &Range<usize>) -> Excerpt {
    if is_public(file) {
        return line(text, span, &[]);
    }
    let from = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
    let whole = text[from..].split('\n').next().unwrap_or_default();
    let open = |key: &str| is_harmless(key.trim().rsplit('.').next().unwrap_or_default());
    let value = match whole.split_once('=') {
        _ if whole.trim_start().starts_with(['[', '#']) && !whole.contains('=') => whole.len(),
        Some((key, rest)) if open(key) && !rest.contains('=') => whole.len(),
        Some((key, _)) => key.len() + 1,
        None => 0,
    };
    let mask = from + value..from + whole.trim_end().len();
    line(text, span, std::slice::from_ref(&mask))
}

/// Whether a key's value is never a secret.
pub(super) fn is_harmless(key: &str) -> bool {
    HARMLESS_KEYS.contains(&key)
}

/// Keys whose values are no secrets, whatever the file.
const HARMLESS_KEYS: [&str; 17] = [
    "admin_listen",
    "aggregator",
    "budget",
    "country",
    "covers",
    "events",
    "folding",
    "fr",
    "keywords",
    "lifetime",
    "listen",
    "menu",
    "operator",
    "reply_within",
    "reports_within",
    "sms",
    "ussd",
];
