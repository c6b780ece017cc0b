/** What the browser tests and the server they run against agree on. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Playwright evaluates its configuration in every process: the first one decides, the others inherit.
process.env.SWITCHYARD_BROWSER_PORT ??= String(20_000 + (process.pid % 10_000));
process.env.SWITCHYARD_BROWSER_FOLDER ??= mkdtempSync(join(tmpdir(), 'switchyard-browser-'));

export const PORT = Number(process.env.SWITCHYARD_BROWSER_PORT);
export const ORIGIN = `http://localhost:${PORT}`;
export const ADMIN_KEY = 'browser-operator-secret-0123456789abcdef';
export const GATEWAY_KEY = `sy_browsertest01_${'b'.repeat(43)}`;
/** Signs the tokens of the organization's people. */
export const JWT_SECRET = 'browser-token-secret-0123456789abcdef-0123456789';
/** A provider that the environment has a key for; nobody calls it. */
export const ENVIRONMENT_KEY = 'sk-browser-environment-4321';

/** Data and secrets of this run; removed at its end. */
export const FOLDER = process.env.SWITCHYARD_BROWSER_FOLDER;
