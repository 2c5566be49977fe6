import { type APIRequestContext, type APIResponse } from '@playwright/test';
import { inDays } from './time.ts';
import { unique } from './unique.ts';

export const PASSWORD = 'correct horse battery';

export type Role = 'PARTICIPANT' | 'ORGANIZER';

export type Person = { id: string; name: string; email: string; token: string };

export type Competition = {
  id: string;
  title: string;
  capacity: number;
  seatsLeft: number;
  /** RFC 3339. */
  startDate: string | null;
  onlineUrl?: string | null;
  /** Only of one competition, not in lists. */
  questions?: { id: string; label: string }[];
};

export type Registration = { id: string; status: string; answers: { question: string; value: unknown }[] };

type Wanted = {
  owner?: Person;
  title?: string;
  description?: string;
  tags?: string[];
  seats?: number;
  /** How many can wait for a seat; no waiting list by default. */
  waitlist?: number;
  /** Whether the organizer approves registrations. */
  approval?: boolean;
  /** Who can register: with `codes` one of them is needed. */
  access?: 'OPEN' | 'CODE' | 'INVITATION';
  codes?: { code: string; maxUses?: number }[];
  /** Days from now. */
  deadline?: number;
  /** Days from now; no start by default. */
  start?: number;
  /** Days from now; already open by default. */
  opens?: number;
  zone?: string;
  /** Public by default. */
  visibility?: 'DRAFT' | 'UNLISTED' | 'PUBLIC';
  /** What it asks; nothing by default. */
  questions?: object[];
  /** When it ends and where it takes place, by their names in the API; nothing by default. */
  facts?: {
    endsAt?: string;
    summary?: string;
    venueName?: string;
    venueAddress?: string;
    onlineUrl?: string;
    website?: string;
    contactEmail?: string;
    rules?: string;
    prizes?: string;
    schedule?: string;
  };
};

export type OrganizerMessage = { id: string; version: number };

/** Answers in the order of the questions. */
function answersTo(competition: Competition, values: unknown[]): object[] {
  return values.map((value, index) => ({ questionId: competition.questions?.[index]?.id, value }));
}

/** Creates the data of a test over the REST API. */
export class Api {
  constructor(private readonly request: APIRequestContext) {}

  participant(name = 'Pia Participant'): Promise<Person> {
    return this.signUp(name, 'PARTICIPANT');
  }

  organizer(name = 'Olga Organizer'): Promise<Person> {
    return this.signUp(name, 'ORGANIZER');
  }

  /** A participant who organizes, too. */
  async withBothRoles(name = 'Pia Participant'): Promise<Person> {
    const participant = await this.participant(name);
    await this.call('POST', '/api/auth/roles', participant, { role: 'ORGANIZER' });
    return participant;
  }

  /** The administrator that serve.sh creates. */
  async admin(): Promise<Person> {
    const email = 'admin@example.com';
    const body = { email, password: PASSWORD };
    const { token, user } = await this.send<{ token: string; user: { id: string; name: string } }>(
      'POST',
      '/api/auth/login',
      undefined,
      body,
    );
    return { ...user, email, token };
  }

  /** Discards a failed job. */
  async discard(admin: Person, id: string): Promise<void> {
    await this.call('DELETE', `/api/admin/failed-jobs/${id}`, admin);
  }

  /** A competition, of a new organizer by default. */
  async competition(wanted: Wanted = {}): Promise<Competition> {
    const owner = wanted.owner ?? (await this.organizer());
    return this.send('POST', '/api/competitions', owner, {
      title: wanted.title ?? unique('Chess Open'),
      description: wanted.description ?? 'Seven rounds.\n\nBring a board.',
      tags: wanted.tags ?? [],
      capacity: wanted.seats ?? 40,
      waitlistCapacity: wanted.waitlist,
      approvalRequired: wanted.approval,
      access: wanted.access ?? (wanted.codes && 'CODE'),
      accessCodes: wanted.codes,
      regDeadline: inDays(wanted.deadline ?? 7).toISOString(),
      startDate: wanted.start === undefined ? null : inDays(wanted.start).toISOString(),
      regOpensAt: wanted.opens === undefined ? null : inDays(wanted.opens).toISOString(),
      timeZone: wanted.zone ?? 'UTC',
      visibility: wanted.visibility,
      questions: wanted.questions,
      ...wanted.facts,
    });
  }

  /** Uploads a picture. */
  picture(owner: Person, picture: Buffer): Promise<{ id: string; path: string }> {
    return this.send('POST', '/api/assets', owner, picture);
  }

  /** Uploads a picture and sets it as the cover of a competition, as its owner. */
  async setCover(owner: Person, competition: Competition, picture: Buffer, alt: string): Promise<void> {
    const { id } = await this.picture(owner, picture);
    const cover = { assetId: id, alt };
    await this.call('PATCH', `/api/competitions/${competition.id}`, owner, { cover });
  }

  /** With answers in the order of the questions. */
  register(participant: Person, competition: Competition, values: unknown[] = []): Promise<Registration> {
    const answers = answersTo(competition, values);
    const body = answers.length > 0 ? { answers } : undefined;
    return this.send('POST', `/api/competitions/${competition.id}/register`, participant, body);
  }

  /** Registers with an access code. */
  registerByCode(participant: Person, competition: Competition, accessCode: string): Promise<Registration> {
    return this.send('POST', `/api/competitions/${competition.id}/register`, participant, { accessCode });
  }

  /** Invites addresses, as the owner of the competition. */
  async invite(owner: Person, competition: Competition, emails: string[]): Promise<void> {
    await this.send('POST', `/api/competitions/${competition.id}/invitations`, owner, { emails });
  }

  /** The codes of the invitations to a competition, newest first, for its owner. */
  async codes(owner: Person, competition: Competition): Promise<string[]> {
    const path = `/api/competitions/${competition.id}/invitations`;
    const invitations = await this.send<{ code: string }[]>('GET', path, owner);
    return invitations.map(({ code }) => code);
  }

  /** Writes a draft of a message to the participants with a seat, as the owner of the competition. */
  writeMessage(
    owner: Person,
    competition: Competition,
    wanted: { subject?: string; text?: string } = {},
  ): Promise<OrganizerMessage> {
    const message = { subject: 'Bring a laptop', text: 'Your **own** one.', statuses: ['CONFIRMED'], ...wanted };
    return this.send('POST', `/api/competitions/${competition.id}/messages`, owner, message);
  }

  /** Sends a message at once, as the owner of the competition. */
  async sendMessage(owner: Person, competition: Competition, message: OrganizerMessage): Promise<void> {
    const { id, version } = message;
    await this.call('POST', `/api/competitions/${competition.id}/messages/${id}/send`, owner, { version });
  }

  /** Replaces the answers of a participant, as the owner of the competition. */
  async correctAnswers(
    owner: Person,
    competition: Competition,
    registration: Registration,
    values: unknown[],
  ): Promise<void> {
    const path = `/api/competitions/${competition.id}/registrations/${registration.id}`;
    await this.call('PATCH', path, owner, { answers: answersTo(competition, values) });
  }

  /** Approves registrations, as the owner of the competition. */
  async approve(owner: Person, competition: Competition, ids: string[]): Promise<void> {
    await this.call('POST', `/api/competitions/${competition.id}/registrations/approve`, owner, {
      registrationIds: ids,
    });
  }

  /** Rejects registrations, as the owner of the competition. */
  async reject(owner: Person, competition: Competition, ids: string[], reason: string): Promise<void> {
    await this.call('POST', `/api/competitions/${competition.id}/registrations/reject`, owner, {
      registrationIds: ids,
      reason,
    });
  }

  /** Replaces what a competition asks, as its owner. */
  async ask(owner: Person, competition: Competition, questions: object[]): Promise<void> {
    await this.call('PATCH', `/api/competitions/${competition.id}`, owner, { questions });
  }

  /** The public view of a competition. */
  find(competition: Competition): Promise<Competition> {
    return this.send('GET', `/api/competitions/${competition.id}`);
  }

  /** The seats, and the sequence of their state. */
  seats(competition: Competition): Promise<{ seatsLeft: number; sequence: number }> {
    return this.send('GET', `/api/competitions/${competition.id}/seats`);
  }

  /** Edits some fields, as its owner. */
  edit(owner: Person, competition: Pick<Competition, 'id'>, changes: object): Promise<Competition> {
    return this.send('PATCH', `/api/competitions/${competition.id}`, owner, changes);
  }

  /** As its owner. */
  async cancel(owner: Person, competition: Competition): Promise<void> {
    await this.call('DELETE', `/api/competitions/${competition.id}`, owner);
  }

  /** Cancels the registration of the participant. */
  async cancelRegistration(participant: Person, competition: Competition): Promise<void> {
    await this.call('DELETE', `/api/competitions/${competition.id}/register`, participant);
  }

  /** Edits the profile of the user. */
  async choose(person: Person, changes: { timeZone: string }): Promise<void> {
    await this.call('PATCH', '/api/auth/me', person, changes);
  }

  /** A personal access token that may only read and never expires. */
  async createToken(owner: Person, name: string): Promise<{ id: string }> {
    const body = { name, scope: 'read' };
    const created = await this.send<{ personalToken: { id: string } }>('POST', '/api/auth/tokens', owner, body);
    return created.personalToken;
  }

  /** A webhook for all events, with its secret. */
  createWebhook(owner: Person, url: string): Promise<{ id: string; secret: string }> {
    return this.send('POST', '/api/webhooks', owner, { url });
  }

  /** Edits some fields of a webhook. */
  async editWebhook(owner: Person, id: string, changes: object): Promise<void> {
    await this.call('PATCH', `/api/webhooks/${id}`, owner, changes);
  }

  /** Sends a test to a webhook. */
  async sendTest(owner: Person, webhook: string): Promise<void> {
    await this.call('POST', `/api/webhooks/${webhook}/test`, owner);
  }

  registrationsOf(participant: Person): Promise<Registration[]> {
    return this.send('GET', '/api/competitions/registrations/my', participant);
  }

  mailOf(person: Person): Promise<{ id: string; subject: string }[]> {
    return this.send('GET', '/api/mailbox/my', person);
  }

  private async signUp(name: string, role: Role): Promise<Person> {
    const email = newEmail();
    const body = { name, email, password: PASSWORD, role };
    const { token, user } = await this.send<{ token: string; user: { id: string } }>(
      'POST',
      '/api/auth/signup',
      undefined,
      body,
    );
    return { id: user.id, name, email, token };
  }

  /** A `Buffer` is sent as a picture, any other object as JSON. */
  private async send<T>(method: string, path: string, actor?: Person, data?: object): Promise<T> {
    const response = await this.call(method, path, actor, data);
    return response.json() as Promise<T>;
  }

  private async call(method: string, path: string, actor?: Person, data?: object): Promise<APIResponse> {
    const headers = {
      ...(actor && { authorization: `Bearer ${actor.token}` }),
      ...(Buffer.isBuffer(data) && { 'content-type': 'image/jpeg' }),
    };
    const response = await this.request.fetch(path, { method, headers, data });
    if (!response.ok()) throw new Error(await described(method, path, response));
    return response;
  }
}

/** An email without an account. */
export function newEmail(): string {
  return `${unique('user').replace(' ', '-')}@example.com`;
}

async function described(method: string, path: string, response: APIResponse): Promise<string> {
  return `${method} ${path} was answered ${response.status()}: ${await response.text()}`;
}
