import { DEAD_JOBS } from '../support/dead-jobs.ts';
import { UNKNOWN_ID, never, page } from '../support/page-state.ts';

export default page('/admin/queues/:id/discard', {
  empty: never('it is about one job'),
  full: [{ name: 'discarding a job', path: `/admin/queues/${DEAD_JOBS.scores}/discard`, viewer: 'admin' }],
  error: [
    {
      name: 'discarding a job that does not exist',
      path: `/admin/queues/${UNKNOWN_ID}/discard`,
      viewer: 'admin',
      status: 404,
    },
  ],
});
