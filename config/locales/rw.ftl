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

follow-received = Bwanditswe ku wa { $since }
follow-delivered = Bwatanzwe ku wa { $since }
follow-opened = Bwasomwe ku wa { $since }
follow-answered = Bwasubijwe ku wa { $since }
follow-resolved = Byakemutse ku wa { $since }, nk'uko urwego rubivuga
follow-fixed = Byakemutse, byemejwe ku wa { $since }
follow-reopened = Ntibyakemutse: byongeye gufungurwa ku wa { $since }
follow-due = Igisubizo cyasezeranyijwe bitarenze { $reply-by }
follow-overdue = Igisubizo cyatinze, cyari bitarenze { $reply-by }
follow-unknown = Kode ntizwi. Yisuzume.
follow-title = Ubutumwa bwanjye bugeze he?
follow-ask = Kode yawe, urugero K7M-2QX-9
follow-look = Reba
follow-words = Igisubizo cyoherezwa kuri SMS kuri telefone yanditse.
follow-waits = Igisubizo kiragutegereje: kanda { $dial }, wandike kode yawe.

sms-reply-more = { $institution } ({ $code }): { $reply }... Ibindi: kanda { $dial }
sms-verdict = { $institution }: { $code } byakemutse. Byakemutse koko? Subiza 1 yego, 2 oya
sms-overdue = { $institution } ntirasubiza ku gihe ({ $code }). Byamenyeshejwe.
sms-moved = Ubutumwa { $code } ubu buri kuri: { $institution }.
nav-next = Komeza
nothing-yet = Nta kirahari.
