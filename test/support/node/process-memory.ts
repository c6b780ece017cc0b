/** Memory of the runtime that this process started: Linux alone tells. */
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';

export const tellsMemory = existsSync('/proc/self/clear_refs');

const field = async (pid: string, name: string): Promise<string> =>
	new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))?.[1] ?? '';

/** Process ids of what is called `name` below this process. */
async function below(name: string): Promise<readonly string[]> {
	const all = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
	const parents = new Map(await Promise.all(all.map(async (pid) => [pid, await field(pid, 'PPid')] as const)));
	const isOurs = (pid: string | undefined): boolean =>
		pid !== undefined && (pid === String(process.pid) || isOurs(parents.get(pid)));
	const ours = all.filter((pid) => pid !== String(process.pid) && isOurs(pid));
	const named = await Promise.all(ours.map(async (pid) => ((await field(pid, 'Name')) === name ? pid : null)));
	return named.filter((pid) => pid !== null);
}

export interface MemoryWatch {
	/** The most it has taken above what it had at the start (bytes). */
	grown(): Promise<number>;
}

const KIB = 1024;

/** Of workerd. */
export async function watchMemory(): Promise<MemoryWatch> {
	const [pid] = await below('workerd');
	if (pid === undefined) throw new Error('No workerd was started here.');
	// 5: the peak begins anew (proc(5)).
	await writeFile(`/proc/${pid}/clear_refs`, '5');
	const before = Number(await field(pid, 'VmRSS'));
	return { grown: async () => (Number(await field(pid, 'VmHWM')) - before) * KIB };
}
