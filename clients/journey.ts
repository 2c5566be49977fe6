// The main journey with types that are generated from openapi.json. It is compiled only: that fails
// when a type that a client needs is missing or has become wider.

import createClient from "openapi-fetch";

import type { components, paths } from "./api";

type Problem = components["schemas"]["ProblemDetails"];
type Status = components["schemas"]["RegistrationStatus"];

/** Publishes a competition, registers for it, and returns the status of the registration. */
export async function journey(baseUrl: string, name: string): Promise<Status> {
  const client = createClient<paths>({ baseUrl });
  const organizer = await bearer(baseUrl, `${name} Organizer`, "ORGANIZER");
  const created = await client.POST("/competitions", {
    headers: organizer,
    params: { header: { "Idempotency-Key": `${name}-create` } },
    body: {
      title: "Code Sprint",
      description: "24 hours of code",
      tags: ["coding"],
      capacity: 50,
      regDeadline: "2030-11-29T07:10:30.000Z",
      startDate: null,
    },
  });
  const { id, startDate } = expect(created);
  // A field that is always sent and may be null.
  const date: string | null = startDate;
  const found = await client.GET("/competitions", {
    params: { query: { search: "sprint", sort: "deadline", page: 1, limit: 10 } },
  });
  const listed = expect(found).some((competition) => competition._count.registrations === 0);
  if (date !== null || !listed) throw new Error("the competition is not listed as it was created");

  const participant = await bearer(baseUrl, `${name} Participant`, "PARTICIPANT");
  const path = { id };
  const registered = await client.POST("/competitions/{id}/register", {
    headers: participant,
    params: { path, header: { "Idempotency-Key": `${name}-register` } },
  });
  const status: Status = expect(registered).status;
  await client.DELETE("/competitions/{id}/register", { headers: participant, params: { path } });
  return status;
}

async function bearer(
  baseUrl: string,
  name: string,
  role: components["schemas"]["SignupRole"],
): Promise<{ authorization: string }> {
  const client = createClient<paths>({ baseUrl });
  const email = `${name.toLowerCase().replaceAll(" ", ".")}@example.com`;
  const body = { name, email, password: "correct horse battery", role };
  const { token } = expect(await client.POST("/auth/signup", { body }));
  return { authorization: `Bearer ${token}` };
}

function expect<T>(answer: { data?: T; error?: Problem }): T {
  if (answer.data === undefined) throw new Error(answer.error?.detail ?? "no answer");
  return answer.data;
}
