# Ikinyarwanda.
# review: none; not read by a native speaker

language-name = Kinyarwanda
nav-back = Inyuma
nav-home = Ahabanza
nav-more = Ibindi
not-an-option = Ntibibaho.
no-words = Andika amagambo make.
apology = Serivisi ntiboneka ubu. Nta cyatakaye: ongera uhamagare mu minota mike.

ask-language = Passerelle. Hitamo ururimi:
ask-experience = Serivisi yari:
experience-good = Nziza
experience-bad = Mbi
ask-institution = Ni uruhe rwego?
ask-place = Hehe?
ask-words = Byagenze bite? Andika mu magambo make.
ask-confirm = { $experience }: { $institution }, { $place }. "{ $words }"
confirm-send = Ohereza
confirm-change = Hindura
filed = Murakoze. Kode yawe: { $code }. Yibike. Ubutumwa bwawe bwoherejwe: { $institution }.

sms-filed = Murakoze. Ubutumwa bwawe bwoherejwe: { $institution }. Kode yawe: { $code }
sms-reply = { $institution } ({ $code }): { $reply }
