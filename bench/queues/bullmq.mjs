// Measures BullMQ with jobs that do nothing, on the given Redis.
//
//   node bullmq.mjs URL rate JOBS PROCESSES CONCURRENCY   prints jobs drained per second
//   node bullmq.mjs URL latency JOBS                      prints the milliseconds each took from added to completed, sorted
//
// All jobs are added before the workers start, and the workers are connected before the clock starts.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Queue, Worker } from 'bullmq';

const QUEUE = 'bench';
// Rows of one addBulk.
const BULK = 1000;
// The interval at which a worker reports its progress, in milliseconds: long enough to cost nothing.
const REPORT = 10;

const [url, task, ...sizes] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const connection = { host: hostname, port: Number(port), maxRetriesPerRequest: null };
const noop = async () => {};

async function emptyQueue() {
  const queue = new Queue(QUEUE, { connection, defaultJobOptions: { removeOnComplete: true } });
  await queue.obliterate({ force: true });
  return queue;
}

async function rate(jobs, processes, concurrency) {
  const queue = await emptyQueue();
  for (let from = 0; from < jobs; from += BULK) {
    const bulk = Array.from({ length: Math.min(BULK, jobs - from) }, (_, i) => ({ name: 'noop', data: { id: from + i } }));
    await queue.addBulk(bulk);
  }
  const self = fileURLToPath(import.meta.url);
  const workers = Array.from({ length: processes }, () => fork(self, [url, 'work', concurrency]));
  await Promise.all(workers.map((worker) => once(worker, 'message')));

  let done = 0;
  const all = new Promise((resolve) => {
    for (const worker of workers) {
      worker.on('message', (count) => {
        done += count;
        if (done >= jobs) resolve();
      });
    }
  });
  const began = performance.now();
  for (const worker of workers) worker.send('go');
  await all;
  const seconds = (performance.now() - began) / 1000;
  for (const worker of workers) worker.kill();
  await queue.close();
  return jobs / seconds;
}

// A worker process of `rate`: reports that it is ready, then the jobs completed since its last report.
async function work(concurrency) {
  const worker = new Worker(QUEUE, noop, { connection, concurrency, autorun: false });
  let count = 0;
  // Emitted once Redis has recorded the completion, not when the function returns.
  worker.on('completed', () => count++);
  await worker.waitUntilReady();
  process.send(0);
  await once(process, 'message');
  setInterval(() => {
    if (count > 0) process.send(count);
    count = 0;
  }, REPORT);
  await worker.run();
}

async function latency(jobs) {
  const queue = await emptyQueue();
  let completed = () => {};
  const worker = new Worker(QUEUE, noop, { connection });
  worker.on('completed', () => completed(performance.now()));
  await worker.waitUntilReady();
  const times = [];
  for (let i = 0; i < jobs; i++) {
    const end = new Promise((resolve) => (completed = resolve));
    await queue.add('noop', { id: i });
    // As with the product, the clock starts when the producer has its response. The job may complete before that.
    const added = performance.now();
    times.push(Math.max(0, (await end) - added));
  }
  await worker.close();
  await queue.close();
  return times.sort((a, b) => a - b);
}

const numbers = sizes.map(Number);
if (task === 'rate') {
  console.log((await rate(...numbers)).toFixed(0));
} else if (task === 'latency') {
  console.log((await latency(...numbers)).map((time) => time.toFixed(3)).join('\n'));
} else if (task === 'work') {
  await work(...numbers);
} else {
  throw new Error(`unknown task '${task}': use rate or latency`);
}
