/** What the browser tests and the server they run against agree on. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PORT = 8790;
export const ORIGIN = `http://localhost:${PORT}`;
export const ADMIN_KEY = 'browser-operator-secret-0123456789abcdef';
export const GATEWAY_KEY = `sy_browsertest01_${'b'.repeat(43)}`;

// Playwright evaluates its configuration in every process: the first one decides, the others inherit.
process.env.SWITCHYARD_BROWSER_FOLDER ??= mkdtempSync(join(tmpdir(), 'switchyard-browser-'));

/** Data and secrets of this run; removed at its end. */
export const FOLDER = process.env.SWITCHYARD_BROWSER_FOLDER;
