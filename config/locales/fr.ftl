# Français.
# review: written by the project; not yet read by a citizens' panel

language-name = Français
nav-back = Retour
nav-home = Menu
nav-more = Suite
not-an-option = Choix inconnu.
no-words = Écrivez quelques mots.
apology = Service indisponible pour le moment. Rien n'est perdu: recomposez le code dans quelques minutes.

ask-language = Passerelle. Choisissez votre langue:
ask-experience = Le service était:
experience-good = Bon
experience-bad = Mauvais
ask-institution = Quel service?
ask-place = Où? (no ou nom)
ask-words = Que s'est-il passé? Écrivez-le en quelques mots.
ask-confirm = { $experience }: { $institution }, { $place }. "{ $words }"
confirm-send = Envoyer
confirm-change = Corriger
filed = Merci. Votre code: { $code }. Notez-le. Votre message est transmis: { $institution }.

sms-filed = Merci. Votre message est transmis: { $institution }. Votre code: { $code }
sms-reply = { $institution } ({ $code }): { $reply }

follow-received = Enregistré le { $since }
follow-delivered = Remis le { $since }
follow-opened = Lu le { $since }
follow-answered = Répondu le { $since }
follow-resolved = Réglé le { $since }, selon l'institution
follow-fixed = Réglé, confirmé le { $since }
follow-reopened = Non réglé: rouvert le { $since }
follow-due = Réponse promise avant le { $reply-by }
follow-overdue = Réponse en retard, promise avant le { $reply-by }
follow-unknown = Code inconnu. Vérifiez-le.
follow-title = Où en est mon message?
follow-ask = Votre code, par exemple K7M-2QX-9
follow-look = Voir
follow-words = La réponse va par SMS au téléphone qui a écrit.
follow-waits = La réponse vous attend: composez { $dial } et tapez votre code.

sms-reply-more = { $institution } ({ $code }): { $reply }... La suite: composez { $dial }
sms-verdict = { $institution } dit: { $code } est réglé. Est-ce réglé? Répondez 1 oui, 2 non
sms-overdue = { $institution } n'a pas répondu à temps ({ $code }). C'est signalé.
sms-moved = Votre message { $code } est maintenant chez: { $institution }.
nav-next = Continuer
nothing-yet = Rien pour le moment.

follow-shown = { $standing } { $reply }
home-follow = Suivre mon message
home-sensitive = Corruption, violence
home-urgent = Urgence
home-rights = Vos droits
confirm-with-number = Envoyer avec mon numéro
urgent = Nous n'envoyons pas de secours. En danger, appelez vous-même. { $emergency }
ask-sensitive = Votre numéro ne sera pas gardé: notez bien le code. Vous signalez:
sensitive-corruption = Corruption
sensitive-violence = Violence
ask-confirm-sensitive = { $institution }, { $place }. "{ $words }" Votre numéro ne sera pas gardé.
filed-sensitive = Merci. Votre code: { $code }. Notez-le: lui seul mène à la réponse. Votre numéro n'est pas gardé.
ask-rights = Vos données:
rights-info = Qui voit quoi
rights-stop = Plus de SMS
rights-start = Recevoir des SMS
rights-erase = Tout effacer
info-seen = L'institution lit vos mots, le lieu et votre code. Elle voit votre numéro si vous le dites, jamais sinon.
info-kept = Passerelle garde votre numéro chiffré, pour vous répondre. Elle l'efface quand vous voulez.
stopped = Vous ne recevrez plus de SMS. Vos messages restent ouverts: suivez-les par leur code.
started = Vous recevrez de nouveau nos SMS.
ask-erase = Effacer ici votre numéro et vos mots? L'institution garde ce qu'elle a déjà reçu.
erase-yes = Oui, effacer
erase-no = Non
erased = C'est effacé: votre numéro et vos mots ne sont plus ici.

sms-ask-office = Merci. Votre code: { $code }. C'est pour qui? Répondez par un numéro ou un mot: { $list }
sms-ask-experience = { $institution }: c'est noté. Votre code: { $code }. C'était bien ou mal? Répondez 1 bien, 2 mal
sms-ask-place = { $institution }: c'est noté. Votre code: { $code }. C'était où? Répondez par le nom du lieu
sms-ask-which-place = { $institution }: c'est noté. Votre code: { $code }. C'était où? Répondez { $list }
sms-ask-thread = C'est pour quel message? Répondez { $list }
new-thread = un nouveau
sms-added = Ajouté à votre message { $code }: { $institution }.
sms-stopped = Plus aucun SMS de nous. Ce que vous avez dit reste ouvert. Pour en recevoir de nouveau, répondez START
sms-started = Vous recevrez de nouveau nos SMS. Pour ne plus en recevoir, répondez STOP
sms-info = Vos mots vont à l'institution nommée, sans votre numéro. SUIVI et votre code: où ça en est. STOP: plus de SMS. EFFACER: tout effacer
sms-help = Envoyez l'un de ces mots, le lieu et votre avis: { $list }. Pour suivre: SUIVI et votre code
sms-erased = C'est fait: votre numéro et vos mots sont effacés.
sms-ask-code = Envoyez SUIVI et votre code, par exemple SUIVI K7M-2QX-9
sms-standing = { $code }. { $standing } { $reply }
resume-ask = Reprendre votre message?
resume-yes = Oui
resume-no = Recommencer
