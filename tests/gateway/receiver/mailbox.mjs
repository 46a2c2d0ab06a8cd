// A mail server with what real ones have: STARTTLS or TLS, AUTH, refusals now and for good. Prints a
// JSON line about every mail, read by another's parser. Ends when its standard input closes.
import { readFileSync } from "node:fs";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

const { tls, folder, user, password } = JSON.parse(process.argv[2]);
const refusedOnce = new Set();

function refusal(code, message) {
  return Object.assign(new Error(message), { responseCode: code });
}

const server = new SMTPServer({
  secure: tls === "implicit",
  key: folder && readFileSync(`${folder}/server.key`),
  cert: folder && readFileSync(`${folder}/server.pem`),
  authOptional: !user,
  disabledCommands: [...(tls === "none" ? ["STARTTLS"] : []), ...(user ? [] : ["AUTH"])],
  onAuth(given, session, done) {
    const right = given.username === user && given.password === password;
    done(right ? null : refusal(535, "bad credentials"), { user });
  },
  onRcptTo({ address }, session, done) {
    if (address.startsWith("never")) return done(refusal(550, "no such user, call +229 01 63 10 95 95"));
    if (address.startsWith("later") && !refusedOnce.has(address)) {
      refusedOnce.add(address);
      return done(refusal(451, "greylisted"));
    }
    done();
  },
  async onData(stream, session, done) {
    const mail = await simpleParser(stream);
    const attached = mail.attachments.map((a) => ({
      name: a.filename, type: a.contentType, content: a.content.toString("utf8"),
    }));
    console.log(JSON.stringify({
      secure: session.secure, user: session.user ?? null,
      to: session.envelope.rcptTo.map((r) => r.address), header_to: mail.to?.text,
      subject: mail.subject, id: mail.messageId, date: mail.date, text: mail.text, html: mail.html,
      automatic: mail.headers.get("auto-submitted"), attached,
    }));
    done();
  },
});

server.on("error", () => {});
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.server.address().port })));
process.stdin.on("end", () => process.exit(0)).resume();
