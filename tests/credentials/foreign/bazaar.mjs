// @digitalbazaar/vc with eddsa-rdfc-2022: {documents, cases: {name: credential}} in, verdicts out.
import {closed, read} from "./closed.mjs";
import * as vc from "@digitalbazaar/vc";
import {DataIntegrityProof} from "@digitalbazaar/data-integrity";
import {cryptosuite} from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";

const {documents, cases} = await read();
const documentLoader = closed(documents);
const verdicts = {};
for (const [name, credential] of Object.entries(cases)) {
  const suite = new DataIntegrityProof({cryptosuite});
  const found = await vc.verifyCredential({
    credential, suite, documentLoader, checkStatus: async () => ({verified: true}),
  });
  const errors = found.error?.errors ?? (found.error ? [found.error] : []);
  verdicts[name] = {valid: found.verified, says: errors.map((e) => e.message).join(" ")};
}
process.stdout.write(JSON.stringify(verdicts));
