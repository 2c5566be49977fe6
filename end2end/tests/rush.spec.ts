import { expect, test } from '../support/fixtures.ts';

const PARTICIPANTS = 200;
const SEATS = 100;

// Without a page, so one project is enough.
test('two hundred concurrent registrations take a hundred seats and are confirmed', {
  tag: '@no-js',
}, async ({ api }) => {
  const competition = await api.competition({ seats: SEATS });
  const participants = await Promise.all(
    Array.from({ length: PARTICIPANTS }, (_, number) => api.participant(`Participant ${number}`)),
  );

  const attempts = await Promise.allSettled(
    participants.map((participant) => api.register(participant, competition)),
  );

  const refusals = attempts.filter((attempt) => attempt.status === 'rejected');
  expect(refusals).toHaveLength(PARTICIPANTS - SEATS);
  for (const { reason } of refusals) expect(String(reason)).toContain('Competition is full');
  expect(await api.find(competition)).toMatchObject({ seatsLeft: 0 });
  const registered = participants.filter((_, index) => attempts[index]?.status === 'fulfilled');
  for (const participant of registered) {
    await expect
      .poll(() => api.registrationsOf(participant))
      .toEqual([expect.objectContaining({ status: 'CONFIRMED' })]);
    await expect.poll(() => api.mailOf(participant)).toHaveLength(1);
  }
});
