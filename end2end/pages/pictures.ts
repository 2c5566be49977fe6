import { page } from '../support/page-state.ts';

export default page('/pictures', {
  empty: [{ name: 'no pictures', path: '/pictures', viewer: 'newOrganizer' }],
  full: [{ name: 'the pictures of an organizer', path: '/pictures', viewer: 'organizer' }],
  error: [{ name: 'the pictures of a participant', path: '/pictures', viewer: 'participant', status: 403 }],
});
