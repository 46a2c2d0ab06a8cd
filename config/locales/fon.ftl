# Fɔngbè. Its ɖ ɛ ɔ and tones are folded on a screen (docs/menus.md).
# review: none; begun from memory by the project, not read by a native speaker

language-name = Fɔngbè
experience-good = É nyɔ́
experience-bad = É nylá
confirm-send = Sɛ́dó
