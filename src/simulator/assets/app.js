// The stage's page: a phone on the left, an institution's inbox on the right. Everything that comes
// from outside is put in as text, never as markup.

import { choose, clock, cost, costInWords, countryName, current, label, say } from "./words.js";
import { answered, letterArrived, relabelLetters } from "./letters.js";

const $ = (id) => document.getElementById(id);

const KEYS = ["1", "2 abc", "3 def", "4 ghi", "5 jkl", "6 mno", "7 pqrs", "8 tuv", "9 wxyz", "*", "0 +", "#"];

/** The stage as the server describes it. */
let stage = { countries: [], inboxes: [] };
/** The phone in the hand. */
let phone = null;
/** One phone a country: its number, what its screen shows, its last exchange. */
const phones = new Map();
/** Texts received, by the digits of the number. */
const texts = new Map();

const digits = (number) => number.replace(/\D/g, "");

async function post(path, body) {
  let response;
  try {
    response = await fetch(`/simulator/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    return { ok: false, detail: say("gone") };
  }
  const answer = await response.json().catch(() => ({}));
  return { ok: response.ok, ...answer };
}

// The phone

/** What can be dialled in a country: the codes of those networks that the simulator can play. */
function codesOf(country) {
  return country.services.filter((s) => s.played).flatMap((s) => s.ussd.map((code) => ({ code, ...s })));
}

function draw() {
  if (!phone) return;
  const code = codesOf(phone.country)[0]?.code;
  const idle = code ? say("idle", { code }) : say("noService");
  const otherwise = phone.busy ? say("waiting") : phone.said ? say(phone.said) : idle;
  const text = phone.text ?? otherwise;
  const screen = $("screen");
  // Only a change is written: assistive technology reads every write aloud.
  if (screen.textContent !== text) {
    screen.textContent = text;
    screen.scrollTop = 0;
  }
  screen.classList.toggle("dim", Boolean(phone.busy));
  drawMore();
  $("phone").dataset.mode = phone.inCall ? "call" : "idle";
  $("phone").setAttribute("aria-busy", String(Boolean(phone.busy)));
  $("send").textContent = say(phone.inCall ? "send" : "call");
  $("answer-label").textContent = say(phone.inCall ? "answer" : "code");
  $("answer").placeholder = phone.inCall ? "" : code ?? "";
  $("hangup").disabled = !phone.inCall;
  $("operator").textContent = phone.operator ?? countryName(phone.country.code);
  $("septets").textContent = phone.size ? say(phone.size.encoding === "gsm7" ? "septets" : "septetsUcs2", phone.size) : "";
  $("note").hidden = !phone.note;
  $("note").textContent = phone.note ?? "";
  $("wire-request").textContent = phone.wire?.request ?? "";
  $("wire-answer").textContent = phone.wire?.answer ?? "";
  $("wire-what").textContent = phone.through ?? "";
}

/** Eight lines fit: says that there are more. */
function drawMore() {
  const { scrollTop, scrollHeight, clientHeight } = $("screen");
  $("more").hidden = scrollHeight - clientHeight - scrollTop < 4;
}

/** Lets a request run while the phone shows that it waits. */
async function during(hand, request) {
  hand.busy = true;
  hand.note = null;
  draw();
  const answer = await request;
  hand.busy = false;
  if (answer.wire) hand.wire = answer.wire;
  return answer;
}

function show(hand, answer) {
  hand.said = null;
  if (answer.ok) {
    hand.text = answer.text;
    hand.inCall = !answer.ends;
    hand.budget = answer.budget ?? hand.budget;
    hand.size = { units: answer.units, encoding: answer.encoding, budget: hand.budget };
  } else {
    // What a real phone says; the reason is for whoever runs the gateway.
    hand.text = null;
    hand.said = "failed";
    hand.inCall = false;
    hand.size = null;
    hand.note = answer.detail;
  }
  draw();
  if (hand === phone) focusAnswer();
}

function focusAnswer() {
  // On a touch screen the focus would pull up a keyboard over the phone.
  if (matchMedia("(pointer: fine)").matches) $("answer").focus({ preventScroll: true });
}

async function dial(code, service) {
  const hand = phone;
  if (hand.busy) return;
  $("answer").value = "";
  hand.text = null;
  hand.said = null;
  hand.size = null;
  if ($("phone").getBoundingClientRect().bottom > innerHeight) $("phone").scrollIntoView({ block: "end" });
  const answer = await during(hand, post("phone/dial", {
    number: hand.number, country: hand.country.code, channel: service?.channel ?? null, code,
  }));
  if (answer.channel) hand.through = `${answer.channel} · ${answer.aggregator}`;
  show(hand, answer);
}

async function press(text) {
  const hand = phone;
  if (hand.busy) return;
  $("answer").value = "";
  show(hand, await during(hand, post("phone/press", { number: hand.number, text })));
}

async function hangUp() {
  const hand = phone;
  if (hand.busy || !hand.inCall) return;
  $("answer").value = "";
  const answer = await during(hand, post("phone/hangup", { number: hand.number }));
  hand.inCall = false;
  hand.text = null;
  hand.said = "hungUp";
  hand.size = null;
  if (!answer.ok) hand.note = answer.detail;
  draw();
  focusAnswer();
}

function buildKeypad() {
  for (const key of KEYS) {
    const [main, small] = key.split(" ");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "key";
    button.dataset.key = main;
    button.setAttribute("aria-label", main);
    const figure = document.createElement("b");
    figure.textContent = main;
    const letters = document.createElement("small");
    letters.textContent = small ?? "";
    button.append(figure, letters);
    button.addEventListener("click", () => insert(main));
    $("keypad").append(button);
  }
}

/** Types at the cursor, as a key of the phone does. */
function insert(text) {
  const answer = $("answer");
  if (answer.value.length >= answer.maxLength) return;
  answer.setRangeText(text, answer.selectionStart, answer.selectionEnd, "end");
}

function erase() {
  const answer = $("answer");
  const [from, to] = [answer.selectionStart, answer.selectionEnd];
  answer.setRangeText("", from === to ? Math.max(0, from - 1) : from, to, "end");
}

// Whose phone

function buildPhones() {
  $("sims").replaceChildren();
  for (const country of stage.countries) {
    if (!phones.has(country.code)) phones.set(country.code, { country, number: country.number });
    const hand = phones.get(country.code);
    hand.country = country;
    $("sims").append(sim(hand));
  }
  phone ??= phones.values().next().value;
  if (phone) take(phone);
}

function sim(hand) {
  const { country } = hand;
  const item = document.createElement("li");
  item.className = "sim";
  const radio = document.createElement("input");
  radio.type = "radio";
  radio.name = "country";
  radio.value = country.code;
  radio.id = `country-${country.code.toLowerCase()}`;
  radio.addEventListener("change", () => take(hand));
  const name = document.createElement("span");
  name.className = "name";
  const through = document.createElement("span");
  through.className = "through";
  through.textContent = [...new Set(codesOf(country).map((s) => s.aggregator))].join(", ");
  const count = document.createElement("span");
  count.className = "count";
  count.hidden = true;
  const text = document.createElement("span");
  text.append(name, through);
  const whole = document.createElement("label");
  whole.append(radio, text, count);
  const codes = document.createElement("div");
  codes.className = "codes";
  codesOf(country).forEach((service, nth) => codes.append(dialButton(hand, service, nth)));
  item.append(whole, codes);
  hand.sim = { radio, name, count };
  return item;
}

function dialButton(hand, service, nth) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "dial";
  button.id = `dial-${hand.country.code.toLowerCase()}${nth ? `-${nth + 1}` : ""}`;
  button.dataset.testid = button.id;
  button.dataset.code = service.code;
  if (codesOf(hand.country).length > 1) button.dataset.operator = service.operator ?? service.channel;
  button.title = service.channel;
  button.addEventListener("click", () => {
    take(hand);
    dial(service.code, service);
  });
  return button;
}

function take(hand) {
  phone = hand;
  hand.unread = 0;
  hand.sim.radio.checked = true;
  $("answer").value = "";
  $("number").value = hand.number;
  const played = hand.country.services.filter((s) => s.played);
  const codes = played.flatMap((s) => s.sms.map((to) => ({ to, channel: s.channel })));
  $("sms-to").replaceChildren(...codes.map(({ to, channel }) => {
    const option = new Option(to, to);
    option.dataset.channel = channel;
    return option;
  }));
  $("sms-send").disabled = codes.length === 0;
  drawTexts();
  relabelPhones();
  draw();
}

function relabelPhones() {
  for (const hand of phones.values()) {
    hand.sim.name.textContent = countryName(hand.country.code);
    hand.sim.count.hidden = !hand.unread;
    hand.sim.count.textContent = hand.unread || "";
    hand.sim.count.title = say("unread");
  }
  for (const button of document.querySelectorAll(".dial")) {
    const { code, operator } = button.dataset;
    button.textContent = `${say("dial")} ${code}${operator ? ` · ${operator}` : ""}`;
  }
  $("sms-cost").textContent = $("sms-to").options.length ? smsCost() : say("noSmsCode");
}

// Texts

function drawTexts(ring) {
  const received = texts.get(digits(phone.number)) ?? [];
  $("sms-none").hidden = received.length > 0;
  $("envelope").hidden = received.length === 0;
  $("sms-list").replaceChildren(...[...received].reverse().map((sms, nth) => {
    const item = document.createElement("li");
    item.classList.toggle("new", Boolean(ring) && nth === 0);
    const head = document.createElement("p");
    head.className = "head";
    const from = document.createElement("span");
    from.textContent = sms.from;
    const at = document.createElement("time");
    at.dateTime = sms.at;
    at.textContent = clock(new Date(sms.at));
    head.append(from, at);
    const body = document.createElement("p");
    body.className = "body";
    body.textContent = sms.text;
    item.append(head, body);
    return item;
  }));
}

function smsArrived(sms, fresh) {
  const key = digits(sms.number);
  texts.set(key, [...(texts.get(key) ?? []), sms]);
  const hand = [...phones.values()].find((p) => digits(p.number) === key);
  if (hand && hand !== phone) {
    hand.unread = (hand.unread ?? 0) + 1;
    relabelPhones();
  }
  if (hand !== phone) return;
  drawTexts(fresh);
  if (!fresh) return;
  if (!phone.inCall && !phone.busy) {
    phone.text = `✉ ${sms.from}\n${sms.text}`;
    phone.size = null;
    draw();
  }
  ring();
}

function ring() {
  const body = $("phone");
  body.classList.remove("ringing");
  void body.offsetWidth; // Restarts the animation.
  body.classList.add("ringing");
  navigator.vibrate?.(200);
  chip("newSms", body);
}

function smsCost() {
  const text = $("sms-body").value;
  return text ? costInWords(cost(text)) : "";
}

async function sendSms() {
  const chosen = $("sms-to").selectedOptions[0];
  const body = $("sms-body").value;
  if (!chosen || !body.trim() || phone.busy) return;
  const hand = phone;
  const answer = await during(hand, post("phone/text", {
    number: hand.number, country: hand.country.code, channel: chosen.dataset.channel, to: chosen.value, body,
  }));
  if (answer.ok) $("sms-body").value = "";
  hand.through = chosen.dataset.channel;
  hand.note = answer.ok ? null : answer.detail;
  draw();
  $("sms-cost").textContent = answer.ok ? say("sent") : smsCost();
}

// The rest

/** On a small window: says that something happened out of sight, and leads there. */
function chip(words, target) {
  const box = target.getBoundingClientRect();
  if (box.top < innerHeight && box.bottom > 0) return;
  const link = $("chip");
  link.textContent = say(words);
  link.hidden = false;
  link.onclick = (event) => {
    event.preventDefault();
    link.hidden = true;
    target.scrollIntoView({ block: "start" });
  };
  clearTimeout(link.timer);
  link.timer = setTimeout(() => { link.hidden = true; }, 8000);
}

function relabel() {
  label(document);
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === current()));
  }
  const names = stage.inboxes.map((i) => i.name).join(" · ");
  $("desks").textContent = names ? say("desks", { names }) : "";
  relabelPhones();
  relabelLetters();
  drawLink($("link").dataset.state);
  tick();
  draw();
}

function drawLink(state) {
  $("link").dataset.state = state;
  $("link").textContent = say({ waiting: "linkWaiting", live: "linkLive", lost: "linkLost" }[state]);
}

function tick() {
  $("clock").textContent = clock(new Date());
}

function watch() {
  let run = null;
  let newest = 0;
  // What came before the page was opened is shown, but is not news.
  const fresh = (event) => Number(event.lastEventId.split("-").pop()) > newest;
  const events = new EventSource("/simulator/events");
  events.addEventListener("hello", (event) => {
    const told = JSON.parse(event.data);
    // The program was started anew: what this page shows belongs to a life that is over.
    if (run && run !== told.run) location.reload();
    ({ run, newest } = told);
    drawLink("live");
  });
  events.addEventListener("sms", (event) => smsArrived(JSON.parse(event.data), fresh(event)));
  events.addEventListener("letter", (event) => {
    const card = letterArrived(JSON.parse(event.data));
    if (card && fresh(event)) chip("newLetter", card);
  });
  events.addEventListener("reply", (event) => answered(JSON.parse(event.data)));
  events.addEventListener("error", () => drawLink("lost"));
}

function listen() {
  $("phone").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("answer").value;
    if (phone.inCall) press(text);
    else dial(text.trim() || codesOf(phone.country)[0]?.code || "");
  });
  $("phone").addEventListener("keydown", (event) => {
    if (event.key === "Escape") hangUp();
  });
  $("screen").addEventListener("scroll", drawMore);
  $("erase").addEventListener("click", erase);
  $("hangup").addEventListener("click", hangUp);
  $("number").addEventListener("change", (event) => {
    phone.number = event.target.value;
    phone.text = null;
    phone.inCall = false;
    drawTexts();
    draw();
  });
  $("sms-body").addEventListener("input", () => { $("sms-cost").textContent = smsCost(); });
  $("sms-form").addEventListener("submit", (event) => {
    event.preventDefault();
    sendSms();
  });
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => {
      choose(button.dataset.language);
      relabel();
    });
  }
  setInterval(tick, 10_000);
}

async function begin() {
  buildKeypad();
  listen();
  relabel();
  stage = await (await fetch("/simulator/setup")).json();
  buildPhones();
  relabel();
  watch();
}

begin().catch(() => drawLink("lost"));
