import type { SharedOptions, WorkerOptions } from 'miniflare';

export function builtWorkerOptions(
	root: string,
	options?: { readonly variables?: Readonly<Record<string, string>>; readonly stateDir?: string },
): SharedOptions & WorkerOptions;
