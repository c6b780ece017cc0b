import type { Miniflare } from 'miniflare';

type Database = Awaited<ReturnType<Miniflare['getD1Database']>>;

export function openLocalDatabase(
	root: string,
	stateDir: string,
): Promise<{ readonly db: Database; readonly close: () => Promise<void> }>;
export function migrate(db: Database, root: string): Promise<readonly string[]>;
export function seed(db: Database, key: string): Promise<{ readonly usable: boolean }>;
