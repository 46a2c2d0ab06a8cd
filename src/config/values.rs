//! Values that are written as text: each parser answers with what would be right.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ipnet::IpNet;

/// What a parser says: the value, or what would have been right.
pub(super) type Parsed<T> = Result<T, String>;

/// `2s`, `10 min`, `1 h 30 min`.
pub(super) fn duration(text: &str) -> Parsed<Duration> {
    const FORM: &str = "write it as `2s`, `500 ms`, `10 min` or `1 h 30 min`";
    let mut rest = text.trim();
    let mut whole = Duration::ZERO;
    if rest.is_empty() {
        return Err(FORM.to_owned());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or(FORM)?;
        let (number, after) = rest.split_at(digits);
        let after = after.trim_start();
        let letters = after
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let each = match unit {
            "ms" => 1,
            "s" | "sec" | "second" | "seconds" => 1_000,
            "min" | "minute" | "minutes" => 60_000,
            "h" | "hour" | "hours" => 3_600_000,
            "d" | "day" | "days" => 86_400_000,
            _ => return Err(FORM.to_owned()),
        };
        let number: u64 = number.parse().map_err(|_| FORM)?;
        let part = number.checked_mul(each).ok_or(FORM)?;
        whole = whole.checked_add(Duration::from_millis(part)).ok_or(FORM)?;
        rest = after.trim_start();
    }
    Ok(whole)
}

/// A duration between two others.
pub(super) fn duration_within(text: &str, least: Duration, most: Duration) -> Parsed<Duration> {
    let value = duration(text)?;
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        Err(format!("between {least:?} and {} s", most.as_secs()))
    }
}

/// An address to listen on.
pub(super) fn listen(text: &str) -> Parsed<SocketAddr> {
    text.trim()
        .parse()
        .map_err(|_| "write an address and a port, like `127.0.0.1:8080` or `[::]:8080`".to_owned())
}

/// A network, or one address.
pub(super) fn network(text: &str) -> Parsed<IpNet> {
    let text = text.trim();
    text.parse::<IpNet>()
        .map(|net| net.trunc())
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| "write an address or a network, like `10.0.0.0/8`".to_owned())
}

/// An http or https address to which a path can be added; without its last `/`.
pub(super) fn base_url(text: &str) -> Parsed<String> {
    let url = web_url(text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err("leave out what follows `?` or `#`".to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// An http or https address.
pub(super) fn web_url(text: &str) -> Parsed<url::Url> {
    let form = || "write an address like `https://example.org/hook`".to_owned();
    let url = url::Url::parse(text.trim()).map_err(|_| form())?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        _ => Err(form()),
    }
}

/// A whole number between two others.
pub(super) fn number(text: &str, least: usize, most: usize) -> Parsed<usize> {
    text.trim()
        .parse()
        .ok()
        .filter(|n| (least..=most).contains(n))
        .ok_or_else(|| format!("a whole number between {least} and {most}"))
}

/// `true` or `false`.
pub(super) fn flag(text: &str) -> Parsed<bool> {
    text.trim()
        .parse()
        .map_err(|_| "write `true` or `false`".to_owned())
}

/// Base64 with or without its padding.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&alphabet::STANDARD, config)
        .decode(text.trim())
        .ok()
}

/// `+01:00`, as minutes ahead of UTC.
pub(super) fn utc_offset(text: &str) -> Parsed<i32> {
    const FORM: &str = "write it as `+01:00`";
    let (sign, rest) = match text.as_bytes().first() {
        Some(b'+') => (1, &text[1..]),
        Some(b'-') => (-1, &text[1..]),
        _ => return Err(FORM.to_owned()),
    };
    let (hours, minutes) = rest.split_once(':').ok_or(FORM)?;
    let two = |part: &str, most: i32| {
        let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        part.parse().ok().filter(|n: &i32| digits && *n <= most)
    };
    let hours = two(hours, 14).ok_or(FORM)?;
    let minutes = two(minutes, 59).ok_or(FORM)?;
    Ok(sign * (hours * 60 + minutes))
}

/// Whether this is a code as one dials it: `*384*7344#`.
pub(super) fn is_service_code(text: &str) -> bool {
    let groups = text
        .strip_prefix('*')
        .and_then(|rest| rest.strip_suffix('#'));
    groups.is_some_and(|groups| {
        groups
            .split('*')
            .all(|group| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit()))
    })
}

/// Whether this is a number as one texts it: a short code, or a long number with or without `+`.
pub(super) fn is_text_code(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (3..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Whether this can be an id: it stands in addresses and in file names.
pub(super) fn is_id(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !text.is_empty() && text.len() <= 64 && text.bytes().all(fits) && !text.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, millis) in [
            ("2s", 2_000),
            ("500 ms", 500),
            ("10 min", 600_000),
            ("1 h 30 min", 5_400_000),
            ("1h30min", 5_400_000),
            ("5 days", 432_000_000),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in [
            "",
            "2",
            "s",
            "2 parsecs",
            "-2s",
            "1.5s",
            "99999999999999999999s",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn offsets_codes_and_networks_have_one_form() {
        assert_eq!(utc_offset("+01:00"), Ok(60));
        assert_eq!(utc_offset("-03:30"), Ok(-210));
        for text in ["", "1:00", "+1:00", "+01", "+15:00", "+0é:00"] {
            assert!(utc_offset(text).is_err(), "{text}");
        }
        assert!(is_service_code("*7344#") && is_service_code("*384*7344#"));
        for text in ["7344", "*#", "**1#", "*1#2#", "*73a#", "*", "#"] {
            assert!(!is_service_code(text), "{text}");
        }
        assert!(network("127.0.0.1").is_ok_and(|n| n.prefix_len() == 32));
        assert!(network("127.0.0.0/33").is_err());
    }
}
