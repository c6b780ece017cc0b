/** Readiness: each part is asked for real, none longer than two seconds. */
import type { Bindings } from './env';
import { LATE, within } from './wait';
import { time } from './wiring';

type State = 'ok' | 'failed';

const PATIENCE_MS = 2_000;
/** Objects that belong to no tenant and no provider. */
const PROBE = 'readiness';

async function asked(question: () => Promise<unknown>): Promise<State> {
	try {
		return (await within(time, PATIENCE_MS, question())) === LATE ? 'failed' : 'ok';
	} catch {
		return 'failed';
	}
}

export async function ready(env: Bindings): Promise<Readonly<Record<'d1' | 'kv' | 'ledger' | 'health', State>>> {
	const [d1, kv, ledger, health] = await Promise.all([
		asked(() => env.DB.prepare('select 1').first()),
		asked(() => env.CONFIG.get(PROBE)),
		asked(() => env.ORG_LEDGER.get(env.ORG_LEDGER.idFromName(PROBE)).ping()),
		asked(() => env.PROVIDER_HEALTH.get(env.PROVIDER_HEALTH.idFromName(PROBE)).snapshot()),
	]);
	return { d1, kv, ledger, health };
}
