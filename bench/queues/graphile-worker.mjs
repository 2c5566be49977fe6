// Measures graphile-worker with jobs that do nothing, on the given PostgreSQL database.
//
//   node graphile-worker.mjs URL rate JOBS PROCESSES CONCURRENCY LOCAL_QUEUE   prints jobs drained per second
//
// LOCAL_QUEUE is the number of jobs that a process fetches at a time; 0 leaves that queue out. All jobs are added before
// the workers start, and their processes run before the clock starts.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';

// The interval at which the table of jobs is looked at, in milliseconds.
const POLL = 10;

const [connectionString, task, ...sizes] = process.argv.slice(2);
const logger = new Logger(() => () => {});

async function rate(jobs, processes, concurrency, localQueue) {
  const utils = await makeWorkerUtils({ connectionString, logger });
  await utils.migrate();
  const pool = new pg.Pool({ connectionString });
  await pool.query("SELECT graphile_worker.add_job('noop', json_build_object('id', n)) FROM generate_series(1, $1) n", [jobs]);
  await pool.query('ANALYZE');
  const self = fileURLToPath(import.meta.url);
  const workers = Array.from({ length: processes }, () => fork(self, [connectionString, 'work', concurrency, localQueue]));
  await Promise.all(workers.map((worker) => once(worker, 'message')));

  const began = performance.now();
  for (const worker of workers) worker.send('go');
  // A completed job is deleted.
  while ((await pool.query('SELECT 1 FROM graphile_worker.jobs LIMIT 1')).rowCount > 0) await sleep(POLL);
  const seconds = (performance.now() - began) / 1000;
  for (const worker of workers) worker.kill();
  await pool.end();
  await utils.release();
  return jobs / seconds;
}

// A worker process of `rate`: reports that it has started, then runs jobs until it is killed.
async function work(concurrency, localQueue) {
  process.send('ready');
  await once(process, 'message');
  const worker = localQueue > 0 ? { localQueue: { size: localQueue }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } : {};
  const preset = { worker: { ...worker, maxPoolSize: concurrency + 2 } };
  await run({ connectionString, concurrency, noHandleSignals: true, logger, taskList: { noop: async () => {} }, preset });
}

const numbers = sizes.map(Number);
if (task === 'rate') {
  console.log((await rate(...numbers)).toFixed(0));
} else if (task === 'work') {
  await work(...numbers);
} else {
  throw new Error(`unknown task '${task}': use rate`);
}
