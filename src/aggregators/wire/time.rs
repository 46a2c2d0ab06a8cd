//! Times as aggregators write them, as milliseconds since the epoch. They only tell repeats
//! apart, so a time without a zone is taken for UTC.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A date and time: RFC 3339, or with `+0000` for the zone (Infobip), or with no zone at all
/// (`2017-05-03 06:04:45`).
pub fn date(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant.as_millisecond());
    }
    let local: DateTime = text.parse().ok()?;
    let instant = local.to_zoned(TimeZone::UTC).ok()?;
    Some(instant.timestamp().as_millisecond())
}

/// Any of [`date`]'s spellings, or seconds or milliseconds since the epoch: a count from 10^11 on
/// is in milliseconds (as seconds it would lie in the year 5138).
pub fn any(text: &str) -> Option<i64> {
    match text.trim().parse::<i64>() {
        Ok(count) if count.unsigned_abs() >= 100_000_000_000 => Some(count),
        Ok(seconds) => seconds.checked_mul(1000),
        Err(_) => date(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_one_moment() {
        for text in [
            "2017-05-03T06:04:45Z",
            "2017-05-03 06:04:45",
            "2017-05-03T06:04:45.000+0000",
            "2017-05-03T07:04:45+01:00",
        ] {
            assert_eq!(date(text), Some(1_493_791_485_000), "{text}");
        }
        assert_eq!(date("2017-05-03 06:04"), Some(1_493_791_440_000));
        assert_eq!(any("1493791485"), any("1493791485000"));
        assert_eq!(any("2017-05-03T06:04:45Z"), any("1493791485"));
        for text in ["", "yesterday", "2017-99-03 06:04:45", "9999999999999"] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
