# Kituba of Congo (munukutuba); `ktu` would be the one of the other bank.
# review: none; begun from memory by the project, not read by a native speaker

language-name = Kituba
nav-back = Vutuka
nav-more = Diaka

ask-language = Passerelle. Sola ndinga:
experience-good = Mbote
experience-bad = Mbi
confirm-send = Tinda
