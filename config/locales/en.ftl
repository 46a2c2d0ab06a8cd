# English.
# review: written by the project

language-name = English
nav-back = Back
nav-home = Menu
nav-more = More
not-an-option = Not an option.
no-words = Please write a few words.
apology = Service not available right now. Nothing is lost: please dial again in a few minutes.

ask-language = Passerelle. Choose your language:
ask-experience = The service was:
experience-good = Good
experience-bad = Bad
ask-institution = Which office?
ask-place = Where? (no. or name)
ask-words = What happened? Write it in a few words.
ask-confirm = { $experience }: { $institution }, { $place }. "{ $words }"
confirm-send = Send
confirm-change = Change
filed = Thank you. Your code: { $code }. Keep it. Your message is on its way: { $institution }.

sms-filed = Thank you. Your message is on its way: { $institution }. Your code: { $code }
sms-reply = { $institution } ({ $code }): { $reply }

follow-received = Kept on { $since }
follow-delivered = Handed over on { $since }
follow-opened = Read on { $since }
follow-answered = Answered on { $since }
follow-resolved = Done on { $since }, says the institution
follow-fixed = Done, confirmed on { $since }
follow-reopened = Not done: open again since { $since }
follow-due = Answer promised by { $reply-by }
follow-overdue = Answer overdue, promised by { $reply-by }
follow-unknown = Unknown code. Please check it.
follow-title = Where does my message stand?
follow-ask = Your code, for example K7M-2QX-9
follow-look = Look
follow-words = The answer goes by SMS to the phone that wrote.
follow-waits = The answer waits for you: dial { $dial } and type your code.

sms-reply-more = { $institution } ({ $code }): { $reply }... Read on: dial { $dial }
sms-verdict = { $institution } says: { $code } is done. Is it? Reply 1 yes, 2 no
sms-overdue = { $institution } has not answered in time ({ $code }). This was reported.
sms-moved = Your message { $code } is now with: { $institution }.
nav-next = Continue
nothing-yet = Nothing yet.

follow-shown = { $standing } { $reply }
home-follow = Follow my message
home-sensitive = Corruption, violence
home-urgent = Emergency
home-rights = Your rights
confirm-with-number = Send with my number
urgent = We send no help. In danger, call for yourself. { $emergency }
ask-sensitive = Your number will not be kept: note the code well. You report:
sensitive-corruption = Corruption
sensitive-violence = Violence
ask-confirm-sensitive = { $institution }, { $place }. "{ $words }" Your number will not be kept.
filed-sensitive = Thank you. Your code: { $code }. Note it: it alone leads to the answer. Your number is not kept.
ask-rights = Your data:
rights-info = Who sees what
rights-stop = No more SMS
rights-start = SMS again
rights-erase = Erase everything
info-seen = The office reads your words, the place and your code. It sees your number if you say so, and never otherwise.
info-kept = Passerelle keeps your number encrypted, to answer you. It erases it when you want.
stopped = You get no more SMS. Your messages stay open: follow them by their code.
started = You get our SMS again.
ask-erase = Erase your number and your words here? The office keeps what it already has.
erase-yes = Yes, erase
erase-no = No
erased = Done: your number and your words are no longer here.

sms-ask-office = Thank you. Your code: { $code }. Who is it for? Answer with a number or a word: { $list }
sms-ask-experience = { $institution } has your message. Your code: { $code }. Was it good or bad? Answer 1 good, 2 bad
sms-ask-place = { $institution } has your message. Your code: { $code }. Where was it? Answer with the name of the place
sms-ask-which-place = { $institution } has your message. Your code: { $code }. Where was it? Answer { $list }
sms-ask-thread = Which message is this about? Answer { $list }
new-thread = a new one
sms-added = Added to your message { $code }: { $institution }.
sms-stopped = No more SMS from us. What you said stays open. To get them again, answer START
sms-started = You will get our SMS again. To end them, answer STOP
sms-info = Your words go to the institution that you name, without your number. Send STATUS and your code to follow, STOP to get nothing more, DELETE to erase everything
sms-help = Send one of these words, the place and what you think: { $list }. To follow: STATUS and your code
sms-erased = Done: your number and your words are erased.
sms-ask-code = Send STATUS and your code, for example STATUS K7M-2QX-9
sms-standing = { $code }. { $standing } { $reply }
resume-ask = Go on with your message?
resume-yes = Yes
resume-no = Start again
