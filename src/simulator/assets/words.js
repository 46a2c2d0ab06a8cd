// The page's own labels. What a phone shows comes from the gateway and is never translated here.

const WORDS = {
  en: {
    subtitle: "A phone, the gateway and an institution, all on this machine",
    language: "Language of this page",
    linkWaiting: "connecting…", linkLive: "live", linkLost: "no connection",
    citizen: "The citizen’s phone", institution: "The institution’s inbox",
    sims: "Whose phone?", number: "Number of this phone", received: "Messages received",
    noSms: "None yet.", unread: "unread messages",
    dial: "Dial", screen: "Screen of the phone", keypad: "Keypad",
    answer: "Answer", code: "Code to dial", call: "Call", send: "Send", erase: "Erase", hangup: "Hang up",
    idle: "Ready.\n\nDial {code}", noService: "Ready.", waiting: "…",
    failed: "Connection problem or invalid MMI code.", hungUp: "Call ended.",
    septets: "{units} of {budget} characters", septetsUcs2: "{units} UCS-2 characters: not GSM-7",
    compose: "Write a text message", to: "To", message: "Message", sendSms: "Send message",
    sent: "Sent.", noSmsCode: "No short code takes texts here.",
    wire: "On the wire", asked: "The network asks", answered: "The gateway answers",
    noLetters: "Nothing yet. What is said on the phone arrives here, signed.",
    desks: "Waiting at their desks: {names}",
    verified: "✓ signature verified", forged: "✗ not believed", good: "Good", bad: "Bad",
    codeFact: "Code", channelFact: "By", citizenFact: "Citizen", replyByFact: "Answer by",
    repeats: "came {times} times",
    replyLabel: "Your answer", replyHint: "Answer the citizen…", reply: "Answer by SMS",
    one: "1 part", parts: "{parts} parts", gsm7: "GSM-7", ucs2: "UCS-2",
    dear: "“{char}” is not in GSM-7, so that a part holds 70 characters, not 160",
    sending: "Sending…", accepted: "Accepted: {cost}", acceptedPlain: "Accepted",
    delivered: "Delivered to the phone", replyFailed: "Not delivered: {why}", refused: "Refused: {why}",
    newLetter: "A letter has arrived ↓", newSms: "The phone rings ↑", gone: "the gateway does not answer",
  },
  fr: {
    subtitle: "Un téléphone, la passerelle et une institution, tous sur cette machine",
    language: "Langue de cette page",
    linkWaiting: "connexion…", linkLive: "en direct", linkLost: "pas de connexion",
    citizen: "Le téléphone du citoyen", institution: "La boîte de l’institution",
    sims: "Quel téléphone ?", number: "Numéro de ce téléphone", received: "Messages reçus",
    noSms: "Aucun pour l’instant.", unread: "messages non lus",
    dial: "Appeler", screen: "Écran du téléphone", keypad: "Clavier",
    answer: "Réponse", code: "Code à composer", call: "Appeler", send: "Envoyer", erase: "Effacer", hangup: "Raccrocher",
    idle: "Prêt.\n\nComposez {code}", noService: "Prêt.", waiting: "…",
    failed: "Problème de connexion ou code IHM non valide.", hungUp: "Appel terminé.",
    septets: "{units} caractères sur {budget}", septetsUcs2: "{units} caractères UCS-2 : pas du GSM-7",
    compose: "Écrire un SMS", to: "À", message: "Message", sendSms: "Envoyer le SMS",
    sent: "Envoyé.", noSmsCode: "Aucun numéro court ne reçoit de SMS ici.",
    wire: "Sur le fil", asked: "Le réseau demande", answered: "La passerelle répond",
    noLetters: "Rien pour l’instant. Ce qui est dit au téléphone arrive ici, signé.",
    desks: "À leur bureau : {names}",
    verified: "✓ signature vérifiée", forged: "✗ non authentifiée", good: "Bon", bad: "Mauvais",
    codeFact: "Code", channelFact: "Par", citizenFact: "Citoyen", replyByFact: "Réponse avant le",
    repeats: "arrivée {times} fois",
    replyLabel: "Votre réponse", replyHint: "Répondez au citoyen…", reply: "Répondre par SMS",
    one: "1 SMS", parts: "{parts} SMS", gsm7: "GSM-7", ucs2: "UCS-2",
    dear: "« {char} » n’est pas dans GSM-7 : un SMS tient 70 caractères au lieu de 160",
    sending: "Envoi…", accepted: "Acceptée : {cost}", acceptedPlain: "Acceptée",
    delivered: "Remise au téléphone", replyFailed: "Non remise : {why}", refused: "Refusée : {why}",
    newLetter: "Une lettre est arrivée ↓", newSms: "Le téléphone sonne ↑", gone: "la passerelle ne répond pas",
  },
};

const KEPT_AS = "passerelle-language";

let language = kept() ?? (navigator.language.toLowerCase().startsWith("fr") ? "fr" : "en");

function kept() {
  try {
    const found = localStorage.getItem(KEPT_AS);
    return found in WORDS ? found : null;
  } catch {
    return null; // Storage may be switched off.
  }
}

export const current = () => language;

export function choose(wanted) {
  language = wanted;
  try {
    localStorage.setItem(KEPT_AS, wanted);
  } catch {
    // Then it lasts as long as the page.
  }
}

/** A label in the page's language, its {slots} filled. */
export function say(key, slots = {}) {
  const text = WORDS[language][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => slots[name] ?? "");
}

/** Fills everything that the markup labels. */
export function label(root) {
  document.documentElement.lang = language;
  for (const element of root.querySelectorAll("[data-i18n]")) {
    element.textContent = say(element.dataset.i18n);
  }
  for (const element of root.querySelectorAll("[data-i18n-label]")) {
    element.setAttribute("aria-label", say(element.dataset.i18nLabel));
  }
}

/** A country's name, as the browser knows it. */
export function countryName(code) {
  try {
    return new Intl.DisplayNames([language], { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}

export const clock = (at) => at.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });

// 3GPP TS 23.038: the default alphabet, and the characters that cost two. As in the gateway, the
// small ç counts as absent.
const BASIC = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENSION = "\f^{}\\[~]|€";

/** What a text costs as SMS: its encoding, parts, and the first character that forced UCS-2. */
export function cost(text) {
  const chars = [...text];
  const dear = chars.find((c) => !BASIC.includes(c) && !EXTENSION.includes(c));
  const width = dear ? (c) => c.length : (c) => (EXTENSION.includes(c) ? 2 : 1);
  const [single, each] = dear ? [70, 67] : [160, 153];
  const units = chars.reduce((sum, c) => sum + width(c), 0);
  let parts = 1;
  if (units > single) {
    let filled = 0;
    for (const c of chars) {
      if (filled + width(c) > each) {
        parts += 1;
        filled = 0;
      }
      filled += width(c);
    }
  }
  return { encoding: dear ? "ucs2" : "gsm7", units, parts, dear };
}

/** A cost in words, and the character that made it dear: `2 parts, UCS-2 · “ç” is not in GSM-7…`. */
export function costInWords({ encoding, parts, dear }) {
  const count = parts === 1 ? say("one") : say("parts", { parts });
  const price = `${count}, ${say(encoding)}`;
  return dear ? `${price} · ${say("dear", { char: dear })}` : price;
}
