// Writes the Postman collection and its environment from openapi.json, in the order of journey.mjs.
//
//   node postman/generate.mjs            write both files
//   node postman/generate.mjs --check    fail if they differ from what would be written
import { readFileSync, writeFileSync } from 'node:fs';

import { JOURNEY } from './journey.mjs';

const FOLDER = new URL('.', import.meta.url);
const COLLECTION = 'mini-compete.postman_collection.json';
const ENVIRONMENT = 'mini-compete.postman_environment.json';
const MIME_OF_PROBLEMS = 'application/problem+json';
// Of the formats in the description, those that Postman's validator knows.
const FORMATS = ['date-time', 'email', 'uri', 'uuid'];
// Keywords without meaning for validation, which would only make the collection longer.
const ANNOTATIONS = ['description', 'example', 'examples', 'default', 'title', 'contentMediaType', 'contentSchema'];

const api = JSON.parse(readFileSync(new URL('../openapi.json', FOLDER), 'utf8'));

/** Every operation by its id, with its method and path. */
const operations = new Map(
  Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [operation.operationId, { ...operation, method, path }]),
  ),
);

const resolve = (part) =>
  part?.$ref ? part.$ref.slice(2).split('/').reduce((found, name) => found[name], api) : part;

/** A schema without references and annotations. */
function bare(schema) {
  const { $ref, ...own } = schema;
  // Its list of names grows with every new reason to refuse; a step compares the name itself.
  if ($ref?.endsWith('/ErrorCode')) return { type: 'string' };
  if ($ref) {
    const target = bare(resolve({ $ref }));
    const rest = bare(own);
    return Object.keys(rest).length === 0 ? target : { allOf: [target, rest] };
  }
  const kept = Object.entries(own).filter(
    ([keyword, value]) => !ANNOTATIONS.includes(keyword) && (keyword !== 'format' || FORMATS.includes(value)),
  );
  return Object.fromEntries(
    kept.map(([keyword, value]) => {
      if (['allOf', 'anyOf', 'oneOf', 'prefixItems'].includes(keyword)) return [keyword, value.map(bare)];
      if (keyword === 'properties') {
        return [keyword, Object.fromEntries(Object.entries(value).map(([name, member]) => [name, bare(member)]))];
      }
      return [keyword, typeof value === 'object' && !Array.isArray(value) ? bare(value) : value];
    }),
  );
}

const script = (listen, lines) => ({ listen, script: { type: 'text/javascript', exec: lines } });
const text = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

/** The parameters of one place, those without a value in the step switched off. */
function parameters(operation, place, values = {}) {
  const declared = (operation.parameters ?? []).map(resolve).filter((parameter) => parameter.in === place);
  const unknown = Object.keys(values).filter((name) => !declared.some((parameter) => parameter.name === name));
  if (unknown.length > 0) throw new Error(`${operation.operationId} has no parameter ${unknown.join(', ')}`);
  return declared.map(({ name, description, schema }) => {
    const { examples, example, default: initial, enum: names } = { ...resolve(schema), ...schema };
    const value = values[name] ?? example ?? examples?.[0] ?? initial ?? names?.[0] ?? '';
    const parameter = { key: name, value: text(value), description };
    return name in values || place === 'path' ? parameter : { ...parameter, disabled: true };
  });
}

/** The documented example of the body, with fields of the step in place of its own. */
function body(operation, changes) {
  const media = resolve(operation.requestBody)?.content?.['application/json'];
  if (!media) return undefined;
  const schema = resolve(media.schema);
  const example = media.example ?? schema.example ?? schema.examples?.[0];
  if (example === undefined) throw new Error(`the body of ${operation.operationId} has no example`);
  const raw = JSON.stringify({ ...example, ...changes }, null, 2);
  // A variable alone is a number.
  return raw.replace('"{{competitionVersion}}"', '{{competitionVersion}}');
}

/** The test script: the status, the schema of the body, the step's own tests, and the variables to set. */
function tests(operation, step) {
  const successes = Object.keys(operation.responses).filter((status) => status < 300).map(Number);
  const statuses = step.status ?? successes;
  const { content = {} } = resolve(operation.responses[statuses[0]]) ?? {};
  const [type, media] = Object.entries(content)[0] ?? [];
  const isJson = type === 'application/json' || type === MIME_OF_PROBLEMS;
  const checks = [`pm.test("has the status ${statuses.join(' or ')}", () => pm.expect(pm.response.code).to.be.oneOf([${statuses.join(', ')}]));`];
  if (statuses.length === 1 && type) {
    checks.push(`pm.test("is ${type}", () => pm.expect(pm.response.headers.get("Content-Type")).to.include("${type}"));`);
  }
  if (isJson && statuses.length === 1) {
    checks.push(
      `const schema = ${JSON.stringify(bare(media.schema))};`,
      'pm.test("has the documented body", () => pm.response.to.have.jsonSchema(schema));',
    );
  }
  for (const [title, expression] of Object.entries(step.tests ?? {})) {
    checks.push(`pm.test("${title}", () => pm.expect(${expression}).to.be.true);`);
  }
  for (const [name, expression] of Object.entries(step.save ?? {})) {
    checks.push(`pm.collectionVariables.set("${name}", ${expression});`);
  }
  const response = isJson ? ['const response = pm.response.json();'] : [];
  if (!step.until) return [...response, ...checks];
  return [
    ...response,
    'const tries = Number(pm.collectionVariables.get("tries") ?? 0);',
    `if (pm.response.code < 300 && !(${step.until}) && tries < 50) {`,
    '  pm.collectionVariables.set("tries", tries + 1);',
    '  setTimeout(() => pm.execution.setNextRequest(pm.info.requestId), 200);',
    '} else {',
    '  pm.collectionVariables.unset("tries");',
    `  pm.test("has what it waits for", () => pm.expect(${step.until}).to.be.true);`,
    ...checks.map((line) => `  ${line}`),
    '}',
  ];
}

function request(step) {
  const operation = operations.get(step.id);
  if (!operation) throw new Error(`openapi.json has no operation ${step.id}`);
  const names = operation.path.slice(1).split('/');
  // Postman replaces a parameter only if it is a whole part of the path.
  const path = names.map((name) => name.replace(/^\{(\w+)\}$/, ':$1').replace(/\{(\w+)\}/, (_, id) => step.path?.[id] ?? `{{${id}}}`));
  const query = parameters(operation, 'query', step.query);
  const variable = parameters(operation, 'path', step.path).filter(({ key }) => path.includes(`:${key}`));
  const raw = body(operation, step.body);
  const header = parameters(operation, 'header', step.headers);
  const enabled = query.filter(({ disabled }) => !disabled).map(({ key, value }) => `${key}=${value}`);
  const search = enabled.length > 0 ? `?${enabled.join('&')}` : '';
  const auth = step.as
    ? { type: 'bearer', bearer: [{ key: 'token', value: `{{${step.as}Token}}`, type: 'string' }] }
    : { type: 'noauth' };
  const event = [script('test', tests(operation, step))];
  if (step.skip) event.unshift(script('prerequest', [`if (${step.skip}) pm.execution.skipRequest();`]));
  return {
    name: step.name ?? operation.summary,
    event,
    request: {
      auth,
      method: operation.method.toUpperCase(),
      header: raw ? [{ key: 'Content-Type', value: 'application/json' }, ...header] : header,
      ...(raw && { body: { mode: 'raw', raw, options: { raw: { language: 'json' } } } }),
      url: {
        raw: `{{baseUrl}}/${path.join('/')}${search}`,
        host: ['{{baseUrl}}'],
        path,
        ...(query.length > 0 && { query }),
        ...(variable.length > 0 && { variable }),
      },
      description: operation.description,
    },
    response: [],
  };
}

const called = new Set(Object.values(JOURNEY).flat().map(({ id }) => id));
const missing = [...operations.keys()].filter((id) => !called.has(id));
if (missing.length > 0) {
  console.error(`postman/journey.mjs lacks a step for: ${missing.join(', ')}`);
  process.exit(1);
}

const collection = {
  info: {
    name: api.info.title,
    description: `${api.info.description}\n\nRun the whole collection in its order: each request uses what those before it made.`,
    schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
  },
  item: Object.entries(JOURNEY).map(([name, steps]) => ({ name, item: steps.map(request) })),
  event: [
    script('prerequest', [
      '// New accounts for each run.',
      'if (pm.info.requestName === "Sign up as organizer" || !pm.collectionVariables.get("run")) {',
      '  const run = Date.now().toString(36);',
      '  pm.collectionVariables.set("run", run);',
      '  for (const role of ["organizer", "participant"]) {',
      '    pm.collectionVariables.set(`${role}Email`, `${role}.${run}@example.com`);',
      '  }',
      '}',
    ]),
  ],
};

const secret = (key, value) => ({ key, value, type: 'secret', enabled: true });
const environment = {
  name: 'Mini Compete (local)',
  values: [
    { key: 'baseUrl', value: 'http://localhost:3000/api', type: 'default', enabled: true },
    secret('password', 'correct horse battery'),
    { key: 'adminEmail', value: 'admin@minicompete.com', type: 'default', enabled: true },
    secret('adminPassword', 'password123'),
    { key: 'streams', value: 'off', type: 'default', enabled: true },
  ],
  _postman_variable_scope: 'environment',
};

for (const [name, content] of [[COLLECTION, collection], [ENVIRONMENT, environment]]) {
  const file = new URL(name, FOLDER);
  const wanted = `${JSON.stringify(content, null, 2)}\n`;
  if (!process.argv.includes('--check')) {
    writeFileSync(file, wanted);
  } else if (readFileSync(file, 'utf8') !== wanted) {
    console.error(`postman/${name} differs from openapi.json: run \`make postman\``);
    process.exitCode = 1;
  }
}
