#!/usr/bin/env node
/** `node scripts/providers-doc.mjs`: writes docs/providers.md anew. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const { module } = await runnerImport('./scripts/providers-page.ts', { root, configFile: false });
writeFileSync(new URL('../docs/providers.md', import.meta.url), module.providersPage());
