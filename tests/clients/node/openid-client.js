// A certified relying party signs a person in, refreshes, revokes, and is refused where it must be.
import assert from "node:assert/strict";
import * as client from "openid-client";
import { check, given, refusal } from "./checks.js";
import { signIn } from "./hosted-ui.js";

async function configured(authentication) {
  return client.discovery(new URL(given.issuer), given.clientId, {}, authentication, {
    // Plain http, and signatures are looked at although the token comes straight from the pool.
    execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
  });
}

// Everything of one attempt: where the browser came back, and what the grant has to fit.
async function attempt(config) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const expectedNonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: given.callback,
    scope: "openid email",
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
    nonce: expectedNonce,
  });
  const callback = await signIn(url, given.person);
  return { callback, checks: { pkceCodeVerifier, expectedState, expectedNonce } };
}

const grant = (config, { callback, checks }) =>
  client.authorizationCodeGrant(config, callback, { ...checks, idTokenExpected: true });
const refusedWith = async (error, work) => assert.equal((await refusal(work)).error, error);

for (const [name, authentication] of [
  ["client_secret_basic", client.ClientSecretBasic(given.clientSecret)],
  ["client_secret_post", client.ClientSecretPost(given.clientSecret)],
]) {
  let config, begun, tokens;
  await check(`${name}: reads the discovery document`, async () => {
    config = await configured(authentication);
    assert.equal(config.serverMetadata().issuer, given.issuer);
  });
  await check(`${name}: signs in with PKCE, state and nonce`, async () => {
    begun = await attempt(config);
    tokens = await grant(config, begun);
    assert.equal(tokens.claims().email, given.person.email);
    assert.ok(tokens.refresh_token);
  });
  await check(`${name}: reads userInfo`, async () => {
    const info = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
    assert.equal(info.email, given.person.email);
  });
  await check(`${name}: refreshes, and the refresh token rotates`, async () => {
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
    assert.equal(refreshed.claims().sub, tokens.claims().sub);
    assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
    tokens = refreshed;
  });
  await check(`${name}: revokes, and cannot refresh any more`, async () => {
    await client.tokenRevocation(config, tokens.refresh_token);
    await refusedWith("invalid_grant", () => client.refreshTokenGrant(config, tokens.refresh_token));
  });
  await check(`${name}: cannot use a code twice`, () =>
    refusedWith("invalid_grant", () => grant(config, begun)),
  );
  await check(`${name}: cannot use a code with another verifier`, async () => {
    const other = await attempt(config);
    other.checks.pkceCodeVerifier = client.randomPKCECodeVerifier();
    await refusedWith("invalid_grant", () => grant(config, other));
  });
}

await check("is refused with a wrong secret", async () => {
  const config = await configured(client.ClientSecretBasic("wrong"));
  const begun = await attempt(config);
  await refusedWith("invalid_client", () => grant(config, begun));
});
