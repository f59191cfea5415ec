// AWS's own verifier takes the pool's tokens and refuses whatever is not quite one.
import assert from "node:assert/strict";
import { createHmac, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { JwtVerifier } from "aws-jwt-verify";
import { validateCognitoJwtFields } from "aws-jwt-verify/cognito-verifier";
import * as errors from "aws-jwt-verify/error";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import { check, given, refusal } from "./checks.js";

// CognitoJwtVerifier takes AWS's issuers only. This is the verifier for any issuer, with the checks
// that CognitoJwtVerifier adds. Its own fetcher takes https only, so it is given another.
function verifier(tokenUse, { clientId = given.clientId, issuer = given.issuer } = {}) {
  const jwksCache = new SimpleJwksCache({
    fetcher: { fetch: async (uri) => (await fetch(uri)).arrayBuffer() },
  });
  return JwtVerifier.create(
    {
      issuer,
      jwksUri: `${given.issuer}/.well-known/jwks.json`,
      // An access token of Cognito has none.
      audience: null,
      customJwtCheck: ({ payload }) =>
        validateCognitoJwtFields(payload, { tokenUse, clientId, groups: given.group }),
    },
    { jwksCache },
  );
}

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const decoded = (part) => JSON.parse(Buffer.from(part, "base64url").toString());
const signed = (header, payload, key) => {
  const content = `${encoded(header)}.${encoded(payload)}`;
  return `${content}.${sign("sha256", Buffer.from(content), key).toString("base64url")}`;
};
const refuses = async (use, token, kind, due) => {
  const error = await refusal(() => verifier(use, due).verify(token));
  assert.ok(error instanceof kind, `refused otherwise: ${error.message}`);
};

const jwks = await (await fetch(`${given.issuer}/.well-known/jwks.json`)).json();
const mine = generateKeyPairSync("rsa", { modulusLength: 2048 });

for (const use of ["id", "access"]) {
  const token = given.tokens[use];
  const [header, payload, signature] = token.split(".");
  const { kid } = decoded(header);
  const claims = decoded(payload);
  const other = { id: "access", access: "id" }[use];

  await check(`accepts the ${use} token`, async () => {
    const verified = await verifier(use).verify(token);
    assert.equal(verified.token_use, use);
    assert.equal(verified.sub, claims.sub);
  });
  await check(`accepts the ${use} token of a new signing key`, () =>
    verifier(use).verify(given.rotatedTokens[use]),
  );
  await check(`refuses the ${use} token where the ${other} token is due`, () =>
    refuses(other, token, errors.CognitoJwtInvalidTokenUseError),
  );
  await check(`refuses the ${use} token of another app client`, () =>
    refuses(use, token, errors.CognitoJwtInvalidClientIdError, { clientId: "another" }),
  );
  await check(`refuses the ${use} token of another issuer`, () =>
    refuses(use, token, errors.JwtInvalidIssuerError, { issuer: "http://127.0.0.1/another" }),
  );
  await check(`refuses an expired ${use} token`, () =>
    refuses(use, given.expiredTokens[use], errors.JwtExpiredError),
  );
  await check(`refuses the ${use} token of another pool`, () =>
    refuses(use, given.otherPoolTokens[use], errors.KidNotFoundInJwksError),
  );
  await check(`refuses a changed ${use} token`, () => {
    const changed = encoded({ ...claims, sub: "me" });
    return refuses(use, `${header}.${changed}.${signature}`, errors.JwtInvalidSignatureError);
  });
  await check(`refuses the ${use} token that says it is unsigned`, () => {
    const forged = `${encoded({ kid, alg: "none" })}.${payload}.${signature}`;
    return refuses(use, forged, errors.JwtInvalidSignatureAlgorithmError);
  });
  await check(`refuses the ${use} token without its signature`, () =>
    refuses(use, `${header}.${payload}.`, errors.JwtParseError),
  );
  await check(`refuses the ${use} token signed by the public key as a secret`, () => {
    const jwk = jwks.keys.find((key) => key.kid === kid);
    const pem = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
    const content = `${encoded({ kid, alg: "HS256" })}.${payload}`;
    const mac = createHmac("sha256", pem).update(content).digest("base64url");
    return refuses(use, `${content}.${mac}`, errors.JwtInvalidSignatureAlgorithmError);
  });
  await check(`refuses the ${use} token signed by a stranger under the pool's kid`, () =>
    refuses(use, signed({ kid, alg: "RS256" }, claims, mine.privateKey), errors.JwtInvalidSignatureError),
  );
  await check(`refuses the ${use} token that brings its own key`, () => {
    const jwk = mine.publicKey.export({ format: "jwk" });
    const forged = signed({ kid: "mine", alg: "RS256", jwk }, claims, mine.privateKey);
    return refuses(use, forged, errors.KidNotFoundInJwksError);
  });
}

await check("finds different keys for ID and access tokens", () => {
  const kids = ["id", "access"].map((use) => decoded(given.tokens[use].split(".")[0]).kid);
  assert.notEqual(kids[0], kids[1]);
});
