# Lingála, as it is written every day: without tones.
# review: none; begun from memory by the project, not read by a native speaker

language-name = Lingala
nav-back = Zonga
nav-home = Ebandeli
nav-more = Lisusu
not-an-option = Eponi oyo ezali te.
no-words = Koma mwa maloba.
apology = Mosala ezali te sikoyo. Eloko ebungi te: benga lisusu nsima ya miniti moke.

ask-language = Passerelle. Pona lokota:
ask-experience = Mosala ezalaki:
experience-good = Malamu
experience-bad = Mabe
ask-institution = Biro nini?
ask-place = Wapi?
ask-words = Likambo nini esalemaki? Koma yango na maloba moke.
confirm-send = Tinda
confirm-change = Bongisa
