/** Decides by modification times whether an output must be made again. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

function newest(path) {
	if (!existsSync(path)) return 0;
	const stat = statSync(path);
	if (!stat.isDirectory()) return stat.mtimeMs;
	return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** True where `output` is missing or older than anything in `sources` (files or folders). */
export const isStale = (output, sources) =>
	!existsSync(output) || sources.some((path) => newest(path) > newest(output));
