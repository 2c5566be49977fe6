import { UNKNOWN_ID, page } from '../support/page-state.ts';

export default page('/competitions/:id/registrations/:registrationId', {
  empty: [
    {
      name: 'a participant without answers',
      path: ({ competition, registration }) => `/competitions/${competition.id}/registrations/${registration}`,
      viewer: 'organizer',
    },
  ],
  full: [
    {
      name: 'a participant with answers and a history',
      path: ({ asking, answered }) => `/competitions/${asking.id}/registrations/${answered}`,
      viewer: 'organizer',
    },
    {
      name: 'a participant for an administrator',
      path: ({ asking, answered }) => `/competitions/${asking.id}/registrations/${answered}`,
      viewer: 'admin',
    },
  ],
  error: [
    {
      name: 'a participant for another organizer',
      path: ({ asking, answered }) => `/competitions/${asking.id}/registrations/${answered}`,
      viewer: 'newOrganizer',
      status: 403,
    },
    {
      name: 'a participant who is not registered',
      path: ({ asking }) => `/competitions/${asking.id}/registrations/${UNKNOWN_ID}`,
      viewer: 'organizer',
      status: 404,
    },
  ],
});
