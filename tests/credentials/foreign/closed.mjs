// The whole world these verifiers can reach: what was handed in, by address. Nothing else is there.
export function closed(documents) {
  globalThis.fetch = async (asked) => {
    const url = String(asked?.url ?? asked);
    if (!(url in documents)) throw new Error(`offline: ${url}`);
    return new Response(JSON.stringify(documents[url]),
      {status: 200, headers: {"content-type": "application/ld+json"}});
  };
  return async (url) => {
    const [whole, part] = url.split("#");
    if (url in documents) return {contextUrl: null, documentUrl: url, document: documents[url]};
    const did = part && documents[`did:${whole}`];
    const key = did?.verificationMethod.find((one) => one.id === url);
    if (key) return {contextUrl: null, documentUrl: url, document: {"@context": did["@context"], ...key}};
    const found = documents[`did:${url}`];
    if (found) return {contextUrl: null, documentUrl: url, document: found};
    throw new Error(`offline: ${url}`);
  };
}

export async function read() {
  let text = "";
  for await (const part of process.stdin) text += part;
  return JSON.parse(text);
}
