//! The same events for institutions without a server: as mails, each by itself or as a daily digest.
//! Pure: what a mail says; `client` puts it on the wire.

pub mod digest;
pub mod event;
mod words;

pub use words::Tongue;

use super::redact::Secret;

/// A mail to one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Whom it goes to.
    pub to: String,
    /// The id of its letter: of it the `Message-ID` is made, so that twice is once.
    pub letter: String,
    /// When it was written, milliseconds since the epoch.
    pub at: i64,
    /// One line.
    pub subject: String,
    /// What it says, for whoever reads plain text.
    pub text: String,
    /// The same for whoever does not, if that is worth it.
    pub html: Option<String>,
    /// What hangs on it.
    pub attached: Vec<Attached>,
}

/// A file that hangs on a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// Its name, plain ASCII.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// What it holds.
    pub content: String,
}

/// The mail server that takes our mail and sends it on: the operator's own choice, so it may be
/// anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    /// Its name or address; its certificate has to show it.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the conversation is kept private.
    pub security: Security,
    /// Name and password, if it wants them.
    pub login: Option<(String, Secret)>,
    /// A certificate in PEM that is trusted besides the system's.
    pub ca: Option<String>,
    /// Who sends.
    pub from: String,
}

/// How a conversation with a mail server is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// From the first byte (RFC 8314).
    Implicit,
    /// After STARTTLS (RFC 3207), and not without.
    StartTls,
    /// Not at all: this very machine, or the operator's own network.
    None,
}

/// The event of a day's digest, which goes by mail alone.
pub const DIGEST: &str = "digest.daily";
/// The event that tells an institution's people that an address of theirs is disabled; by mail
/// alone, because the types of webhooks are fixed.
pub const DISABLED: &str = "endpoint.disabled";

/// What begins the address of a letter that goes by mail.
pub const SCHEME: &str = "mailto:";

/// Whether a text is an address that mail can be sent to (RFC 5321's usual form, ASCII): nothing in
/// it ends a header or begins another.
///
/// # Errors
/// What would be right.
pub fn check_address(text: &str) -> Result<(), &'static str> {
    const FORM: &str = "write it as `name@example.org`";
    if !text.is_ascii() {
        return Err(
            "write it in ASCII: a domain with other letters has a form that begins with xn--",
        );
    }
    let (local, domain) = text.rsplit_once('@').ok_or(FORM)?;
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let dotted = |text: &str, fits: &dyn Fn(char) -> bool| {
        text.split('.')
            .all(|part| !part.is_empty() && part.chars().all(fits))
    };
    let label = |part: &str| part.len() <= 63 && !part.starts_with('-') && !part.ends_with('-');
    let in_domain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let sound = local.len() <= 64
        && domain.len() <= 253
        && dotted(local, &atom)
        && dotted(domain, &in_domain)
        && domain.split('.').all(label);
    match (sound, domain.contains('.')) {
        (false, _) => Err(FORM),
        (true, false) => Err("its domain has no dot: write it in full"),
        (true, true) => Ok(()),
    }
}

/// A text that stays one line, whatever is in it: a header, a title.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        let breaks = c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        line.push(if breaks { ' ' } else { c });
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_plain_ones() {
        for good in [
            "a@example.org",
            "first.last+tag@sante.gouv.bj",
            "x@xn--bcher-kva.example",
        ] {
            assert_eq!(check_address(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "a",
            "@example.org",
            "a@",
            "a@localhost",
            "a b@example.org",
            "a@exa mple.org",
            ".a@example.org",
            "a..b@example.org",
            "a@-x.org",
            "a@x-.org",
            "a@.org",
            "a@example.org.",
            "a@example.org\r\nBcc: b@example.org",
            "a@b@c.org",
            "\"a\"@example.org",
            "Name <a@example.org>",
            "a@bücher.example",
            "a@[127.0.0.1]",
            "a,b@example.org",
        ] {
            assert!(check_address(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_address_holds_what_ends_a_header(text: String) {
            if check_address(&text).is_ok() {
                prop_assert!(!text.contains(['\r', '\n', ' ', '<', '>', ',', ';', ':']));
            }
            prop_assert!(!one_line(&text).contains(['\r', '\n', '\0']));
        }
    }
}
