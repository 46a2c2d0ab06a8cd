//! Mail goes out: to the operator's own relay, and from there where it will.

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error as SmtpError, PoolConfig};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::Limits;
use crate::domain::mail::{Mail, Relay, Security};

/// Connections to the relay that are kept.
const CONNECTIONS: u32 = 4;
/// The relay refuses us, and not the mail: a wrong password is mended, and the mail goes
/// (RFC 4954 section 6).
const ABOUT_US: [u16; 4] = [530, 534, 535, 538];

/// The way to a relay; connections are pooled.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// What is wrong with a relay's description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadRelay {
    /// `email.from`
    #[error("`email.from` is no address")]
    From,
    /// `email.ca`
    #[error("`email.ca` holds no certificate in PEM")]
    Certificate,
    /// The system's certificates cannot be loaded.
    #[error("the system's certificates (ca-certificates) cannot be loaded")]
    Tls,
}

/// Why a mail was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    /// The relay's last word (RFC 5321 section 4.2), if it said one.
    pub status: Option<u16>,
    /// Whether it will never be.
    pub for_good: bool,
    /// Why, in words without addresses.
    pub why: String,
    /// What the relay said, as it said it.
    pub said: String,
}

impl Mailer {
    /// A way to this relay.
    ///
    /// # Errors
    /// [`BadRelay`]
    pub fn new(relay: &Relay, limits: Limits) -> Result<Self, BadRelay> {
        let address: Address = relay.from.parse().map_err(|_| BadRelay::From)?;
        let hello = ClientId::Domain(address.domain().to_owned());
        let pool = PoolConfig::new().max_size(CONNECTIONS);
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(relay.host.as_str())
                .port(relay.port)
                .tls(tls(relay)?)
                .timeout(Some(limits.whole))
                .hello_name(hello)
                .pool_config(pool);
        if let Some((name, password)) = &relay.login {
            let password = password.expose().to_owned();
            builder = builder.credentials(Credentials::new(name.clone(), password));
        }
        Ok(Self {
            transport: builder.build(),
            from: Mailbox::new(Some("passerelle".to_owned()), address),
        })
    }

    /// Hands a mail to the relay; its answer's status.
    ///
    /// # Errors
    /// [`Unsent`]
    pub async fn send(&self, mail: &Mail) -> Result<u16, Unsent> {
        let message = self.message(mail).map_err(|_| Unsent {
            status: None,
            for_good: true,
            why: "the mail cannot be made: check the address".to_owned(),
            said: String::new(),
        })?;
        let sent = self.transport.send(message).await;
        let sent = sent.map_err(|error| unsent(&error))?;
        Ok(sent.code().into())
    }

    fn message(&self, mail: &Mail) -> Result<Message, lettre::error::Error> {
        let at = Duration::from_millis(u64::try_from(mail.at).unwrap_or_default());
        let to: Address = mail
            .to
            .parse()
            .map_err(|_| lettre::error::Error::MissingTo)?;
        let id = format!("<{}@{}>", mail.letter, self.from.email.domain());
        // RFC 3834: no machine answers it.
        let automatic = HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        );
        let mut parts = match &mail.html {
            None => MultiPart::mixed().singlepart(SinglePart::plain(mail.text.clone())),
            Some(html) => MultiPart::mixed().multipart(MultiPart::alternative_plain_html(
                mail.text.clone(),
                html.clone(),
            )),
        };
        for attached in &mail.attached {
            let media_type = ContentType::parse(attached.media_type);
            let media_type = media_type.unwrap_or(ContentType::TEXT_PLAIN);
            let file = Attachment::new(attached.name.clone());
            parts = parts.singlepart(file.body(attached.content.clone(), media_type));
        }
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject.as_str())
            .date(UNIX_EPOCH + at)
            .message_id(Some(id))
            .raw_header(automatic)
            .multipart(parts)
    }
}

fn tls(relay: &Relay) -> Result<Tls, BadRelay> {
    if relay.security == Security::None {
        return Ok(Tls::None);
    }
    let mut parameters = TlsParameters::builder(relay.host.clone());
    if let Some(pem) = &relay.ca {
        let certificate = Certificate::from_pem(pem.as_bytes());
        let certificate = certificate.map_err(|_| BadRelay::Certificate)?;
        parameters = parameters.add_root_certificate(certificate);
    }
    let parameters = parameters.build_rustls().map_err(|_| BadRelay::Tls)?;
    Ok(match relay.security {
        Security::Implicit => Tls::Wrapper(parameters),
        _ => Tls::Required(parameters),
    })
}

fn unsent(error: &SmtpError) -> Unsent {
    let status = error.status().map(u16::from);
    let about_us = status.is_some_and(|status| ABOUT_US.contains(&status));
    let why = match status {
        Some(status) if about_us => format!("the mail server does not let us in ({status})"),
        Some(status) => format!("the mail server answered {status}"),
        None if error.is_timeout() => "no answer from the mail server in time".to_owned(),
        None if error.is_tls() => "the mail server could not be talked to in private".to_owned(),
        None => "the mail server could not be reached".to_owned(),
    };
    Unsent {
        status,
        for_good: error.is_permanent() && !about_us,
        why,
        said: status.map(|_| error.to_string()).unwrap_or_default(),
    }
}
