// Starts the stand-in and connects Stripe's SDK, a schema validator and a webhook receiver to it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Ajv from 'ajv/dist/2020.js';
import Stripe from 'stripe';

const schema = JSON.parse(readFileSync(new URL('objects.schema.json', import.meta.url), 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addSchema(schema);

/** How many objects of each kind were validated. A test checks that none is missing. */
export const validated = new Map();

/** Validates a response body: an object, a list of objects, or an error. */
export function validate(body) {
  if (body.error) {
    assert.equal(typeof body.error.type, 'string');
    assert.equal(typeof body.error.message, 'string');
    return;
  }
  if (body.object === 'list' || body.object === 'search_result') {
    assert.equal(typeof body.has_more, 'boolean');
    body.data.forEach(validate);
    return;
  }
  if (body.deleted) {
    assert.deepEqual(Object.keys(body).sort(), ['deleted', 'id', 'object']);
    return;
  }
  const check = ajv.getSchema(`stripe-subset#/$defs/${body.object}`);
  assert.ok(check, `the contract has no ${body.object}`);
  assert.ok(check(body), `${body.object}: ${ajv.errorsText(check.errors)}`);
  validated.set(body.object, (validated.get(body.object) ?? 0) + 1);
}

async function validatingFetch(url, init) {
  const response = await fetch(url, init);
  if (response.headers.get('content-type')?.includes('json')) {
    validate(await response.clone().json());
  }
  return response;
}

/** Starts the program on a free port. */
export async function start(...args) {
  assert.ok(process.env.STAND_IN_BIN, 'STAND_IN_BIN names the program to test');
  const child = spawn(process.env.STAND_IN_BIN, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [base] = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the stand-in exited with ${code}`)));
    createInterface(child.stdout).once('line', (line) => resolve([line]));
  });
  const { hostname, port } = new URL(base);

  const sdk = (key, config = {}) =>
    new Stripe(key, {
      host: hostname,
      port: Number(port),
      protocol: 'http',
      maxNetworkRetries: 0,
      telemetry: false,
      httpClient: Stripe.createFetchHttpClient(validatingFetch),
      ...config,
    });

  const control = async (method, path, body) => {
    const response = await fetch(`${base}_control/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    const result = await response.json();
    assert.ok(response.ok, `${path}: ${JSON.stringify(result)}`);
    return result;
  };

  const stop = () =>
    new Promise((resolve) => {
      child.removeAllListeners('exit');
      child.once('exit', resolve);
      child.kill('SIGTERM');
    });

  return { base, sdk, control, stop };
}

/** A webhook endpoint that records the deliveries and responds with `status(number)`. */
export async function receiver(status = () => 200) {
  const deliveries = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      deliveries.push({ body: Buffer.concat(chunks), signature: request.headers['stripe-signature'] });
      response.writeHead(status(deliveries.length)).end();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}/hook?a=b`;
  // The stand-in may have opened a connection that it never used, for which `close` would wait.
  const close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { url, deliveries, close };
}
