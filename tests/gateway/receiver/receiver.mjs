// An institution's receiver: verifies every webhook with the public library and prints one JSON
// line about it. Ends when its standard input closes.
import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";

const library = new Webhook(process.argv[2]);

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks).toString("utf8");
    try {
      const event = library.verify(body, request.headers);
      console.log(JSON.stringify({ verified: true, id: request.headers["webhook-id"], event }));
      response.writeHead(204).end();
    } catch (error) {
      console.log(JSON.stringify({ verified: false, why: error.message }));
      response.writeHead(401).end();
    }
  });
});

server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port })));
process.stdin.on("end", () => process.exit(0)).resume();
