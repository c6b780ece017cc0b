/** What the cron does each minute: checks endpoints and clears away. One job's failure is no other's, and none is thrown. */
import { forgetEndpoints, forgetExpiredTokens, pruneUsage } from './db/retention';
import type { Bindings } from './env';
import { probe } from './gateway/probe';
import { logger } from './log';
import { checkEndpoints } from './services/health-checks';
import { patiently, time, Wiring } from './wiring';

/** ms; for one check, however long calls may take to their first event. */
const CHECK_MS = 10_000;

/** `at`: the minute it is for (ms since epoch). Never rejects. */
export async function scheduled(
	env: Bindings,
	at: number,
	context: Pick<ExecutionContext, 'waitUntil'>,
): Promise<void> {
	let wiring: Wiring;
	try {
		wiring = new Wiring(env, context, { ownHost: null, hops: 0 });
	} catch (error) {
		logger('error', (_, line) => console.error(line))('error', 'scheduled-failed', { error });
		return;
	}
	const { db, log, isolate } = wiring;
	const jobs = {
		'health-checks': () => checkHealth(wiring),
		'prune-usage': () => pruneUsage(db, at, isolate.settings.usageRetentionDays),
		'forget-tokens': () => forgetExpiredTokens(db, at),
		'forget-endpoints': () => forgetEndpoints(db, at),
	};
	const done = async ([job, work]: [string, () => Promise<void>]): Promise<void> => {
		try {
			await work();
		} catch (error) {
			log('error', 'scheduled-failed', { job, error });
		}
	};
	await Promise.all(Object.entries(jobs).map(done));
}

function checkHealth(wiring: Wiring): Promise<void> {
	const { isolate, db, send, catalog, ledger, vault, log, newId } = wiring;
	const { environment, registry, settings } = isolate;
	const limits = { ...settings.time, firstEventMs: Math.min(settings.time.firstEventMs, CHECK_MS) };
	// Nobody: a check asks for a list or a health path, which costs nothing.
	const caller = { organizationId: '', keyId: null, version: 0 };
	const ports = { send, time, limits, registry, catalog, ledger, newId, caller };
	return checkEndpoints({
		db,
		environment,
		time,
		log,
		openKey: vault.open,
		probe: (provider, credential, model, signal) => probe(provider, credential, model, signal, ports),
		checked: (facts, check) => patiently(wiring.health(facts.endpoint).checked(facts, check)),
	});
}
