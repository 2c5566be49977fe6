import type { Page } from '@playwright/test';
import { signIn } from './session.ts';
import type { World } from './world.ts';

/** A page of the site, as somebody sees it. */
export type Place = {
  name: string;
  path: (world: World) => string;
  viewer?: 'organizer' | 'participant' | 'admin';
  status?: number;
};

/** The dead jobs among the demo data. Each test takes another one; nobody moves `send_newsletter`. */
export const DEAD_JOBS = {
  refresh_rankings: '01939a00-0000-7000-8000-000000000001',
  send_newsletter: '01939a00-0000-7000-8000-000000000002',
  export_roster: '01939a00-0000-7000-8000-000000000003',
  sync_calendar: '01939a00-0000-7000-8000-000000000004',
  rebuild_index: '01939a00-0000-7000-8000-000000000005',
};

const NOBODYS_ID = '01939a00-0000-7000-8000-000000000000';

/** Every page, in every shape that looks different. */
export const PLACES: Place[] = [
  { name: 'the home page', path: () => '/' },
  { name: 'the list', path: () => '/competitions' },
  { name: 'a list without a match', path: () => `/competitions?search=${NOBODYS_ID}&tags=chess` },
  { name: 'a competition for a stranger', path: competitionPath },
  { name: 'a competition to register for', path: otherPath, viewer: 'participant' },
  { name: 'a competition with a place held', path: competitionPath, viewer: 'participant' },
  { name: 'a competition for its organizer', path: competitionPath, viewer: 'organizer' },
  { name: 'the form for a competition', path: () => '/competitions/create', viewer: 'organizer' },
  { name: 'a roster', path: managePath, viewer: 'organizer' },
  { name: 'a roster without anybody', path: ({ other }) => `/competitions/${other.id}/manage`, viewer: 'organizer' },
  { name: 'cancelling a competition', path: ({ other }) => `/competitions/${other.id}/cancel`, viewer: 'organizer' },
  { name: 'giving a place back', path: ({ competition }) => `/competitions/${competition.id}/leave`, viewer: 'participant' },
  { name: 'the login', path: () => '/auth/login' },
  { name: 'the sign-up', path: () => '/auth/signup' },
  { name: 'the form of who forgot the password', path: () => '/auth/forgot' },
  { name: 'the words after it', path: () => '/auth/forgot?sent=1' },
  { name: 'a link that is not good any more', path: () => '/auth/reset' },
  { name: 'the account', path: () => '/account', viewer: 'participant' },
  { name: 'the dashboard of a participant', path: () => '/dashboard', viewer: 'participant' },
  { name: 'the dashboard of an organizer', path: () => '/dashboard', viewer: 'organizer' },
  { name: 'the mailbox', path: () => '/mailbox', viewer: 'participant' },
  { name: 'a message', path: ({ mail }) => `/mailbox?mail=${mail}`, viewer: 'participant' },
  { name: 'an empty mailbox', path: () => '/mailbox', viewer: 'organizer' },
  { name: 'a mailbox without a match', path: () => `/mailbox?search=${NOBODYS_ID}`, viewer: 'participant' },
  { name: 'the queues', path: () => '/admin/queues', viewer: 'admin' },
  { name: 'discarding a job', path: () => `/admin/queues/${DEAD_JOBS.send_newsletter}/discard`, viewer: 'admin' },
  { name: 'a page for others', path: () => '/competitions/create', viewer: 'participant', status: 403 },
  { name: 'an address with nothing behind it', path: () => '/no/such/page', status: 404 },
];

function competitionPath({ competition }: World): string {
  return `/competitions/${competition.id}`;
}

function otherPath({ other }: World): string {
  return `/competitions/${other.id}`;
}

function managePath({ competition }: World): string {
  return `/competitions/${competition.id}/manage`;
}

/** Signs the browser in as whoever looks at the page. */
export async function become(page: Page, place: Place, world: World): Promise<void> {
  if (place.viewer) await signIn(page, world[place.viewer]);
}
