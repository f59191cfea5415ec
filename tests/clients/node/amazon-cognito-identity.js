// Amplify's client makes an account, confirms it and uses it. It knows no app client secret and signs
// in without SRP here, so the stack has one more app client for it.
import assert from "node:assert/strict";
import { AuthenticationDetails, CognitoUser, CognitoUserPool } from "amazon-cognito-identity-js";
import { check, given, refusal } from "./checks.js";

const { endpoint, poolId, clientId } = given.public;
const pool = new CognitoUserPool({ UserPoolId: poolId, ClientId: clientId, endpoint });
const email = "amplify@example.com";
const passwords = ["First-passw0rd!", "Second-passw0rd!", "Third-passw0rd!"];
const user = new CognitoUser({ Username: email, Pool: pool });
user.setAuthenticationFlowType("USER_PASSWORD_AUTH");

// Its methods take callbacks, of two kinds.
const called = (target, method, ...values) =>
  new Promise((resolve, reject) =>
    target[method](...values, (error, result) => (error ? reject(error) : resolve(result))),
  );
const handled = (method, ...values) =>
  new Promise((onSuccess, onFailure) => user[method](...values, { onSuccess, onFailure }));
const signIn = (Password) =>
  handled("authenticateUser", new AuthenticationDetails({ Username: email, Password }));
const refusedWith = async (code, work) => assert.equal((await refusal(work)).code, code);

async function mailedCode() {
  const url = `${endpoint}/_local/mail?to=${encodeURIComponent(email)}`;
  const [newest] = await (await fetch(url, { headers: { accept: "application/json" } })).json();
  return newest.code;
}

await check("is refused a password that the policy does not take", () =>
  refusedWith("InvalidPasswordException", () => called(pool, "signUp", email, "short", [], null)),
);
await check("signs a person up", async () => {
  const { userConfirmed } = await called(pool, "signUp", email, passwords[0], [], null);
  assert.equal(userConfirmed, false);
});
await check("is refused the same address again", () =>
  refusedWith("UsernameExistsException", () => called(pool, "signUp", email, passwords[0], [], null)),
);
await check("cannot sign in before the confirmation", () =>
  refusedWith("UserNotConfirmedException", () => signIn(passwords[0])),
);
await check("is refused a wrong code", () =>
  refusedWith("CodeMismatchException", () => called(user, "confirmRegistration", "000000", false)),
);
await check("asks for another code", () => called(user, "resendConfirmationCode"));
await check("confirms the person with the code from the mail", async () => {
  assert.equal(await called(user, "confirmRegistration", await mailedCode(), false), "SUCCESS");
});
await check("is refused a wrong password", () =>
  refusedWith("NotAuthorizedException", () => signIn(passwords[2])),
);
let session;
await check("signs in by password", async () => {
  session = await signIn(passwords[0]);
  assert.equal(session.getIdToken().payload.email, email);
  assert.ok(session.isValid());
});
await check("refreshes", async () => {
  const refreshed = await called(user, "refreshSession", session.getRefreshToken());
  assert.notEqual(refreshed.getIdToken().getJwtToken(), session.getIdToken().getJwtToken());
});
await check("reads the attributes", async () => {
  const attributes = await called(user, "getUserAttributes");
  const values = Object.fromEntries(attributes.map((one) => [one.getName(), one.getValue()]));
  assert.equal(values.email, email);
  assert.equal(values.email_verified, "true");
});
await check("changes the password", () => called(user, "changePassword", passwords[0], passwords[1]));
await check("signs out everywhere, and cannot refresh any more", async () => {
  await handled("globalSignOut");
  await refusedWith("NotAuthorizedException", () =>
    called(user, "refreshSession", session.getRefreshToken()),
  );
});
await check("sets a forgotten password anew", async () => {
  await handled("forgotPassword");
  await handled("confirmPassword", await mailedCode(), passwords[2]);
  await signIn(passwords[2]);
});
await check("is told that there is no SRP", async () => {
  user.setAuthenticationFlowType("USER_SRP_AUTH");
  const error = await refusal(() => signIn(passwords[2]));
  assert.match(error.message, /SRP/);
});
