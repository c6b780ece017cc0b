/** What `agents.*`, profiles and organizations take as `routing`. */
import * as z from 'zod';
import { ROUTING_BOUNDS } from '../config/stored-routing';
import { STRATEGIES } from '../language/routing';
import { RESIDENCY } from '../providers/config';
import { figure, modelName, whole } from './inputs';

const { names, weight: weights, residency, attempts, silenceMs, totalMs } = ROUTING_BOUNDS;

const [leastWeight, mostWeight] = weights;
const WEIGHT = `A weight is a number from ${leastWeight} to ${figure(mostWeight)}.`;
const weight = z.number(WEIGHT).min(leastWeight, WEIGHT).max(mostWeight, WEIGHT);

const candidates = z
	.array(
		z.strictObject({ model: modelName, weight: weight.exactOptional() }),
		'Candidates are a list of {model, weight}.',
	)
	.min(1, 'There is no candidate in it: leave it out.')
	.max(names, `There are at most ${names} candidates: with the model itself a group has ${names + 1}.`);

const TAG = "A residency is a tag such as eu: 1–32 lower-case letters, digits and '-'.";
const tags = z
	.array(z.string(TAG).regex(RESIDENCY, TAG), 'residency is a list of tags such as eu.')
	.min(1, 'There is no tag in it: leave it out.')
	.max(residency, `There are at most ${residency} tags of residency.`)
	.refine((given) => new Set(given).size === given.length, 'A tag of residency stands there twice.');

/** Empty: nobody is tried, whatever the layers below say. */
const chain = z
	.array(modelName, 'A chain is a list of model names.')
	.max(names, `A chain has at most ${names} names: with the first model there are ${names + 1}.`);

const shared = {
	strategy: z.enum(STRATEGIES, `A strategy is one of ${STRATEGIES.join(', ')}.`).exactOptional(),
	/** False: a conversation may move at any turn. */
	sticky: z.boolean('sticky is true or false.').exactOptional(),
	/** Tags of keys that may be used. */
	residency: tags.exactOptional(),
	/** `provider/model`s, aliases or `profile:<name>`s, tried where the conversation is too long. */
	contextFallbacks: chain.exactOptional(),
	/** The same, where a content filter refused. */
	contentFilterFallbacks: chain.exactOptional(),
	/** Upstream calls for each candidate. */
	maxAttempts: whole('maxAttempts', attempts, '').exactOptional(),
	firstEventTimeoutMs: whole('firstEventTimeoutMs', silenceMs, ' ms').exactOptional(),
	idleTimeoutMs: whole('idleTimeoutMs', silenceMs, ' ms').exactOptional(),
	totalTimeoutMs: whole('totalTimeoutMs', totalMs, ' ms').exactOptional(),
	commitTimeoutMs: whole('commitTimeoutMs', totalMs, ' ms').exactOptional(),
};

type Times = {
	readonly totalTimeoutMs?: number;
	readonly commitTimeoutMs?: number;
	readonly firstEventTimeoutMs?: number;
};

/** A part of the time can't be longer than all of it. */
function checkTimes({ totalTimeoutMs, ...parts }: Times, context: z.RefinementCtx): void {
	for (const field of ['commitTimeoutMs', 'firstEventTimeoutMs'] as const) {
		const part = parts[field];
		if (totalTimeoutMs === undefined || part === undefined || part <= totalTimeoutMs) continue;
		const message = `${field} (${part}) is at most totalTimeoutMs (${totalTimeoutMs}): lower it, or raise the other.`;
		context.addIssue({ code: 'custom', path: [field], message });
	}
}

/** Of an agent or a profile. */
export const routingPolicy = z
	.strictObject({
		...shared,
		/** As good as the model itself: `strategy` says which of them is asked first. */
		candidates: candidates.exactOptional(),
		/** Of the model itself among them. */
		weight: weight.exactOptional(),
	})
	.superRefine(checkTimes);

/** Of an organization, under all of its agents and profiles: it has no model that candidates could stand beside. */
export const sharedRoutingPolicy = z.strictObject(shared).superRefine(checkTimes);
