//! A menu that asks about the number, and has a branch that keeps none.

/// Institution, then: may they see the number; or another institution after that was said.
/// 1 yes, 2 no, 3 keep no number. Last: 1 send, 2 send, and the code by SMS too, 3 to somebody
/// else after all.
pub const MENU: &str = r#"
start = "institution"
home = "institution"
[keys]
back = "0"
home = "00"
more = "98"
[screens.institution]
asks = "institution"
text = "ask-institution"
next = "number"
[screens.number]
asks = "choice"
text = "candid-number"
options = [
  { label = "candid-yes", set = { consent = "yes" }, next = "words" },
  { label = "candid-no", set = { consent = "no" }, next = "words" },
  { label = "candid-hidden", set = { sensitive = true, subject = "corruption" }, next = "words" },
  { label = "candid-vague", next = "vague" },
  { label = "candid-code", next = "code" },
]
[screens.vague]
asks = "choice"
text = "candid-vague"
options = [ { label = "candid-yes", set = { consent = "yes" }, next = "words" } ]
[screens.words]
asks = "words"
text = "ask-words"
next = "confirm"
[screens.confirm]
asks = "choice"
text = "candid-send"
options = [
  { label = "candid-yes", effect = "file", next = "filed" },
  { label = "candid-code", effect = "file-and-copy", next = "filed" },
  { label = "candid-other", next = "other" },
]
[screens.other]
asks = "institution"
text = "ask-institution"
next = "confirm"
[screens.filed]
asks = "nothing"
text = "filed"
[screens.code]
asks = "code"
text = "follow-ask"
next = "standing"
[screens.standing]
asks = "nothing"
text = "candid-standing"
"#;

/// The texts of it, in front of the shipped ones.
const TEXTS: &str = "candid-number = { $institution }: may they see your number?
candid-yes = Yes
candid-no = No
candid-hidden = Keep no number
candid-vague = May they see your number?
candid-code = Code
candid-send = Send?
candid-other = Somebody else
candid-standing = { $standing } { $reply }

ask-words = ";

/// The shipped texts with these in each language; `words` is what the menu is put beside.
pub const EDITS: [(&str, &str, &str); 3] = [
    ("locales/fr.ftl", "ask-words = ", TEXTS),
    ("locales/en.ftl", "ask-words = ", TEXTS),
    ("locales/rw.ftl", "ask-words = ", TEXTS),
];

pub const FILES: [(&str, &str); 1] = [("menus/feedback.toml", MENU)];
