// @digitalcredentials/verifier-core with the strict schema: {documents, cases} in, verdicts out.
import {closed, read} from "./closed.mjs";

const {documents, cases} = await read();
closed(documents);
console.log = () => {};
const {verifyCredential} = await import("@digitalcredentials/verifier-core");
const verdicts = {};
for (const [name, credential] of Object.entries(cases)) {
  const found = await verifyCredential({credential, knownDIDRegistries: []});
  const log = Object.fromEntries((found.log ?? []).map((step) => [step.id, step.valid ?? step.error?.message]));
  const schemas = (found.additionalInformation ?? []).flatMap((one) => one.results ?? []);
  verdicts[name] = {
    log, schemas: Array.isArray(schemas) ? schemas.map((one) => one.result?.valid ?? one) : schemas,
    errors: (found.errors ?? []).map((e) => `${e.name}: ${e.message}`),
    schemaErrors: schemas.flatMap((one) => one.result?.errors ?? []).map((e) => `${e.instancePath} ${e.message}`),
  };
}
process.stdout.write(JSON.stringify(verdicts));
