//! A session's log as bytes: how it began, then every callback in the order in which it came.

use super::super::inbound::{Claim, Input, Ussd};

/// The first byte of a log: a format that this program does not know is a lost session.
const FORMAT: u8 = 1;
const HEADER: usize = 1 + 4 + 8 + 8;
/// The longest input kept of one step, in bytes. A USSD string has 160 (3GPP TS 23.038 section 5).
const LONGEST: usize = 2000;
/// The longest log of a cut session that is carried along, in bytes: some dozens of steps.
const LONGEST_CUT: usize = 4000;
/// The flags of an entry that offers a cut session: no claim has this number.
const CUT: u8 = 3;
/// How a session began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Birth {
    /// The version of the menu it is pinned to.
    pub menu: u32,
    /// When, milliseconds since the epoch.
    pub at: i64,
    /// Random bytes: tells two sessions apart where the aggregator does not.
    pub nonce: [u8; 8],
}

impl Birth {
    /// The log's header.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER);
        out.push(FORMAT);
        out.extend(self.menu.to_be_bytes());
        out.extend(self.at.to_be_bytes());
        out.extend(self.nonce);
        out
    }

    fn decode(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (header, rest) = bytes.split_at_checked(HEADER)?;
        let (format, header) = header.split_first()?;
        let (menu, header) = header.split_first_chunk()?;
        let (at, nonce) = header.split_first_chunk()?;
        (*format == FORMAT).then_some((
            Self {
                menu: u32::from_be_bytes(*menu),
                at: i64::from_be_bytes(*at),
                nonce: nonce.try_into().ok()?,
            },
            rest,
        ))
    }
}

/// One callback, as the log keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// When it came, milliseconds since the epoch.
    pub at: i64,
    /// Whether `text` is everything typed so far.
    pub all: bool,
    /// What the dialect claimed.
    pub claim: Claim,
    /// A hash of the dialect's request id, 0 if it has none.
    pub request: u32,
    /// Random: an entry that stands twice with one mark was appended twice by a connection that
    /// was repaired, not sent twice by the aggregator.
    pub mark: u16,
    /// What was typed.
    pub text: String,
    /// The log of the session that was cut before this one, which the citizen is offered to go on
    /// with. Not a callback: the gateway's own, right after the first.
    pub cut: Option<Box<Log>>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Entry({} bytes)", self.text.len())
    }
}

impl Entry {
    /// The entry for a USSD step that came at `at`; `mark` is random.
    pub fn new(ussd: &Ussd, at: i64, mark: u16) -> Self {
        let (all, words) = match &ussd.input {
            Input::All(words) => (true, words),
            Input::Last(words) => (false, words),
        };
        let text = words.as_str();
        let end = (0..=LONGEST.min(text.len()))
            .rev()
            .find(|at| text.is_char_boundary(*at));
        Self {
            at,
            all,
            claim: ussd.claim,
            request: ussd.request_id.as_deref().map_or(0, hash),
            mark,
            text: text[..end.unwrap_or(0)].to_owned(),
            cut: None,
        }
    }

    /// The entry that offers a session that was cut; none for one too long to be carried along.
    pub fn offering(cut: Log, at: i64, mark: u16) -> Option<Self> {
        (cut.encode().len() <= LONGEST_CUT).then(|| Self {
            at,
            all: false,
            claim: Claim::Silent,
            request: 0,
            mark,
            text: String::new(),
            cut: Some(Box::new(cut)),
        })
    }

    /// The entry's bytes: flags, time, mark, request if any, length, text.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(16 + self.text.len());
        if let Some(cut) = &self.cut {
            out.push(CUT);
            out.extend(&self.at.to_be_bytes()[2..]);
            out.extend(self.mark.to_be_bytes());
            let cut = cut.encode();
            out.extend(u16::try_from(cut.len()).unwrap_or(u16::MAX).to_be_bytes());
            out.extend(cut);
            return out;
        }
        let claim = match self.claim {
            Claim::Silent => 0,
            Claim::Begins => 1,
            Claim::Continues => 2,
        };
        out.push(claim | u8::from(self.all) << 2 | u8::from(self.request != 0) << 3);
        out.extend(&self.at.to_be_bytes()[2..]);
        out.extend(self.mark.to_be_bytes());
        if self.request != 0 {
            out.extend(self.request.to_be_bytes());
        }
        let length = u16::try_from(self.text.len()).unwrap_or(u16::MAX);
        out.extend(length.to_be_bytes());
        out.extend(self.text.as_bytes());
        out
    }

    fn decode(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (flags, rest) = bytes.split_first()?;
        let (at, rest) = rest.split_first_chunk::<6>()?;
        let mut wide = [0; 8];
        wide[2..].copy_from_slice(at);
        let (mark, rest) = rest.split_first_chunk()?;
        let (request, rest) = if flags & 8 == 0 {
            (0, rest)
        } else {
            let (request, rest) = rest.split_first_chunk()?;
            (u32::from_be_bytes(*request), rest)
        };
        let (length, rest) = rest.split_first_chunk()?;
        let (text, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        if *flags == CUT {
            let mark = u16::from_be_bytes(*mark);
            let entry = Self::offering(Log::decode(text)?, i64::from_be_bytes(wide), mark)?;
            return Some((entry, rest));
        }
        let entry = Self {
            at: i64::from_be_bytes(wide),
            all: flags & 4 != 0,
            claim: match flags & 3 {
                1 => Claim::Begins,
                2 => Claim::Continues,
                _ => Claim::Silent,
            },
            request,
            mark: u16::from_be_bytes(*mark),
            cut: None,
            text: std::str::from_utf8(text).ok()?.to_owned(),
        };
        Some((entry, rest))
    }
}

/// A log read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// How it began.
    pub birth: Birth,
    /// What came in, repeats included.
    pub entries: Vec<Entry>,
}

impl Log {
    /// The log's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = self.birth.encode();
        for entry in &self.entries {
            out.extend(entry.encode());
        }
        out
    }

    /// Reads a log; `None` for bytes that are not one, whole.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (birth, mut rest) = Birth::decode(bytes)?;
        let mut entries = Vec::new();
        while !rest.is_empty() {
            let (entry, after) = Entry::decode(rest)?;
            entries.push(entry);
            rest = after;
        }
        Some(Self { birth, entries })
    }
}

/// FNV-1a: stable across programs and versions, which the standard library's hash is not.
fn hash(text: &str) -> u32 {
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    hash.max(1)
}
