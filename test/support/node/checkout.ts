/** A copy of this checkout to change, and what its commands say there. */
import { spawn } from 'node:child_process';
import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, temporaryFolder } from './worker';

const PARTS = [
	'src',
	'scripts',
	'test',
	'drizzle',
	'docs',
	'package.json',
	'package-lock.json',
	'tsconfig.base.json',
	'tsconfig.worker.json',
	'vitest.config.ts',
	'wrangler.toml',
];

/** A folder with the sources; the packages are this checkout's own. */
export async function copyCheckout(): Promise<string> {
	const folder = await temporaryFolder();
	await Promise.all(PARTS.map((part) => cp(join(ROOT, part), join(folder, part), { recursive: true })));
	await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
	return folder;
}

export interface Ended {
	readonly code: number | null;
	/** Both streams. */
	readonly output: string;
}

/** Runs a command line in `folder`, as a shell does there: nothing of this test run reaches it. */
export function run(folder: string, command: string): Promise<Ended> {
	const kept = Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST$|NODE_ENV$|MODE$|DEV$|PROD$)/.test(name));
	const env = { ...Object.fromEntries(kept), NO_COLOR: '1', npm_config_update_notifier: 'false' };
	const child = spawn(command, { cwd: folder, shell: true, stdio: ['ignore', 'pipe', 'pipe'], env });
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', (chunk: Buffer) => {
			output += chunk.toString();
		});
	}
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (code) => resolve({ code, output }));
	});
}
