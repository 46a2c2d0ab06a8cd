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
