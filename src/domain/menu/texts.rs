//! Texts in every language, compiled from `locales/*.ftl` into pieces.

use std::collections::HashMap;

/// A text's number: the same in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TextKey(pub usize);

/// What a text can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variable {
    /// The institution's name.
    Institution,
    /// The place's name.
    Place,
    /// Good or bad, in words (the texts `experience-good`, `experience-bad`).
    Experience,
    /// The citizen's own words, shortened to fit.
    Words,
    /// The code of the feedback.
    Code,
    /// Until when the institution promised to answer, as a date (`30/11`).
    ReplyBy,
    /// The institution's reply.
    Reply,
    /// Since when a feedback stands where it stands, as a date (`24/11`).
    Since,
    /// The code to dial (`*7344#`).
    Dial,
    /// Where the feedback that is followed stands.
    Standing,
    /// The bulletin that was chosen.
    Bulletin,
    /// The short code that takes texts in the country of the channel (`7344`).
    ShortCode,
    /// Whom to call in danger in the country of the channel, with their numbers.
    Emergency,
    /// What can be answered, by number: `1 SANTE 2 POLICE`.
    List,
}

impl Variable {
    /// Every variable with its name in the texts.
    pub const ALL: [(&'static str, Variable); 14] = [
        ("institution", Variable::Institution),
        ("place", Variable::Place),
        ("experience", Variable::Experience),
        ("words", Variable::Words),
        ("code", Variable::Code),
        ("reply-by", Variable::ReplyBy),
        ("reply", Variable::Reply),
        ("since", Variable::Since),
        ("dial", Variable::Dial),
        ("standing", Variable::Standing),
        ("bulletin", Variable::Bulletin),
        ("short-code", Variable::ShortCode),
        ("emergency", Variable::Emergency),
        ("list", Variable::List),
    ];
}

/// A text in one language.
pub type Template = Vec<Piece>;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// As it stands.
    Plain(String),
    /// Filled in when shown.
    Slot(Variable),
}

/// Texts that the gateway itself needs, whatever the menu: every language must have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Own {
    /// Label of "back".
    Back,
    /// Label of "home".
    Home,
    /// Label of "more".
    More,
    /// Label of "on", below what is only to be read.
    Next,
    /// Above a session that was cut and can be taken up again.
    ResumeAsk,
    /// To take it up.
    ResumeYes,
    /// To begin anew.
    ResumeNo,
    /// Below a list's title when there is nothing in it.
    NothingYet,
    /// Shown above a screen after a key that it does not have.
    NotAnOption,
    /// Shown above the free-text screen after an answer without a letter in it.
    NoWords,
    /// The last screen when something failed inside.
    Apology,
    /// The SMS that confirms a feedback that came by SMS: shows the code.
    SmsFiled,
    /// The SMS that carries an institution's reply: shows institution, reply, code.
    SmsReply,
    /// Praise, in a word.
    ExperienceGood,
    /// Complaint, in a word.
    ExperienceBad,
    /// The language's own name (`Français`).
    LanguageName,
    /// Where a feedback stands: on its way; shows since.
    FollowReceived,
    /// In the institution's hands; shows since.
    FollowDelivered,
    /// Read; shows since.
    FollowOpened,
    /// Answered; shows since.
    FollowAnswered,
    /// Done, says the institution; shows since.
    FollowResolved,
    /// Done, says the citizen too; shows since.
    FollowFixed,
    /// Not done, says the citizen; shows since.
    FollowReopened,
    /// Until when an answer is promised; shows reply-by.
    FollowDue,
    /// The promised time has gone; shows reply-by.
    FollowOverdue,
    /// There is no such code.
    FollowUnknown,
    /// The title of the public page.
    FollowTitle,
    /// What to type on the public page.
    FollowAsk,
    /// The button of the public page.
    FollowLook,
    /// The SMS that carries the beginning of a long reply: shows institution, reply, code, dial.
    SmsReplyMore,
    /// The SMS that asks whether it is mended: shows institution, code.
    SmsVerdict,
    /// The SMS that says that an answer is overdue and that this was told: shows institution, code.
    SmsOverdue,
    /// The SMS that says who answers for it now: shows institution, code.
    SmsMoved,
    /// The public page, once there is a reply: where to read it; shows code.
    FollowWords,
    /// The same where no number is kept: the reply waits to be fetched; shows dial.
    FollowWaits,
    /// The SMS that asks whom a message is for: shows code, list.
    SmsAskOffice,
    /// The SMS that asks whether it was good or bad: shows institution, code.
    SmsAskExperience,
    /// The SMS that asks where it was: shows institution, code.
    SmsAskPlace,
    /// The SMS that asks which of the places of one name it was: shows institution, code, list.
    SmsAskWhichPlace,
    /// The SMS that asks which feedback a message belongs to: shows list.
    SmsAskThread,
    /// In that list: none of them.
    NewThread,
    /// The SMS that says that words were added: shows institution, code.
    SmsAdded,
    /// The SMS that answers STOP.
    SmsStopped,
    /// The SMS that answers START.
    SmsStarted,
    /// The SMS that answers INFO: who gets what, and one's rights.
    SmsInfo,
    /// The SMS that answers HELP: shows list.
    SmsHelp,
    /// The SMS that says that all is erased.
    SmsErased,
    /// The SMS that answers a question about a feedback without its code.
    SmsAskCode,
    /// The SMS that says where a feedback stands: shows code, standing, reply.
    SmsStanding,
}

impl Own {
    /// Every own text with its name in the locale files.
    pub const ALL: [(&'static str, Own); 49] = [
        ("nav-back", Own::Back),
        ("nav-home", Own::Home),
        ("nav-more", Own::More),
        ("nav-next", Own::Next),
        ("resume-ask", Own::ResumeAsk),
        ("resume-yes", Own::ResumeYes),
        ("resume-no", Own::ResumeNo),
        ("nothing-yet", Own::NothingYet),
        ("not-an-option", Own::NotAnOption),
        ("no-words", Own::NoWords),
        ("apology", Own::Apology),
        ("sms-filed", Own::SmsFiled),
        ("sms-reply", Own::SmsReply),
        ("experience-good", Own::ExperienceGood),
        ("experience-bad", Own::ExperienceBad),
        ("language-name", Own::LanguageName),
        ("follow-received", Own::FollowReceived),
        ("follow-delivered", Own::FollowDelivered),
        ("follow-opened", Own::FollowOpened),
        ("follow-answered", Own::FollowAnswered),
        ("follow-resolved", Own::FollowResolved),
        ("follow-fixed", Own::FollowFixed),
        ("follow-reopened", Own::FollowReopened),
        ("follow-due", Own::FollowDue),
        ("follow-overdue", Own::FollowOverdue),
        ("follow-unknown", Own::FollowUnknown),
        ("follow-title", Own::FollowTitle),
        ("follow-ask", Own::FollowAsk),
        ("follow-look", Own::FollowLook),
        ("sms-reply-more", Own::SmsReplyMore),
        ("sms-verdict", Own::SmsVerdict),
        ("sms-overdue", Own::SmsOverdue),
        ("sms-moved", Own::SmsMoved),
        ("follow-words", Own::FollowWords),
        ("follow-waits", Own::FollowWaits),
        ("sms-ask-office", Own::SmsAskOffice),
        ("sms-ask-experience", Own::SmsAskExperience),
        ("sms-ask-place", Own::SmsAskPlace),
        ("sms-ask-which-place", Own::SmsAskWhichPlace),
        ("sms-ask-thread", Own::SmsAskThread),
        ("new-thread", Own::NewThread),
        ("sms-added", Own::SmsAdded),
        ("sms-stopped", Own::SmsStopped),
        ("sms-started", Own::SmsStarted),
        ("sms-info", Own::SmsInfo),
        ("sms-help", Own::SmsHelp),
        ("sms-erased", Own::SmsErased),
        ("sms-ask-code", Own::SmsAskCode),
        ("sms-standing", Own::SmsStanding),
    ];

    /// Own texts come first in every language: their key is their place in [`Own::ALL`].
    pub fn key(self) -> TextKey {
        TextKey(
            Self::ALL
                .iter()
                .position(|(_, own)| *own == self)
                .unwrap_or(0),
        )
    }
}

/// Every text in every language.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    keys: HashMap<String, TextKey>,
    names: Vec<String>,
    languages: Vec<Language>,
}

/// One language's texts.
#[derive(Debug, Clone)]
pub struct Language {
    /// BCP 47 tag: the file's name (`fr`).
    pub tag: String,
    /// Whether a native speaker has read the whole file.
    pub reviewed: bool,
    templates: Vec<Option<Template>>,
}

impl Texts {
    /// Texts with the names of [`Own::ALL`] numbered first.
    pub fn new() -> Self {
        let mut texts = Self::default();
        for (name, _) in Own::ALL {
            texts.key(name);
        }
        texts
    }

    /// The number of this name, given now if it has none.
    pub fn key(&mut self, name: &str) -> TextKey {
        if let Some(key) = self.keys.get(name) {
            return *key;
        }
        let key = TextKey(self.names.len());
        self.names.push(name.to_owned());
        self.keys.insert(name.to_owned(), key);
        key
    }

    /// The number of this name, if any language or menu has named it.
    pub fn find(&self, name: &str) -> Option<TextKey> {
        self.keys.get(name).copied()
    }

    /// The name of this number.
    pub fn name(&self, key: TextKey) -> &str {
        self.names.get(key.0).map_or("", String::as_str)
    }

    /// Adds a language with its texts by name; answers its index.
    pub fn add(&mut self, tag: &str, reviewed: bool, texts: Vec<(String, Template)>) -> usize {
        let mut templates = vec![None; self.names.len()];
        for (name, template) in texts {
            let key = self.key(&name);
            templates.resize(self.names.len().max(templates.len()), None);
            templates[key.0] = Some(template);
        }
        self.languages.push(Language {
            tag: tag.to_owned(),
            reviewed,
            templates,
        });
        self.languages.len() - 1
    }

    /// All languages, in the order they were added.
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// The index of a language.
    pub fn language(&self, tag: &str) -> Option<usize> {
        self.languages.iter().position(|l| l.tag == tag)
    }

    /// Whether a language has this text.
    pub fn has(&self, language: usize, key: TextKey) -> bool {
        self.template(language, key).is_some()
    }

    /// A text in a language. The check has proved that it is there: none is shown as nothing.
    pub fn get(&self, language: usize, key: TextKey) -> &[Piece] {
        self.template(language, key).map_or(&[], Vec::as_slice)
    }

    /// A number that changes with a text's words: FNV-1a over the text, slots by their names.
    pub fn version(&self, language: usize, key: TextKey) -> u32 {
        let named = |variable: Variable| {
            let known = Variable::ALL.iter().find(|(_, v)| *v == variable);
            known.map_or(String::new(), |(name, _)| format!("{{${name}}}"))
        };
        let text = self.filled(language, key, named);
        text.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        })
    }

    fn template(&self, language: usize, key: TextKey) -> Option<&Template> {
        self.languages.get(language)?.templates.get(key.0)?.as_ref()
    }

    /// A text without slots, as one string; slots are left out.
    pub fn plain(&self, language: usize, key: TextKey) -> String {
        self.filled(language, key, |_| String::new())
    }

    /// A text with its slots filled.
    pub fn filled(
        &self,
        language: usize,
        key: TextKey,
        fill: impl Fn(Variable) -> String,
    ) -> String {
        let mut out = String::new();
        for piece in self.get(language, key) {
            match piece {
                Piece::Plain(text) => out.push_str(text),
                Piece::Slot(variable) => out.push_str(&fill(*variable)),
            }
        }
        out
    }
}
