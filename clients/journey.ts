// The main journey, with a client whose types are generated from openapi.json. Compiling it fails when a type that a
// client needs is missing or has become wider; journey.test.mjs runs it.

import createClient from "openapi-fetch";

import type { components, paths } from "./generated/api";

type Schemas = components["schemas"];
type Problem = Schemas["ProblemDetails"];

/** Publishes a competition, registers for it twice with one key, and cancels the registration. */
export async function journey(baseUrl: string, name: string): Promise<void> {
  const client = createClient<paths>({ baseUrl });
  const organizer = await signUp(baseUrl, `${name} Organizer`, "ORGANIZER");
  const participant = await signUp(baseUrl, `${name} Participant`, "PARTICIPANT");

  const created = await client.POST("/competitions", {
    headers: organizer,
    params: { header: { "Idempotency-Key": `${name}-create` } },
    body: {
      title: `${name} Sprint`,
      description: "24 hours of code",
      tags: ["coding"],
      capacity: 50,
      regDeadline: "2099-11-29T07:10:30.000Z",
      startDate: null,
    },
  });
  const { id, startDate } = dataOf(created);
  // A field that is always sent and may be null.
  const date: string | null = startDate;
  equal("start", date, null);
  const found = await client.GET("/competitions", {
    params: { query: { search: name, sort: "deadline", page: 1, limit: 10 } },
  });
  equal("found", dataOf(found).map((competition) => competition.id).join(), id);

  const register = () =>
    client.POST("/competitions/{id}/register", {
      headers: participant,
      params: { path: { id }, header: { "Idempotency-Key": `${name}-register` } },
    });
  const first = await register();
  const status: Schemas["RegistrationStatus"] = dataOf(first).status;
  equal("status", status, "PENDING");
  const again = await register();
  equal("second registration", dataOf(again).id, dataOf(first).id);
  equal("replayed", again.response.headers.get("idempotency-replayed"), "true");

  const unkeyed = await client.POST("/competitions/{id}/register", {
    headers: participant,
    params: { path: { id } },
  });
  equal("refusal", unkeyed.error?.code, "already_registered");
  equal("its registration", unkeyed.error?.registrationId, dataOf(first).id);

  await confirmation(baseUrl, participant, name);
  const cancelled = await client.DELETE("/competitions/{id}/register", {
    headers: participant,
    params: { path: { id } },
  });
  equal("cancellation", cancelled.response.status, 204);
  const seats = await client.GET("/competitions/{id}/seats", { params: { path: { id } } });
  equal("seats left", dataOf(seats).seatsLeft, 50);
}

/** The header that authorizes a new user. */
async function signUp(
  baseUrl: string,
  name: string,
  role: Schemas["SignupRole"],
): Promise<{ authorization: string }> {
  const client = createClient<paths>({ baseUrl });
  const email = `${name.toLowerCase().replaceAll(" ", ".")}@example.com`;
  const body = { name, email, password: "correct horse battery", role };
  const { token } = dataOf(await client.POST("/auth/signup", { body }));
  return { authorization: `Bearer ${token}` };
}

/** Waits until a background job has delivered the confirmation. */
async function confirmation(
  baseUrl: string,
  headers: { authorization: string },
  name: string,
): Promise<void> {
  const client = createClient<paths>({ baseUrl });
  const query = { search: `${name} Sprint` };
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const [mail] = dataOf(await client.GET("/mailbox/my", { headers, params: { query } }));
    if (mail !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("no confirmation within 10 s");
}

function dataOf<T>(answer: { data?: T; error?: Problem }): T {
  if (answer.data === undefined) throw new Error(answer.error?.detail ?? "no answer");
  return answer.data;
}

function equal<T>(what: string, actual: T, expected: T): void {
  if (actual !== expected) throw new Error(`${what}: ${String(actual)}, not ${String(expected)}`);
}
