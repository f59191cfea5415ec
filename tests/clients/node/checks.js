// What a program was told, and one line of JSON for each promise that it looked at.
import { readFileSync } from "node:fs";

export const given = JSON.parse(readFileSync(0, "utf8"));

export async function check(name, work) {
  try {
    await work();
    console.log(JSON.stringify({ check: name, error: null }));
  } catch (error) {
    // What follows may need this, so the program goes on and says what else is missing.
    console.log(JSON.stringify({ check: name, error: `${error.name}: ${error.message}` }));
  }
}

// The error with which it is refused; it is one itself when nothing is refused.
export async function refusal(work) {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error("it was not refused");
}
