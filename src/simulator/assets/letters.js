// The institution's inbox: one card a feedback; later letters about it go into its card.

import { clock, cost, costInWords, label, say } from "./words.js";

const $ = (id) => document.getElementById(id);

/** Cards by feedback, or by letter where a letter is about none or is not believed. */
const cards = new Map();

/** Shows a letter. Returns its card if the card is new. */
export function letterArrived(letter) {
  const event = readable(letter.body);
  const feedback = letter.verified ? feedbackOf(event) : null;
  const key = feedback ? `${letter.institution} ${feedback}` : `${letter.webhook_id} ${letter.verified}`;
  let card = cards.get(key);
  const isNew = !card;
  if (isNew) {
    card = build(letter, feedback);
    cards.set(key, card);
    $("letters").prepend(card.root);
    $("no-letters").hidden = true;
  }
  if (event?.type === "feedback.received" || isNew) {
    card.event = event;
    card.letter = letter;
  }
  if (event?.type === "feedback.added" && event.data?.text) card.added.set(letter.webhook_id, event.data.text);
  const { id, why } = event?.data ?? {};
  if (event?.type === "reply.delivered") put(card, id, { state: "delivered" });
  if (event?.type === "reply.failed") put(card, id, { state: "failed", why });
  card.trail.set(`${letter.webhook_id} ${letter.verified}`, { letter, event });
  draw(card);
  return isNew ? card.root : null;
}

/** An institution answered, from this page or another. */
export function answered({ institution, feedback, text, said }) {
  const card = cards.get(`${institution} ${feedback}`);
  if (!card) return;
  put(card, said.id, { text, said });
  draw(card);
}

/** Says everything again in the page's language. */
export function relabelLetters() {
  for (const card of cards.values()) draw(card);
}

function readable(body) {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** The feedback that an event is about: the first value of its data that looks like one's id. */
function feedbackOf(event) {
  const values = Object.values(event?.data ?? {});
  return values.find((v) => typeof v === "string" && v.startsWith("fb_")) ?? null;
}

function build(letter, feedback) {
  const root = $("letter-template").content.firstElementChild.cloneNode(true);
  const card = { root, letter, feedback, trail: new Map(), added: new Map(), answers: new Map() };
  root.classList.toggle("forged", !letter.verified);
  root.dataset.institution = letter.institution;
  if (feedback) root.dataset.feedback = feedback;
  const form = root.querySelector(".reply");
  if (!feedback) {
    form.remove();
    return card;
  }
  const text = form.querySelector(".reply-text");
  text.id = `reply-${feedback}`;
  form.querySelector("label").htmlFor = text.id;
  text.addEventListener("input", () => drawCost(card));
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(card, text);
  });
  return card;
}

async function answer(card, text) {
  const words = text.value.trim();
  if (!words || card.sending) return;
  card.sending = true;
  card.refused = null;
  draw(card);
  try {
    const response = await fetch(`/simulator/inbox/${encodeURIComponent(card.letter.institution)}/reply`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ feedback_id: card.feedback, text: words }),
    });
    const said = await response.json().catch(() => ({}));
    if (response.ok) {
      put(card, said.id, { text: words, said });
      text.value = "";
    } else {
      card.refused = said.detail ?? said.title ?? String(response.status);
    }
  } catch {
    card.refused = say("gone");
  }
  card.sending = false;
  draw(card);
}

/** What the card knows of an answer: from the API, from the stage's news, or from a webhook. */
function put(card, id, news) {
  card.answers.set(id, { ...card.answers.get(id), ...news });
}

function draw(card) {
  const { root, letter, event } = card;
  const data = event?.data ?? {};
  label(root);
  root.querySelector(".who").textContent = letter.name;
  root.querySelector(".where").textContent = [
    [].concat(data.place?.path ?? data.place?.name ?? []).join(" › "), data.office, clock(new Date(letter.at)),
  ].filter(Boolean).join(" · ");
  const experience = root.querySelector(".experience");
  const known = letter.verified && ["good", "bad"].includes(data.experience);
  experience.className = `tag experience ${known ? data.experience : ""}`;
  experience.textContent = known ? say(data.experience) : "";
  const seal = root.querySelector(".seal");
  seal.className = `tag seal ${letter.verified ? "good" : "wrong"}`;
  seal.dataset.verified = String(letter.verified);
  seal.textContent = say(letter.verified ? "verified" : "forged");
  const words = root.querySelector(".words");
  const said = letter.verified ? [data.text, ...card.added.values()].filter(Boolean).join("\n\n") : letter.why;
  words.classList.toggle("why", !letter.verified);
  words.hidden = !said;
  words.textContent = said ?? "";
  drawFacts(root.querySelector(".facts"), letter.verified ? data : {});
  drawAnswers(card);
  drawTrail(card);
  if (card.feedback) drawReply(card);
}

function drawFacts(list, data) {
  const channel = [data.channel?.kind, data.channel?.id].filter(Boolean).join(" · ");
  const facts = [
    ["codeFact", "code", data.code],
    ["channelFact", "channel", channel],
    ["citizenFact", "citizen", data.citizen?.phone ?? data.citizen?.alias],
    ["replyByFact", "reply-by", data.reply_by?.slice(0, 10)],
  ];
  list.replaceChildren(...facts.filter(([, , value]) => value).map(([key, name, value]) => {
    const term = document.createElement("dt");
    term.textContent = say(key);
    const what = document.createElement("dd");
    what.dataset.fact = name;
    what.textContent = value;
    const row = document.createElement("div");
    row.append(term, what);
    return row;
  }));
}

function drawTrail(card) {
  const trail = card.root.querySelector(".trail");
  const open = new Set([...trail.querySelectorAll("details[open]")].map((d) => d.dataset.key));
  trail.replaceChildren(...[...card.trail].map(([key, { letter, event }]) => {
    const type = document.createElement("code");
    type.textContent = event?.type ?? "?";
    const summary = document.createElement("summary");
    const again = letter.repeats ? ` · ${say("repeats", { times: letter.repeats + 1 })}` : "";
    summary.append(type, ` · ${clock(new Date(letter.at))} · ${say(letter.verified ? "verified" : "forged")}${again}`);
    const raw = document.createElement("pre");
    const headers = [...letter.headers].sort().map(([name, value]) => `${name}: ${value}`).join("\n");
    raw.textContent = `${headers}\n\n${event ? JSON.stringify(event, null, 2) : letter.body}`;
    const details = document.createElement("details");
    details.dataset.key = key;
    details.dataset.type = event?.type ?? "";
    details.open = open.has(key);
    details.append(summary, raw);
    const item = document.createElement("li");
    item.append(details);
    return item;
  }));
}

function drawReply(card) {
  const form = card.root.querySelector(".reply");
  form.querySelector("label").textContent = say("replyLabel");
  form.querySelector(".reply-text").placeholder = say("replyHint");
  const send = form.querySelector(".reply-send");
  send.textContent = say("reply");
  send.disabled = Boolean(card.sending);
  drawCost(card);
}

function drawAnswers(card) {
  const lines = [...card.answers.values()].map((answer) => answerLine(answer.state ?? "accepted", answer));
  if (card.sending) lines.push(answerLine("sending", {}));
  if (card.refused) lines.push(answerLine("failed", { refused: card.refused }));
  card.root.querySelector(".answers").replaceChildren(...lines);
}

function answerLine(state, answer) {
  const item = document.createElement("li");
  if (answer.text) {
    const text = document.createElement("p");
    text.className = "answer-text";
    text.textContent = answer.text;
    item.append(text);
  }
  const line = document.createElement("p");
  line.className = "reply-state";
  line.dataset.state = state;
  line.textContent = inWords(state, answer);
  item.append(line);
  return item;
}

function inWords(state, { said, why, refused }) {
  const price = said?.parts ? costInWords({ ...said, dear: said.dear?.character }) : "";
  if (state === "sending") return say("sending");
  if (state === "delivered") return [`✓ ${say("delivered")}`, price].filter(Boolean).join(" · ");
  if (state === "failed") return refused ? say("refused", { why: refused }) : say("replyFailed", { why: why ?? "" });
  return price ? say("accepted", { cost: price }) : say("acceptedPlain");
}

function drawCost(card) {
  const text = card.root.querySelector(".reply-text").value;
  card.root.querySelector(".reply-cost").textContent = text ? costInWords(cost(text)) : "";
}
