//! Subscriber numbers: the one place where a number is understood.
//!
//! The `phonenumber` crate parses and formats (ITU-T E.164, libphonenumber's rules), over a
//! database that holds one country, made from that country's file. What no library knows stands
//! in the same file as rewrites: Benin's 8 → 10 digits of 30 Nov 2024, Congo's lost zero.

use std::fmt;

use phonenumber::metadata::{Database, loader};
use regex::Regex;

/// A subscriber's number in E.164 with its `+` (`+2290163109595`). Only [`Numbering::parse`] and
/// [`Msisdn::opened`] make one, so whoever holds one may trust it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Msisdn(String);

impl Msisdn {
    /// The number with its `+`, for sealing and for aggregators that want it so.
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// The number without `+`, as operators write it (`2290163109595`).
    pub fn digits(&self) -> &str {
        &self.0[1..]
    }

    /// A number that was sealed by us and has just been opened: it was parsed before.
    pub fn opened(e164: String) -> Option<Self> {
        let digits = e164.strip_prefix('+')?;
        let plausible =
            (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        plausible.then_some(Self(e164))
    }
}

impl fmt::Debug for Msisdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Msisdn(…)")
    }
}

/// A country's numbers, as its file describes them. Patterns are regular expressions over the
/// national number, matched whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Region, ISO 3166-1 alpha-2.
    pub region: String,
    /// Country calling code (`229`).
    pub calling_code: String,
    /// What is dialled at home before the number and is not part of it (Rwanda's `0`).
    pub trunk_prefix: Option<String>,
    /// National numbers of mobile phones.
    pub mobile: String,
    /// National numbers of fixed lines: an SMS must not be sent there.
    pub fixed: Option<String>,
    /// National numbers that the regulator has opened, or may open, and that nothing confirms yet:
    /// taken for phones with the mark [`UNVERIFIED`], so that a new range silences nobody.
    pub unverified: Option<String>,
    /// What to do to a national number that is written in an older or damaged form.
    pub rewrites: Vec<Rewrite>,
}

/// One rewrite: a national number that `when` matches gets `prepend` put before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrite {
    /// Regular expression over the national number, matched whole.
    pub when: String,
    /// Digits put in front.
    pub prepend: String,
    /// Why: kept with the number as [`Parsed::rewritten`] (`old-plan`, `zero-restored`).
    pub mark: String,
}

/// The mark of a number in a range that nothing confirms yet.
pub const UNVERIFIED: &str = "unverified";

/// A number that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The number.
    pub msisdn: Msisdn,
    /// The mark of the rewrite that was needed, or else [`UNVERIFIED`], if either applies.
    pub rewritten: Option<String>,
    /// Whether a phone that reads SMS is behind it, by the country's plan.
    pub mobile: bool,
}

/// Why something is not a subscriber's number in this country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSubscriber {
    /// A short code: answering one could start a loop between two machines.
    #[error("a short code, not a subscriber")]
    ShortCode,
    /// An alphanumeric sender, or no digits at all.
    #[error("not a number")]
    NotANumber,
    /// Digits that the country's plan does not have.
    #[error("not in the country's numbering plan")]
    OutsidePlan,
}

/// A country's plan, compiled.
#[derive(Clone)]
pub struct Numbering {
    plan: Plan,
    region: phonenumber::country::Id,
    database: Database,
    mobile: Regex,
    unverified: Option<Regex>,
    rewrites: Vec<Regex>,
}

impl fmt::Debug for Numbering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Numbering").field(&self.plan).finish()
    }
}

/// Why a plan could not be compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// libphonenumber does not know this region.
    #[error("`{0}` is not an ISO 3166-1 alpha-2 code")]
    Region(String),
    /// Not digits.
    #[error("`{0}` is not a country calling code")]
    CallingCode(String),
    /// Not a regular expression.
    #[error("`{0}` is not a regular expression")]
    Pattern(String),
}

/// The longest input looked at: E.164 has 15 digits, people add spaces and dots.
const LONGEST: usize = 32;
/// Digits of a national number that the library reads.
const LIBRARY_READS: std::ops::RangeInclusive<usize> = 2..=17;
/// The longest short code of the countries served has 5 digits, the shortest subscriber number 8.
const LONGEST_SHORT_CODE: usize = 6;

impl Numbering {
    /// Compiles a plan.
    ///
    /// # Errors
    /// [`PlanError`], naming the value that is wrong.
    pub fn new(plan: Plan) -> Result<Self, PlanError> {
        let region = plan
            .region
            .parse()
            .map_err(|_| PlanError::Region(plan.region.clone()))?;
        let code: u16 = plan
            .calling_code
            .parse()
            .map_err(|_| PlanError::CallingCode(plan.calling_code.clone()))?;
        let whole = |pattern: &str| {
            Regex::new(&format!("^(?:{pattern})$")).map_err(|_| PlanError::Pattern(pattern.into()))
        };
        let mobile = whole(&plan.mobile)?;
        if let Some(fixed) = &plan.fixed {
            whole(fixed)?;
        }
        let unverified = plan.unverified.as_deref().map(whole).transpose()?;
        let rewrites = plan
            .rewrites
            .iter()
            .map(|r| whole(&r.when))
            .collect::<Result<_, _>>()?;
        let database = database(&plan, code)?;
        Ok(Self {
            plan,
            region,
            database,
            mobile,
            unverified,
            rewrites,
        })
    }

    /// The country calling code (`229`).
    pub fn calling_code(&self) -> &str {
        &self.plan.calling_code
    }

    /// Understands a number as an aggregator, a person or an address book wrote it: with or
    /// without `+`, `00`, calling code, trunk zero, spaces, dots; in the present plan or an old one.
    ///
    /// # Errors
    /// [`NotSubscriber`] if nobody in this country has it.
    pub fn parse(&self, raw: &str) -> Result<Parsed, NotSubscriber> {
        let (digits, international) = digits(raw)?;
        let code = self.plan.calling_code.as_str();
        let after_code = digits.strip_prefix(code);
        let candidates = match (international, after_code) {
            (true, None) => [None, None],
            (true, Some(national)) => [Some(national), None],
            (false, Some(national)) => [Some(national), Some(digits.as_str())],
            (false, None) => [Some(digits.as_str()), None],
        };
        candidates
            .into_iter()
            .flatten()
            .find_map(|national| self.national(national))
            .ok_or(if !international && digits.len() <= LONGEST_SHORT_CODE {
                NotSubscriber::ShortCode
            } else {
                NotSubscriber::OutsidePlan
            })
    }

    /// How a number may have been written that was kept when the plan did not know it yet: in its
    /// old form, if a rewrite made it what it is, and in its present one.
    pub fn former(&self, msisdn: &Msisdn) -> Vec<String> {
        let code = self.plan.calling_code.as_str();
        let Some(national) = msisdn.digits().strip_prefix(code) else {
            return Vec::new();
        };
        let rewrites = self.plan.rewrites.iter().zip(&self.rewrites);
        let old = rewrites.filter_map(|(rewrite, when)| {
            let old = national.strip_prefix(&rewrite.prepend)?;
            when.is_match(old).then_some(old)
        });
        let trunk = self.plan.trunk_prefix.as_deref().unwrap_or_default();
        let spelt = |n: &str| {
            let mut all = vec![
                format!("+{code}{n}"),
                format!("{code}{n}"),
                format!("00{code}{n}"),
                n.to_owned(),
            ];
            if !trunk.is_empty() {
                all.push(format!("{trunk}{n}"));
            }
            all
        };
        std::iter::once(national)
            .chain(old)
            .flat_map(spelt)
            .collect()
    }

    fn national(&self, national: &str) -> Option<Parsed> {
        let rewrite = self.rewrites.iter().position(|r| r.is_match(national));
        let rewrite = rewrite.and_then(|i| self.plan.rewrites.get(i));
        let prepended = rewrite.map_or("", |r| r.prepend.as_str());
        let mark = rewrite.map(|r| r.mark.clone());
        let code = &self.plan.calling_code;
        let written = format!("+{code}{prepended}{national}");
        if self.is_mobile(&written[1 + code.len()..]) {
            return Some(Parsed {
                msisdn: Msisdn(written),
                rewritten: mark,
                mobile: true,
            });
        }
        self.by_library(&written, mark)
    }

    /// Whether a national number is a mobile phone's, as it stands: then the library changes nothing
    /// of it (held by a property test), and need not be asked, which costs ten times as much.
    fn is_mobile(&self, national: &str) -> bool {
        let trunk = self.plan.trunk_prefix.as_deref().unwrap_or_default();
        let may_lose = !trunk.is_empty() && national.starts_with(trunk);
        !may_lose && LIBRARY_READS.contains(&national.len()) && self.mobile.is_match(national)
    }

    fn by_library(&self, written: &str, mark: Option<String>) -> Option<Parsed> {
        let number = phonenumber::parse_with(&self.database, Some(self.region), written).ok()?;
        if !number.is_valid_with(&self.database) {
            return None;
        }
        let plain = number.national().to_string();
        let mobile = self.mobile.is_match(&plain);
        let unverified = self.unverified.as_ref().is_some_and(|u| u.is_match(&plain));
        let e164 = phonenumber::format_with(&self.database, &number).to_string();
        Some(Parsed {
            msisdn: Msisdn(e164),
            rewritten: mark.or_else(|| (unverified && !mobile).then(|| UNVERIFIED.to_owned())),
            mobile: mobile || unverified,
        })
    }
}

/// The digits of a number, and whether it was written with `+` or `00`.
fn digits(raw: &str) -> Result<(String, bool), NotSubscriber> {
    let raw = raw.trim();
    let raw = raw.strip_prefix("tel:").unwrap_or(raw).trim_start();
    if raw.len() > LONGEST {
        return Err(NotSubscriber::NotANumber);
    }
    let mut digits = String::with_capacity(raw.len());
    for (at, c) in raw.chars().enumerate() {
        match c {
            '0'..='9' => digits.push(c),
            '+' if at == 0 => {}
            ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' | '\u{202f}' => {}
            _ => return Err(NotSubscriber::NotANumber),
        }
    }
    if digits.is_empty() {
        return Err(NotSubscriber::NotANumber);
    }
    let plus = raw.starts_with('+');
    match digits.strip_prefix("00") {
        Some(rest) if !plus => Ok((rest.to_owned(), true)),
        _ => Ok((digits, plus)),
    }
}

/// A `phonenumber` database with one territory in it: the crate's own, with all 245, compiles
/// regular expressions over and over when countries alternate.
fn database(plan: &Plan, code: u16) -> Result<Database, PlanError> {
    let describe = |pattern: &str| loader::Descriptor {
        national_number: Some(format!("^(?:{pattern})$")),
        ..loader::Descriptor::default()
    };
    let ranges = [
        Some(&plan.mobile),
        plan.fixed.as_ref(),
        plan.unverified.as_ref(),
    ];
    let ranges: Vec<&str> = ranges.into_iter().flatten().map(String::as_str).collect();
    let all = ranges.join("|");
    Database::from(vec![loader::Metadata {
        general: Some(describe(&all)),
        mobile: Some(describe(&plan.mobile)),
        uan: plan.unverified.as_deref().map(describe),
        fixed_line: plan.fixed.as_deref().map(describe),
        id: Some(plan.region.clone()),
        country_code: Some(code),
        international_prefix: Some("00".into()),
        national_prefix: plan.trunk_prefix.clone(),
        national_prefix_for_parsing: plan.trunk_prefix.clone(),
        main_country_for_code: true,
        ..loader::Metadata::default()
    }])
    .map_err(|_| PlanError::Pattern(all))
}

#[cfg(test)]
mod tests;
