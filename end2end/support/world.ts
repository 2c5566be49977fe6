import { expect } from '@playwright/test';
import type { Api, Competition, Person } from './api.ts';
import { picture } from './picture.ts';
import { inDays } from './time.ts';
import { unique } from './unique.ts';

export type People = {
  /** An administrator. */
  admin: Person;
  /** Organizes two competitions. */
  organizer: Person;
  /** Has a registration and a message. */
  participant: Person;
  newOrganizer: Person;
  newParticipant: Person;
  /** Organizes nothing yet, and takes part in nothing yet. */
  withBothRoles: Person;
};

/** Users and competitions that give every page some content. */
export type World = People & {
  /** The participant is registered for it. */
  competition: Competition;
  /** Asks a question of each sort of field; the participant is registered for it. */
  asking: Competition;
  /** Needs an access code, and has an invitation. */
  byCode: Competition;
  /** The id of the participant's registration for `competition`. */
  registration: string;
  /** The id of the one for `asking`, whose answers the organizer has edited. */
  answered: string;
  /** Has no registrations. */
  other: Competition;
  /** Another participant has its only seat. */
  full: Competition;
  /** Full, with someone on its waiting list. */
  waiting: Competition;
  /** Only the organizer sees it. */
  draft: Competition;
  cancelled: Competition;
  /** Over when the tests begin, or a few seconds later. */
  past: Competition;
  /** The id of a message of the participant. */
  mail: string;
  /** The id of a draft of a message to the participants of `competition`. */
  draftMessage: string;
  /** The id of a message that they have. */
  sentMessage: string;
  /** The id of a personal access token of the organizer. */
  token: string;
  /** The id of a webhook of the organizer, with a delivery that fails. */
  webhook: string;
  /** The id of a disabled webhook of the organizer, without deliveries. */
  quietWebhook: string;
};

/** Does not fit on a phone. */
const LONG_WORD = 'Donaudampfschifffahrtsgesellschaftskapitänswettbewerb';

/** Nothing listens here. */
const NO_RECEIVER = `http://127.0.0.1:9/${LONG_WORD.repeat(3)}`;

/** What `asking` asks. */
const QUESTIONS = [
  { kind: 'SHORT_TEXT', label: LONG_WORD, help: LONG_WORD.repeat(2), required: true },
  { kind: 'LONG_TEXT', label: 'About you' },
  { kind: 'ONE_OF', label: LONG_WORD, options: [LONG_WORD, 'M'] },
  { kind: 'ANY_OF', label: 'Days', options: [LONG_WORD, 'Friday'] },
  { kind: 'YES_NO', label: LONG_WORD, required: true, link: `https://example.com/${LONG_WORD.repeat(3)}` },
  { kind: 'COUNTRY', label: 'Country' },
  { kind: 'DATE', label: 'Arrival' },
];

/** The access codes of `byCode`. */
const CODES = [{ code: 'W'.repeat(32), maxUses: 1000000 }, { code: 'VIP1' }];

/** Creates the data that the pages show. */
export async function makeWorld(api: Api): Promise<World> {
  const [admin, organizer, participant, newOrganizer, newParticipant, withBothRoles] = await Promise.all([
    api.admin(),
    api.organizer(LONG_WORD),
    api.participant(LONG_WORD),
    api.organizer(),
    api.participant(),
    api.withBothRoles(),
  ]);
  const map = await api.picture(organizer, (await picture()).buffer);
  const competition = await api.competition({
    owner: organizer,
    title: unique(LONG_WORD),
    description: LONG_WORD.repeat(4),
    tags: ['chess', LONG_WORD.slice(0, 40)],
    start: 14,
    facts: {
      endsAt: inDays(15).toISOString(),
      summary: LONG_WORD.repeat(3),
      venueName: LONG_WORD,
      venueAddress: LONG_WORD.repeat(2),
      onlineUrl: `https://meet.example/${LONG_WORD.repeat(3)}`,
      website: `https://${'a'.repeat(60)}.example/`,
      contactEmail: `${'a'.repeat(60)}@${'a'.repeat(60)}.example`,
      rules: `# ${LONG_WORD}\n\nhttps://rules.example/${LONG_WORD.repeat(3)}`,
      schedule: `${LONG_WORD.repeat(3)}\n\n![${LONG_WORD}](${map.path})`,
    },
  });
  await api.setCover(organizer, competition, (await picture()).buffer, LONG_WORD);
  const second = 1 / (24 * 60 * 60);
  const [draft, cancelled, past] = await Promise.all([
    api.competition({ owner: organizer, title: unique(LONG_WORD), visibility: 'DRAFT', start: 14 }),
    api.competition({ owner: organizer, title: unique(LONG_WORD), start: 14 }),
    api.competition({ owner: organizer, title: unique(LONG_WORD), deadline: 2 * second, start: 3 * second }),
  ]);
  await api.cancel(organizer, cancelled);
  const [asking, byCode, other, full, waiting, another, last, token, webhook, quietWebhook] = await Promise.all([
    api.competition({ owner: organizer, questions: QUESTIONS }),
    api.competition({ owner: organizer, codes: CODES }),
    api.competition({ owner: organizer, seats: 1 }),
    api.competition({ seats: 1 }),
    api.competition({ owner: organizer, seats: 1, waitlist: 5 }),
    api.participant(),
    api.participant(LONG_WORD),
    api.createToken(organizer, LONG_WORD),
    api.createWebhook(organizer, NO_RECEIVER),
    api.createWebhook(organizer, NO_RECEIVER),
  ]);
  const answers = [LONG_WORD, LONG_WORD, LONG_WORD, [LONG_WORD], true];
  const answered = await api.register(participant, asking, answers);
  await api.correctAnswers(organizer, asking, answered, [...answers, 'DE']);
  const [registration] = await Promise.all([api.register(participant, competition), api.register(another, full)]);
  await api.register(another, waiting);
  await api.register(last, waiting);
  await Promise.all([
    api.invite(organizer, byCode, [`${'a'.repeat(60)}@${'a'.repeat(60)}.example`]),
    api.sendTest(organizer, webhook.id),
    api.editWebhook(organizer, quietWebhook.id, { enabled: false, description: LONG_WORD }),
  ]);
  await expect.poll(() => api.mailOf(participant)).toHaveLength(3);
  const [mail] = await api.mailOf(participant);
  const wanted = { subject: LONG_WORD, text: `# ${LONG_WORD.repeat(2)}\n\n- ${LONG_WORD.repeat(2)}` };
  const draftMessage = await api.writeMessage(organizer, competition, wanted);
  const again = { ...wanted, subject: `${LONG_WORD} again` };
  const sentMessage = await api.writeMessage(organizer, competition, again);
  await api.sendMessage(organizer, competition, sentMessage);
  await expect.poll(() => api.mailOf(participant)).toHaveLength(4);
  return {
    admin,
    organizer,
    participant,
    newOrganizer,
    newParticipant,
    withBothRoles,
    competition,
    asking,
    byCode,
    registration: registration.id,
    answered: answered.id,
    other,
    full,
    waiting,
    draft,
    cancelled,
    past,
    mail: mail?.id ?? '',
    draftMessage: draftMessage.id,
    sentMessage: sentMessage.id,
    token: token.id,
    webhook: webhook.id,
    quietWebhook: quietWebhook.id,
  };
}
