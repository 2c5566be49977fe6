import { never, outOfOrder, page } from '../support/place.ts';

export default page('/admin/queues', {
  empty: never('every kind of job is listed, with nothing to do or with something'),
  full: [{ name: 'the queues', path: '/admin/queues', viewer: 'admin' }],
  error: [
    { name: 'the queues for somebody else', path: '/admin/queues', viewer: 'participant', status: 403 },
    { name: 'the queues out of order', viewer: 'admin', ...outOfOrder('/admin/queues', 'queues') },
  ],
});
