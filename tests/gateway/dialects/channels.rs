//! Channel files as operators write them.

pub const FLARES: (&str, &str) = (
    "airtel-rw",
    r#"
aggregator = "comviva-flares"
country = "RW"
operator = "airtel"
menu = "feedback"
ussd = ["*121#"]
[access]
secret = "secret"
"#,
);

/// The same in Congo, where whether Airtel speaks it is not confirmed: it cannot send.
pub const FLARES_CG: (&str, &str) = (
    "airtel-cg",
    r#"
aggregator = "comviva-flares"
country = "CG"
menu = "feedback"
ussd = ["*121#"]
[access]
secret = "secret"
"#,
);

pub const MOOV: (&str, &str) = (
    "moov-bj",
    r#"
aggregator = "moov-bj"
country = "BJ"
operator = "moov"
menu = "feedback"
ussd = ["*551#"]
[access]
secret = "secret"
"#,
);

pub const INFOBIP: (&str, &str) = (
    "infobip-rw",
    r#"
aggregator = "infobip"
country = "RW"
menu = "feedback"
ussd = ["*123#"]
sms = ["8123"]
[access]
signature = "Basic cGFzc2VyZWxsZTpzM2NyZXQ="
[credentials]
url = "{aggregator}"
api_key = "not-a-real-key"
"#,
);

pub const PARLAYX: (&str, &str) = (
    "sdp-cg",
    r#"
aggregator = "parlayx"
country = "CG"
operator = "mtn"
menu = "feedback"
ussd = ["*1047#"]
sms = ["2020"]
[access]
secret = "secret"
[credentials]
url = "{aggregator}"
sp_id = "2420110000001"
sp_password = "not-a-real-password"
service_id = "242012000000001"
"#,
);

pub const HTTP: (&str, &str) = (
    "own-cg",
    r#"
aggregator = "http"
country = "CG"
menu = "feedback"
ussd = ["*1047#"]
sms = ["2020"]
[access]
secret = "secret"
[credentials]
url = "{aggregator}"
token = "not-a-real-token"
[dialect]
format = "json"
sms.from = "data.msisdn"
sms.text = "data.content"
sms.id = "data.uuid"
sms.answer = '{"ok":true}'
ussd.session = "sid"
ussd.from = "msisdn"
ussd.input = "typed"
ussd.continue = '{"menu":"{{text}}","more":true}'
ussd.last = '{"menu":"{{text}}","more":false}'
receipt.theirs = "uuid"
receipt.status = "state"
receipt.delivered = "OK_PHONE"
receipt.failed = "KO, GONE"
receipt.answer = '{"ok":true}'
answer.content_type = "application/json"
send.url = "{{url}}/messages?report={{receipt_url}}"
send.content_type = "application/json"
send.body = '{"from":"{{from}}","to":"{{to}}","text":"{{text}}","ref":"{{id}}"}'
send.header.x-token = "{{token}}"
send.success = "202"
send.contains = "queued"
send.never = "422"
send.reference = "data.uuid"
"#,
);

pub const KANNEL: (&str, &str) = (
    "kannel-bj",
    r#"
aggregator = "kannel"
country = "BJ"
menu = "feedback"
sms = ["7344"]
[access]
secret = "s3cret & more"
[credentials]
url = "{aggregator}"
username = "passerelle"
password = "not-a-real-password"
"#,
);

pub const JASMIN: (&str, &str) = (
    "jasmin-cg",
    r#"
aggregator = "jasmin"
country = "CG"
menu = "feedback"
sms = ["2020"]
[access]
secret = "secret"
[credentials]
url = "{aggregator}"
username = "passerelle"
password = "not-a-real-password"
"#,
);

pub const TWILIO: (&str, &str) = (
    "twilio-rw",
    r#"
aggregator = "twilio"
country = "RW"
menu = "feedback"
sms = ["+250788300099"]
[access]
signature = "not-a-real-token"
[credentials]
url = "{aggregator}"
account_sid = "AC1"
auth_token = "not-a-real-token"
"#,
);

pub const VONAGE: (&str, &str) = (
    "vonage-rw",
    r#"
aggregator = "vonage"
country = "RW"
menu = "feedback"
sms = ["250788300099"]
[access]
signature = "my-signature-secret"
[credentials]
url = "{aggregator}"
api_key = "abcd1234"
api_secret = "not-a-real-secret"
"#,
);

pub const MADAPI: (&str, &str) = (
    "mtn-cg",
    r#"
aggregator = "mtn-madapi"
country = "CG"
operator = "mtn"
menu = "feedback"
sms = ["2020"]
[access]
secret = "secret"
[credentials]
url = "{aggregator}"
client_id = "not-a-real-id"
client_secret = "not-a-real-secret"
"#,
);

pub const TINDA: (&str, &str) = (
    "tinda-cg",
    r#"
aggregator = "mtn-cg-tinda"
country = "CG"
menu = "feedback"
[access]
secret = "secret"
[credentials]
url = "{aggregator}"
api_key = "not-a-real-key"
sender = "ECOUTE"
"#,
);

pub const PINDO: (&str, &str) = (
    "pindo-rw",
    r#"
aggregator = "pindo"
country = "RW"
menu = "feedback"
[access]
secret = "secret"
[credentials]
url = "{aggregator}"
token = "not-a-real-token"
sender = "ECOUTE"
"#,
);

pub const INTOUCH: (&str, &str) = (
    "intouch-rw",
    r#"
aggregator = "intouch"
country = "RW"
menu = "feedback"
[access]
secret = "secret"
[credentials]
url = "{aggregator}"
username = "passerelle"
password = "not-a-real-password"
sender = "ECOUTE"
"#,
);

pub const MISTA: (&str, &str) = (
    "mista-rw",
    r#"
aggregator = "mista"
country = "RW"
menu = "feedback"
[access]
secret = "secret"
[credentials]
url = "{aggregator}"
token = "not-a-real-token"
sender = "ECOUTE"
"#,
);
