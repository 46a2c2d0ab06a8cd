// What the browser tests stand on: the built program, a browser, and hands that use the page as a
// person does.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BINARY = process.env.PASSERELLE_BIN ?? `${ROOT}target/debug/passerelle`;
const SCREENSHOTS = `${ROOT}target/screenshots`;
const PATIENCE = 15_000;

/** Starts `passerelle demo` on free ports; resolves once it has printed the page's address. */
export async function startDemo() {
  const demo = spawn(BINARY, ["demo"], {
    env: {
      ...process.env,
      PASSERELLE_SERVER__LISTEN: "127.0.0.1:0",
      PASSERELLE_SERVER__ADMIN_LISTEN: "127.0.0.1:0",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  demo.stderr.on("data", (data) => { said += data; });
  const address = await new Promise((resolve, reject) => {
    createInterface({ input: demo.stdout }).on("line", (line) => {
      said += `${line}\n`;
      const found = line.match(/http:\/\/\S+\/simulator/);
      if (found) resolve(found[0]);
    });
    demo.once("error", reject);
    demo.once("exit", (code) => reject(new Error(`demo ended with ${code}:\n${said}`)));
    setTimeout(() => reject(new Error(`no address within ${PATIENCE} ms:\n${said}`)), PATIENCE).unref();
  });
  const stop = async () => {
    if (demo.exitCode !== null || demo.signalCode !== null) return;
    const ended = once(demo, "exit");
    demo.kill("SIGTERM");
    await ended;
  };
  return { address, stop, log: () => said };
}

export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_BIN ?? "/usr/bin/chromium",
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
}

/** Opens the page as a visitor who was never here. `complaints` gathers what the console says. */
export async function visit(browser, address, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") page.complaints.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(new URL(address).origin)) page.complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(address);
  await page.waitForSelector(".dial");
  await page.waitForSelector('#link[data-state="live"]');
  return page;
}

export async function shoot(page, name, options = {}) {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, ...options });
}

export const screen = (page) => page.locator("#screen").innerText();
export const inCall = async (page) => (await page.getAttribute("#phone", "data-mode")) === "call";

/** Does something that makes the phone ask its network, and waits for the screen. */
async function andWait(page, path, act) {
  const answered = page.waitForResponse((response) => response.url().endsWith(`/phone/${path}`));
  await act();
  await answered;
  await page.waitForSelector('#phone[aria-busy="false"]');
  return screen(page);
}

export const dial = (page, button) => andWait(page, "dial", () => page.click(button));

export async function type(page, text) {
  await page.fill("#answer", text);
  return andWait(page, "press", () => page.click("#send"));
}

/** The keys and labels that a screen offers, without those that lead back or on. */
export function options(text) {
  return text
    .split("\n")
    .map((line) => line.match(/^\s*(\d+)[.):]?\s+(.+)$/))
    .filter((found) => found && !found[1].startsWith("0") && found[1] !== "98")
    .map(([, key, label]) => ({ key, label }));
}

/**
 * Walks a menu to its end as a person does who reads it: takes the first option that one of the
 * wishes means, or else the first one; where there is nothing to choose, writes the words.
 */
export async function walk(page, { wishes, words }) {
  const seen = [];
  for (let step = 0; step < 20 && (await inCall(page)); step += 1) {
    const text = await screen(page);
    seen.push(text);
    const offered = options(text);
    const wished = wishes.map((wish) => offered.find(({ label }) => wish.test(label))).find(Boolean);
    await type(page, offered.length ? (wished ?? offered[0]).key : words);
  }
  seen.push(await screen(page));
  return seen;
}
