/** `/healthz` and `/readyz`, which answer without a key. */

export type PartState = 'ok' | 'failed';

export interface Readiness {
	/** Does the Worker answer at all? */
	readonly alive: boolean;
	/** By name; empty where it does not answer. */
	readonly parts: Readonly<Record<string, PartState>>;
	/** ms the answer of `/readyz` took. */
	readonly tookMs: number;
}

async function alive(signal: AbortSignal): Promise<boolean> {
	try {
		return (await fetch('/healthz', { signal })).ok;
	} catch {
		return false;
	}
}

function partsOf(body: unknown): Readonly<Record<string, PartState>> {
	const parts = typeof body === 'object' && body !== null && 'parts' in body ? body.parts : null;
	if (typeof parts !== 'object' || parts === null) return {};
	return Object.fromEntries(
		Object.entries(parts).map(([part, state]) => [part, state === 'ok' ? ('ok' as const) : ('failed' as const)]),
	);
}

/** A 503 names the parts that failed: it is an answer like any other. Throws where there is none. */
export async function readiness(signal: AbortSignal): Promise<Readiness> {
	const began = performance.now();
	const [isAlive, ready] = await Promise.all([alive(signal), fetch('/readyz', { signal })]);
	return { alive: isAlive, parts: partsOf(await ready.json()), tookMs: performance.now() - began };
}
