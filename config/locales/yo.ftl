# Yorùbá in Benin's spelling: ɛ ɔ sh, where Nigeria writes ẹ ọ ṣ.
# review: none; begun from memory by the project, not read by a native speaker

language-name = Yorùbá
nav-back = Padà
nav-more = Síi

ask-language = Passerelle. Yan èdè:
ask-place = Níbo?
experience-good = Dára
experience-bad = Kò dára
confirm-send = Fi ránshɛ́
