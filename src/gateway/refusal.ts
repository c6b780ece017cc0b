/** What a request is refused with before anybody is asked. Pure. */
import { GatewayError } from '../errors';
import { explicitNames } from './asked';
import type { Considered } from './considered';
import type { Survey } from './route';

type Surveyed = Pick<Survey, 'first' | 'group' | 'others' | 'policy'> & Partial<Pick<Survey, 'request'>>;

/**
 * null: somebody can be asked. The one model that a request names must be usable by itself. Where it names several, or
 * leaves the choice to the configuration, or residency alone keeps it out, it is skipped while one of the rest is usable.
 */
export function refusalOf({ request, first, group, others, policy }: Surveyed): GatewayError | null {
	if (first.target) return null;
	const resides = first.barred.length > 0;
	const insisted = request === undefined || explicitNames(request)?.length === 1;
	const missing = !insisted && first.refusal?.code === 'model_not_found';
	if (!resides && !missing && group.length === 0) return first.refusal;
	const rest = [...group, ...others];
	if (rest.some(({ target }) => target !== null)) return null;
	return resides ? outsideOf([first, ...rest], policy.residency ?? []) : first.refusal;
}

function outsideOf(all: readonly Considered[], residency: readonly string[]): GatewayError {
	const tags = all.flatMap(({ barred }) => barred.map(({ credential }) => credential.config.residency));
	const there = [...new Set(tags)].map((tag) => (tag === undefined ? 'none' : `'${tag}'`));
	const asked = residency.map((tag) => `'${tag}'`).join(', ') || 'no tag at all';
	return new GatewayError(
		'forbidden',
		`Residency lets this request go to keys tagged ${asked} alone; those of its models are tagged ${there.join(', ')}. Name another model, or tag a key by config.residency.`,
		{ param: 'model' },
	);
}
