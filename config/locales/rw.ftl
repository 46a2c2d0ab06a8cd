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

follow-shown = { $standing } { $reply }
home-follow = Kureba aho ubutumwa bugeze
home-sensitive = Ruswa, ihohoterwa
home-urgent = Ubutabazi
home-rights = Uburenganzira bwawe
confirm-with-number = Ohereza na nimero yanjye
urgent = Ibi si serivisi y'ubutabazi. Niba uri mu kaga, hamagara ubwawe. { $emergency }
ask-sensitive = Nimero yawe ntizabikwa: bika kode neza. Uramenyesha:
sensitive-corruption = Ruswa
sensitive-violence = Ihohoterwa
ask-confirm-sensitive = { $institution }, { $place }. "{ $words }" Nimero yawe ntizabikwa.
filed-sensitive = Murakoze. Kode yawe: { $code }. Yibike: ni yo yonyine izakugeza ku gisubizo. Nimero yawe ntiyabitswe.
ask-rights = Amakuru yawe:
rights-info = Ni nde ubona iki
rights-stop = Guhagarika SMS
rights-start = Kongera guhabwa SMS
rights-erase = Gusiba byose
info-seen = Urwego rusoma amagambo yawe, ahantu na kode. Rubona nimero yawe ari uko ubyemeye gusa.
info-kept = Passerelle ibika nimero yawe mu ibanga, kugira ngo igusubize. Iyisiba igihe ubishatse.
stopped = Nta SMS uzongera guhabwa. Ubutumwa bwawe buracyafunguye: bukurikirane na kode.
started = Uzongera guhabwa SMS zacu.
ask-erase = Gusiba hano nimero n'amagambo yawe? Urwego rugumana ibyo rwamaze kubona.
erase-yes = Yego, siba
erase-no = Oya
erased = Byasibwe: nimero n'amagambo yawe ntibikiri hano.

sms-ask-office = Murakoze. Kode yawe: { $code }. Bigenewe nde? Subiza nimero cyangwa ijambo: { $list }
sms-ask-experience = { $institution } yabonye ubutumwa bwawe. Kode yawe: { $code }. Byari byiza cyangwa bibi? Subiza 1 byiza, 2 bibi
sms-ask-place = { $institution } yabonye ubutumwa bwawe. Kode yawe: { $code }. Hari he? Subiza izina ry'aho hantu
sms-ask-which-place = { $institution } yabonye ubutumwa bwawe. Kode yawe: { $code }. Hari he? Subiza { $list }
sms-ask-thread = Ibi bireba ubuhe butumwa? Subiza { $list }
new-thread = bushya
sms-added = Byongewe ku butumwa bwawe { $code }: { $institution }.
sms-stopped = Nta SMS zacu zindi uzabona. Ibyo wavuze biracyakurikiranwa. Kongera kuzibona, subiza TANGIRA
sms-started = Uzongera kubona SMS zacu. Kuzihagarika, subiza HAGARIKA
sms-info = Amagambo yawe ajya ku rwego wavuze, nta nimero yawe. Ohereza KURIKIRANA na kode yawe urebe aho bigeze, HAGARIKA ngo utongera kubona SMS, SIBA ngo byose bisibwe
sms-help = Ohereza rimwe muri aya magambo, ahantu n'icyo utekereza: { $list }. Gukurikirana: KURIKIRANA na kode yawe
sms-erased = Byarangiye: nimero yawe n'amagambo yawe byasibwe.
sms-ask-code = Ohereza KURIKIRANA na kode yawe, urugero KURIKIRANA K7M-2QX-9
sms-standing = { $code }. { $standing } { $reply }
resume-ask = Gukomeza ubutumwa bwawe?
resume-yes = Yego
resume-no = Gutangira bundi bushya
