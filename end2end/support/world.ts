import { expect } from '@playwright/test';
import type { Api, Competition, Person } from './api.ts';
import { unique } from './unique.ts';

/** People and a competition with something to show on every page. */
export type World = {
  admin: Person;
  organizer: Person;
  participant: Person;
  /** The participant holds a place in it. */
  competition: Competition;
  /** Nobody holds a place in it. */
  other: Competition;
  /** The id of the participant's only message. */
  mail: string;
};

/** Does not fit on a phone. */
const LONG_WORD = 'Donaudampfschifffahrtsgesellschaftskapitänswettbewerb';

/** Makes the world that the pages are about. */
export async function makeWorld(api: Api): Promise<World> {
  const [admin, organizer, participant] = await Promise.all([
    api.admin(),
    api.organizer(LONG_WORD),
    api.participant(LONG_WORD),
  ]);
  const competition = await api.competition({
    owner: organizer,
    title: unique(LONG_WORD),
    description: LONG_WORD.repeat(4),
    tags: ['chess', LONG_WORD.slice(0, 40)],
    start: 14,
  });
  const other = await api.competition({ owner: organizer, seats: 1 });
  await api.register(participant, competition);
  await expect.poll(() => api.mailOf(participant)).toHaveLength(1);
  const [mail] = await api.mailOf(participant);
  return { admin, organizer, participant, competition, other, mail: mail?.id ?? '' };
}
