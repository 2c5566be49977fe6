import { never, whileFailing, page } from '../support/page-state.ts';

export default page('/admin/queues', {
  empty: never('every job type is listed, even without jobs'),
  full: [{ name: 'the queues', path: '/admin/queues', viewer: 'admin' }],
  error: [
    { name: 'the queues for a participant', path: '/admin/queues', viewer: 'participant', status: 403 },
    { name: 'the queues while their data fails', viewer: 'admin', ...whileFailing('/admin/queues', 'queues') },
  ],
});
