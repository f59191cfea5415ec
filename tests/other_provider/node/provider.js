// The certified oidc-provider in the place of the user pool, on loopback.
//
// Its description is the first line of standard input; every line after that changes something.
// Each is answered by one line that says what the provider has done so far.

import { generateKeyPairSync, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import Provider from "oidc-provider";
import { createMemoryAdapter } from "oidc-provider/lib/adapters/memory_adapter.js";

// What a real token endpoint takes, so that requests really overlap.
const LATENCY_MS = 30;

// oidc-provider's notices belong in the log: standard output holds the answers.
console.info = console.warn;

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const description = JSON.parse((await lines.next()).value);
const adapter = createMemoryAdapter();
const cookieKeys = [randomUUID()];
const state = { keys: [signingKey()], idTokenSeconds: 3600, groups: {} };
const tokenAnswers = [];

const server = createServer();
server.listen(0, "127.0.0.1");
await once(server, "listening");
const url = `http://127.0.0.1:${server.address().port}`;
const issuer = `${url}/${description.poolId}`;
let answer = provider();

server.on("request", async (request, response) => {
  request.url = asProviderHasIt(request.url);
  if (request.url === "/oauth2/token") await setTimeout(LATENCY_MS);
  answer(request, response);
});
report();

for await (const line of lines) {
  const { keys, groups, idTokenSeconds } = JSON.parse(line);
  Object.assign(state.groups, groups);
  state.idTokenSeconds = idTokenSeconds ?? state.idTokenSeconds;
  if (keys) {
    state.keys = keys === "added" ? [signingKey(), ...state.keys] : [signingKey()];
    // Keys are fixed for the life of a provider; another one on the same storage has others.
    answer = provider();
  }
  report();
}
// Whoever started this has ended.
process.exit();

function report() {
  const keys = state.keys.map(({ kid }) => kid);
  process.stdout.write(`${JSON.stringify({ url, issuer, keys, tokenAnswers })}\n`);
}

function signingKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" };
}

// Cognito's documents are below the issuer, and its /logout has a parameter name of its own.
function asProviderHasIt(target) {
  const address = new URL(target, url);
  address.pathname = address.pathname.replace(`/${description.poolId}/.well-known/`, "/.well-known/");
  const back = address.searchParams.get("logout_uri");
  if (address.pathname === "/logout" && back) {
    address.searchParams.delete("logout_uri");
    address.searchParams.set("post_logout_redirect_uri", back);
  }
  return address.pathname + address.search;
}

function provider() {
  const made = new Provider(issuer, {
    adapter,
    clients: [
      {
        client_id: description.clientId,
        client_secret: description.clientSecret,
        redirect_uris: [`${description.webUrl}/oidc/callback/`],
        post_logout_redirect_uris: [`${description.webUrl}/signed-out/`],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "client_secret_basic",
        id_token_signed_response_alg: "RS256",
      },
    ],
    jwks: { keys: state.keys },
    cookies: { keys: cookieKeys },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    // Without the scope offline_access, and not only for as long as the provider's own session.
    issueRefreshToken: (_, client) => client.grantTypeAllowed("refresh_token"),
    expiresWithSession: () => false,
    scopes: ["openid", "email", "profile"],
    claims: {
      openid: ["sub", "token_use", "cognito:groups"],
      email: ["email", "email_verified"],
      profile: ["name"],
    },
    // The ID token holds what the scopes ask for, as Cognito's does, and not userInfo alone.
    conformIdTokenClaims: false,
    findAccount: (_, name) => ({ accountId: name, claims: (use) => claims(name, use) }),
    ttl: {
      AccessToken: 3600,
      AuthorizationCode: 60,
      Grant: 86_400,
      IdToken: () => state.idTokenSeconds,
      Interaction: 600,
      RefreshToken: 86_400,
      Session: 86_400,
    },
    routes: {
      authorization: "/oauth2/authorize",
      token: "/oauth2/token",
      userinfo: "/oauth2/userInfo",
      revocation: "/oauth2/revoke",
      end_session: "/logout",
      jwks: "/.well-known/jwks.json",
    },
    features: { revocation: { enabled: true }, devInteractions: { enabled: true } },
  });
  made.on("grant.success", ({ oidc, body }) => {
    tokenAnswers.push({ grant: oidc.params.grant_type, refresh_token: body.refresh_token });
  });
  made.on("grant.error", ({ oidc }, error) => {
    tokenAnswers.push({ grant: oidc.params?.grant_type, error: error.error });
  });
  return made.callback();
}

// Whoever gives a name at sign-in is a person of that name.
function claims(name, use) {
  return {
    sub: name,
    ...(use === "id_token" && { token_use: "id" }),
    ...(state.groups[name]?.length && { "cognito:groups": state.groups[name] }),
    email: `${name}@example.com`,
    email_verified: true,
    name,
  };
}
