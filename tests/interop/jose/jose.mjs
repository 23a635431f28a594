// Jobs as JSON on standard input, outcomes as JSON on standard output; the library is found by NODE_PATH's folder.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const found = createRequire(`${process.env.JOSE_FOLDER}/`).resolve("jose");
const { CompactSign, compactVerify, importJWK } = await import(pathToFileURL(found));

async function done({ act, alg, jwk, payload, token }) {
  const key = await importJWK(jwk, alg);
  if (act === "sign") {
    const bytes = new TextEncoder().encode(payload);
    return new CompactSign(bytes).setProtectedHeader({ alg, typ: "JWT" }).sign(key);
  }
  const verified = await compactVerify(token, key, { algorithms: [alg] });
  return new TextDecoder().decode(verified.payload);
}

let text = "";
for await (const chunk of process.stdin) text += chunk;
const outcomes = [];
for (const job of JSON.parse(text)) {
  try {
    outcomes.push({ ok: await done(job) });
  } catch (error) {
    outcomes.push({ error: String(error.code ?? error) });
  }
}
process.stdout.write(JSON.stringify(outcomes));
