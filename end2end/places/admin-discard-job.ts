import { DEAD_JOBS } from '../support/dead-jobs.ts';
import { NOBODYS_ID, never, page } from '../support/place.ts';

export default page('/admin/queues/:id/discard', {
  empty: never('it asks about one job'),
  full: [{ name: 'discarding a job', path: `/admin/queues/${DEAD_JOBS.send_newsletter}/discard`, viewer: 'admin' }],
  error: [
    {
      name: 'discarding a job that does not exist',
      path: `/admin/queues/${NOBODYS_ID}/discard`,
      viewer: 'admin',
      status: 404,
    },
  ],
});
