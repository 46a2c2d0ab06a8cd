//! Fitting a screen into its budget: whole if it fits, otherwise pages that break between items,
//! and in texts between words.

use crate::domain::text::gsm7;

/// A page's lines, without navigation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Page {
    /// Lines of the text above the items, if this page has any of it.
    pub heading: String,
    /// Items by their place in the list.
    pub items: std::ops::Range<usize>,
}

/// Stands for a space within a value: pages do not break there. No folded text has it.
const GLUE: char = '\u{1}';

/// A value whose words stay together: a name is not torn over two pages.
pub(super) fn glued(value: &str) -> String {
    value.replace(' ', "\u{1}")
}

/// A text as it is shown, whatever held its words together.
pub(super) fn unglued(text: &str) -> String {
    text.replace(GLUE, " ")
}

/// Septets of a folded text; a character that cannot be shown would count one.
pub(super) fn cost(text: &str) -> usize {
    text.chars().map(|c| gsm7::septets(c).unwrap_or(1)).sum()
}

/// Lays out folded text: everything on one page if `single` septets hold it, otherwise pages of
/// at most `each` septets. `single` and `each` leave room for the navigation line.
pub(super) fn pages(heading: &str, items: &[String], single: usize, each: usize) -> Vec<Page> {
    let all = cost(heading) + items.iter().map(|i| cost(i) + 1).sum::<usize>();
    if all <= single {
        return vec![Page {
            heading: heading.to_owned(),
            items: 0..items.len(),
        }];
    }
    let each = each.max(1);
    let mut pages: Vec<Page> = wrap(heading, each)
        .into_iter()
        .map(|heading| Page {
            heading,
            items: 0..0,
        })
        .collect();
    if pages.is_empty() {
        pages.push(Page::default());
    }
    let mut filled = pages.last().map_or(0, |p| cost(&p.heading));
    for (place, item) in items.iter().enumerate() {
        let need = cost(item) + usize::from(filled > 0);
        if filled > 0 && filled + need > each {
            pages.push(Page {
                heading: String::new(),
                items: place..place,
            });
            filled = 0;
        }
        if let Some(page) = pages.last_mut() {
            if page.items.is_empty() {
                page.items = place..place;
            }
            page.items.end = place + 1;
            filled += if filled > 0 { need } else { cost(item) };
        }
    }
    pages
}

/// What no page ends with.
const BLANK: [char; 3] = [' ', '\n', GLUE];

/// Breaks a text between words; a word longer than a page is cut.
fn wrap(text: &str, each: usize) -> Vec<String> {
    let mut pages = Vec::new();
    let mut page = String::new();
    let whole = text.split_inclusive([' ', '\n']);
    // A value longer than a page is broken between its own words.
    let words = whole.flat_map(|word| {
        let long = cost(word) > each;
        word.split_inclusive(move |c| long && c == GLUE)
    });
    for word in words {
        let mut word = word;
        if cost(&page) + cost(word.trim_end_matches(BLANK)) > each && !page.is_empty() {
            pages.push(page.trim_end_matches(BLANK).to_owned());
            page.clear();
        }
        while cost(word) > each {
            let head = cut(word, each);
            if head.is_empty() {
                break;
            }
            pages.push(head.to_owned());
            word = &word[head.len()..];
        }
        page.push_str(word);
    }
    if !page.trim_matches(BLANK).is_empty() {
        pages.push(page.trim_end_matches(BLANK).to_owned());
    }
    pages
}

/// The longest beginning of a text that costs at most `room` septets.
pub(super) fn cut(text: &str, room: usize) -> &str {
    let mut spent = 0;
    for (at, c) in text.char_indices() {
        spent += gsm7::septets(c).unwrap_or(1);
        if spent > room {
            return &text[..at];
        }
    }
    text
}

/// A text shortened to `room` septets, at a word's end where one is near, with `...`.
pub(super) fn shorten(text: &str, room: usize) -> String {
    if cost(text) <= room {
        return text.to_owned();
    }
    let head = cut(text, room.saturating_sub(3));
    let whole_words = head.rfind(' ').filter(|at| at * 2 > head.len());
    let head = whole_words.map_or(head, |at| &head[..at]);
    format!("{}{}", head.trim_end(), &"..."[..room.min(3)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_item_is_on_one_page_and_pages_fit(
            heading in "[a-z €]{0,300}",
            items in proptest::collection::vec("[a-z€]{1,24}", 0..60),
            each in 50usize..180,
        ) {
            let pages = pages(&heading, &items, each, each);
            let mut seen = 0;
            for page in &pages {
                let lines = &items[page.items.clone()];
                let spent = cost(&page.heading) + lines.iter().map(|i| cost(i) + 1).sum::<usize>()
                    - usize::from(page.heading.is_empty() && !lines.is_empty());
                prop_assert!(spent <= each, "{spent} > {each}");
                for i in page.items.clone() {
                    prop_assert_eq!(i, seen);
                    seen += 1;
                }
            }
            prop_assert_eq!(seen, items.len());
            let words: Vec<&str> = heading.split_whitespace().collect();
            let shown = pages.iter().map(|p| p.heading.as_str()).collect::<Vec<_>>().join(" ");
            if words.iter().all(|w| cost(w) <= each) {
                prop_assert_eq!(shown.split_whitespace().collect::<Vec<_>>(), words);
            }
        }

        #[test]
        fn shortened_text_fits(text in "[a-zé €]{0,200}", room in 0usize..160) {
            prop_assert!(cost(&shorten(&text, room)) <= room.max(cost(&text).min(room)));
        }
    }
}
