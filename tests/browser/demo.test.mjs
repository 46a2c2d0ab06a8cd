// `passerelle demo`, as the person sees it who opens its address.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { dial, inCall, screen, shoot, startBrowser, startDemo, type, visit, walk } from "./stage.mjs";

const CODE = /\b[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]\b/;

let demo;
let browser;

before(async () => {
  [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

const JOURNEYS = [
  {
    country: "bj",
    wishes: [/Fran[cç]ais/, /Mauvais/, /Envoyer/],
    words: "L'hôpital est fermé * depuis 3 jours # é",
    reply: "Merci. Une équipe passe demain.",
  },
  {
    country: "rw",
    wishes: [/Kinyarwanda/, /Mbi/, /Ohereza/],
    words: "Amazi yabuze * é",
    reply: "Murakoze. Ejo turaza.",
  },
  {
    country: "cg",
    wishes: [/Fran[cç]ais/, /Mauvais/, /Envoyer/],
    words: "Pas d'eau à l'école * trois fois*é",
    reply: "C’est noté, ça revient ce soir.",
  },
];

for (const { country, wishes, words, reply } of JOURNEYS) {
  test(`a citizen is heard and answered: ${country}`, async () => {
    const page = await visit(browser, demo.address);
    const first = await dial(page, `#dial-${country}`);
    await shoot(page, `${country}-1-dialled`);
    assert.ok(await inCall(page), first);

    const seen = await walk(page, { wishes, words });
    const last = seen.at(-1);
    assert.match(last, CODE);
    // A screen shows what the GSM alphabet has; the letter below says what was typed.
    const shown = words.replaceAll("ô", "o");
    assert.ok(seen.some((text) => text.includes(shown)), `the words stand on a screen:\n${seen.join("\n--\n")}`);
    const code = last.match(CODE)[0];
    await shoot(page, `${country}-2-filed`);

    const letter = page.locator(".letter[data-feedback]", { has: page.getByText(code, { exact: true }) });
    await letter.waitFor();
    assert.equal(await letter.locator(".words").innerText(), words);
    assert.equal(await letter.locator(".seal").getAttribute("data-verified"), "true");
    assert.equal(await letter.locator(".experience.bad").count(), 1);

    const rings = page.waitForSelector("#phone.ringing");
    await letter.locator(".reply-text").fill(reply);
    await letter.locator(".reply-send").click();
    await rings;
    const sms = page.locator("#sms-list li").first();
    assert.ok((await sms.locator(".body").innerText()).includes(code));
    await letter.locator('.reply-state[data-state="delivered"]').waitFor();
    assert.match(await letter.locator(".reply-state").innerText(), /1 part/);
    await shoot(page, `${country}-3-answered`);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });
}

test("a text message is heard, and answered with its code", async () => {
  const page = await visit(browser, demo.address);
  await page.check("#country-rw");
  await page.click("#compose summary");
  const words = `Umuganga ntahari ${Date.now()}`;
  await page.fill("#sms-body", words);
  await page.click("#sms-send");
  const letter = page.locator(".letter[data-feedback]", { hasText: words });
  await letter.waitFor();
  await page.locator("#sms-list li", { hasText: CODE }).first().waitFor();
  await shoot(page, "text");
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("what a citizen writes is never markup", async () => {
  const page = await visit(browser, demo.address);
  await dial(page, "#dial-bj");
  const words = '<img src=x onerror="document.title=1">&amp;';
  const seen = await walk(page, { wishes: JOURNEYS[0].wishes, words });
  const code = seen.at(-1).match(CODE)[0];
  const letter = page.locator(".letter", { has: page.getByText(code, { exact: true }) });
  assert.equal(await letter.locator(".words").innerText(), words);
  assert.equal(await page.title(), "Passerelle");
  await page.context().close();
});

test("a letter that nobody signed is refused, and its words are not shown", async () => {
  const page = await visit(browser, demo.address);
  const body = { type: "feedback.received", data: { id: "fb_forged", text: "do not believe me" } };
  const forge = (headers) => fetch(`${demo.address}/inbox/bj-sante`, {
    method: "POST",
    headers: { "content-type": "application/json", "webhook-id": "msg_forged", ...headers },
    body: JSON.stringify(body),
  });
  assert.equal((await forge({})).status, 401);
  const now = String(Math.floor(Date.now() / 1000));
  assert.equal((await forge({ "webhook-timestamp": now, "webhook-signature": "v1,AAAA" })).status, 401);
  const card = page.locator(".letter.forged").first();
  await card.waitFor();
  assert.ok(!(await card.locator(".words").innerText()).includes("believe me"));
  assert.equal(await card.locator(".reply").count(), 0);
  await shoot(page, "forged");
  await page.context().close();
});

test("the phone works by keyboard, by its keys, and hangs up", async () => {
  const page = await visit(browser, demo.address);
  await page.focus("#answer");
  await page.keyboard.press("Enter");
  await page.waitForSelector('#phone[data-mode="call"]');
  const first = await screen(page);
  await page.click('#keypad [data-key="1"]');
  await page.click('#keypad [data-key="2"]');
  await page.click("#erase");
  assert.equal(await page.inputValue("#answer"), "1");
  await page.focus("#answer");
  await page.keyboard.press("Enter");
  await page.waitForFunction((before) => document.querySelector("#screen").innerText !== before, first);
  await page.click("#hangup");
  await page.waitForSelector('#phone[data-mode="idle"]');
  await dial(page, "#dial-bj");
  await page.keyboard.press("Escape");
  await page.waitForSelector('#phone[data-mode="idle"]');
  await page.fill("#answer", "*999#");
  await page.click("#send");
  await page.waitForSelector("#note:not([hidden])");
  assert.match(await page.innerText("#note"), /\*7344#/);
  await page.context().close();
});

test("the page speaks French and English, and fits a small window", async () => {
  const french = await visit(browser, demo.address, { locale: "fr-FR" });
  assert.equal(await french.getAttribute("html", "lang"), "fr");
  await french.click('[data-language="en"]');
  assert.equal(await french.getAttribute("html", "lang"), "en");
  await french.reload();
  await french.waitForSelector(".dial");
  assert.equal(await french.getAttribute("html", "lang"), "en");
  await french.context().close();
  for (const width of [360, 390, 768]) {
    const small = await visit(browser, demo.address, { viewport: { width, height: 844 } });
    await dial(small, "#dial-bj");
    assert.equal(await small.evaluate(() => document.documentElement.scrollWidth), width);
    await shoot(small, `small-${width}`);
    await small.context().close();
  }
  const dark = await visit(browser, demo.address, { colorScheme: "dark" });
  await dial(dark, "#dial-rw");
  await type(dark, "1");
  await shoot(dark, "dark");
  await dark.context().close();
});

test("nothing that a citizen said stands in the log", () => {
  for (const { words, reply } of JOURNEYS) {
    assert.ok(!demo.log().includes(words));
    assert.ok(!demo.log().includes(reply));
  }
  assert.doesNotMatch(demo.log(), /2290197000001|250788000001|242066000001/);
});
