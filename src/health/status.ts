/** What operators and organizations read of an endpoint. Pure. */
import { stateOf } from './breaker';
import type { ClassStatus, EndpointStatus } from './contract';
import { type ClassMemory, classHealth, type EndpointMemory } from './endpoint';
import { quantiles } from './histogram';
import { keyAtWorst } from './keys';
import { calibrationsOf } from './tokens';

/** Names in one alert. */
const MOST_NAMED = 5;

export function statusOf({ whole, classes, keys, tokens, lastCheck }: EndpointMemory, now: number): EndpointStatus {
	return {
		takenAt: now,
		classes: Object.fromEntries([whole, ...classes.values()].map((one) => [one.name, classStatus(one, now)])),
		keys: Object.fromEntries([...keys.values()].map((key) => [key.name, keyAtWorst(key, now)])),
		lastCheck,
		tokens: calibrationsOf(tokens, now),
	};
}

/** Classes of models whose breakers are open while the endpoint's own is not; the first few. */
export function openModels({ whole, classes }: EndpointMemory, now: number): string[] {
	if (stateOf(whole.breaker, now) === 'open') return [];
	const open = [...classes.values()].filter(({ breaker }) => stateOf(breaker, now) === 'open').map(({ name }) => name);
	return open.slice(0, MOST_NAMED);
}

function classStatus(one: ClassMemory, now: number): ClassStatus {
	const [p50FirstEventMs = null, p95FirstEventMs = null] = quantiles(one.firstEvents, [0.5, 0.95], now);
	const { lastError, lastSuccessAt } = one;
	return { ...classHealth(one, now), p50FirstEventMs, p95FirstEventMs, lastError, lastSuccessAt };
}
