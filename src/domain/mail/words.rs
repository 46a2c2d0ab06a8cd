//! The words of mails to institutions' staff, written by the project; no native speaker has read
//! them.

/// A language that mails are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// fr
    French,
    /// en
    English,
    /// rw
    Kinyarwanda,
}

/// Everything that a mail says by itself.
pub(super) struct Phrases {
    pub received: &'static str,
    pub added: &'static str,
    pub reopened: &'static str,
    pub overdue: &'static str,
    pub delivered: &'static str,
    pub failed: &'static str,
    pub bulletin: &'static str,
    pub disabled: &'static str,
    pub digest: &'static str,
    pub at: &'static str,
    pub code: &'static str,
    pub experience: &'static str,
    pub good: &'static str,
    pub bad: &'static str,
    pub unsaid: &'static str,
    pub place: &'static str,
    pub text: &'static str,
    pub reply_by: &'static str,
    pub why: &'static str,
    pub total: &'static str,
    pub answered: &'static str,
    pub late: &'static str,
    pub more: &'static str,
    pub address: &'static str,
    pub disabled_help: &'static str,
    pub footer: &'static str,
}

const FRENCH: Phrases = Phrases {
    received: "Nouveau message",
    added: "Le citoyen a écrit de nouveau",
    reopened: "Message rouvert",
    overdue: "Réponse en retard",
    delivered: "Votre réponse est arrivée",
    failed: "Votre réponse n'est pas arrivée",
    bulletin: "Bulletin envoyé",
    disabled: "Votre adresse ne reçoit plus rien",
    digest: "Messages du",
    at: "Reçu le",
    code: "Code",
    experience: "Avis",
    good: "bien",
    bad: "mal",
    unsaid: "non précisé",
    place: "Lieu",
    text: "Message",
    reply_by: "Réponse promise avant le",
    why: "Raison",
    total: "Messages",
    answered: "Déjà répondus",
    late: "En retard",
    more: "La liste s'arrête ici ; le fichier CSV continue.",
    address: "Adresse",
    disabled_help: "Les messages pour cette adresse sont gardés, mais ne lui sont plus envoyés. Demandez à l'opérateur de passerelle de la réactiver quand elle fonctionne de nouveau.",
    footer: "Ne répondez pas à ce courriel : le citoyen ne le recevrait pas.",
};

const ENGLISH: Phrases = Phrases {
    received: "New message",
    added: "The citizen wrote again",
    reopened: "Message reopened",
    overdue: "Reply overdue",
    delivered: "Your reply has arrived",
    failed: "Your reply has not arrived",
    bulletin: "Bulletin sent",
    disabled: "Your address gets nothing any more",
    digest: "Messages of",
    at: "Received",
    code: "Code",
    experience: "Experience",
    good: "good",
    bad: "bad",
    unsaid: "not said",
    place: "Place",
    text: "Message",
    reply_by: "Reply promised by",
    why: "Why",
    total: "Messages",
    answered: "Answered already",
    late: "Overdue",
    more: "The list ends here; the CSV file goes on.",
    address: "Address",
    disabled_help: "What is meant for this address is kept, and not sent there any more. Ask the operator of passerelle to enable it once it works again.",
    footer: "Do not answer this mail: the citizen would not get it.",
};

const KINYARWANDA: Phrases = Phrases {
    received: "Ubutumwa bushya",
    added: "Umuturage yongeye kwandika",
    reopened: "Ubutumwa bwongeye gufungurwa",
    overdue: "Igisubizo cyatinze",
    delivered: "Igisubizo cyanyu cyageze",
    failed: "Igisubizo cyanyu nticyageze",
    bulletin: "Itangazo ryoherejwe",
    disabled: "Aderesi yanyu ntikibona ubutumwa",
    digest: "Ubutumwa bwo ku wa",
    at: "Bwakiriwe",
    code: "Kode",
    experience: "Uko byagenze",
    good: "neza",
    bad: "nabi",
    unsaid: "ntibyavuzwe",
    place: "Ahantu",
    text: "Ubutumwa",
    reply_by: "Igisubizo cyasezeranyijwe bitarenze",
    why: "Impamvu",
    total: "Ubutumwa",
    answered: "Ubwasubijwe",
    late: "Ubwatinze",
    more: "Urutonde rurangiriye hano; ibisigaye biri muri CSV.",
    address: "Aderesi",
    disabled_help: "Ubutumwa bwagenewe iyi aderesi burabitswe, ariko ntibucyoherezwayo. Saba ushinzwe passerelle kongera kuyikoresha imaze gukora.",
    footer: "Ntimusubize iyi imeyiri: ntiyagera ku muturage.",
};

impl Tongue {
    /// The language of a BCP 47 tag; English for those that are not spoken here.
    pub fn of(tag: &str) -> Self {
        match tag.split('-').next() {
            Some("fr") => Self::French,
            Some("rw") => Self::Kinyarwanda,
            _ => Self::English,
        }
    }

    pub(super) fn phrases(self) -> &'static Phrases {
        match self {
            Self::French => &FRENCH,
            Self::English => &ENGLISH,
            Self::Kinyarwanda => &KINYARWANDA,
        }
    }
}

/// A moment in local time, `2026-11-22 09:05`; `offset` in minutes ahead of UTC.
pub(super) fn local(ms: i64, offset: i32) -> String {
    let local = ms.saturating_add(i64::from(offset) * 60_000);
    jiff::Timestamp::from_millisecond(local)
        .map(|t| t.strftime("%Y-%m-%d %H:%M").to_string())
        .unwrap_or_default()
}
