// What the client scripts share: the settings come as the first argument, each question to the
// person and the results at the end go out as one line of JSON, each answer comes in as a line.
import { createInterface } from "node:readline";

export const settings = JSON.parse(process.argv[2]);

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** @param {Record<string, unknown>} question */
export async function ask(question) {
  process.stdout.write(JSON.stringify(question) + "\n");
  return (await answers.next()).value;
}

/** @param {Record<string, unknown>} results */
export function done(results) {
  process.stdout.write(JSON.stringify({ results }) + "\n", () => process.exit(0));
}
