//! Which of our languages a browser's reader wants (RFC 9110 section 12.5.4).

use crate::domain::service::Service;

/// The index of the language that `Accept-Language` likes best; the first country's own if none.
pub fn wanted(service: &Service, header: &str) -> usize {
    let tags: Vec<&str> = service
        .texts
        .languages()
        .iter()
        .map(|l| l.tag.as_str())
        .collect();
    let otherwise = || {
        let first = service.countries.first()?;
        service.texts.language(&first.default_language)
    };
    best(&tags, header).or_else(otherwise).unwrap_or(0)
}

/// The best match by weight, then by order; `fr-BJ` means `fr` where there is no `fr-BJ`.
fn best(tags: &[&str], header: &str) -> Option<usize> {
    let mut best: Option<(usize, u16)> = None;
    for range in header.split(',').take(MOST_RANGES) {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let weight = parts
            .find_map(|p| p.strip_prefix("q="))
            .map_or(Some(1000), weight)
            .unwrap_or(0);
        let primary = name.split('-').next().unwrap_or_default();
        let exact = tags.iter().position(|t| t.eq_ignore_ascii_case(name));
        let found = exact.or_else(|| tags.iter().position(|t| t.eq_ignore_ascii_case(primary)));
        if let Some(index) = found
            && weight > best.map_or(0, |(_, w)| w)
        {
            best = Some((index, weight));
        }
    }
    best.map(|(index, _)| index)
}

/// Nobody reads more languages than this; a header can hold thousands.
const MOST_RANGES: usize = 32;

/// `0.8`, in thousandths.
fn weight(text: &str) -> Option<u16> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.len() > 3 || !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{part:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_the_language_they_like_best_of_ours() {
        let ours = ["en", "fr", "rw"];
        for (header, wanted) in [
            ("fr-BJ,fr;q=0.9,en;q=0.8", Some(1)),
            ("de, rw;q=0.5, en;q=0.4", Some(2)),
            ("EN-us", Some(0)),
            ("fr;q=0, rw;q=0.001", Some(2)),
            ("de", None),
            ("", None),
            ("*;;q=,=;,fr;q=x,en;q=0.1234", None),
        ] {
            assert_eq!(best(&ours, header), wanted, "{header}");
        }
    }
}
