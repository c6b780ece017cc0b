/** What may be done to one request's conversation, and how much it may count: values without their origins. Pure. */
import { GatewayError } from '../errors';
import { CONTEXT_FIELDS, type ContextField, type ContextPolicy } from '../language/context';
import type { ChatRequest, Warning } from '../language/request';
import type { Caller, Choice, Snapshot, SourcedContext } from './ports';
import { barred } from './preset';

/** What a request is planned under. */
export interface ContextInForce {
	readonly policy: ContextPolicy;
	/** Names what the caller asked for in vain. */
	readonly warnings: readonly Warning[];
}

const NONE: readonly Warning[] = [];
const NOTHING: ContextInForce = { policy: {}, warnings: NONE };
/** As the answer names it. */
const MODE = 'context.mode';

type Values = { -readonly [K in ContextField]?: NonNullable<ContextPolicy[K]> };

function put<K extends ContextField>(
	into: { [P in K]?: NonNullable<ContextPolicy[P]> },
	from: SourcedContext,
	field: K,
): void {
	const said = from[field];
	if (said !== undefined) into[field] = said.value;
}

/**
 * Of what chose the model, where the configuration did; else the organization's own. The request's mode stands over it,
 * but for a key that may not override settings, where the configuration sets one: then the answer says so. Throws
 * `forbidden` there where the request is strict.
 */
export function contextOf(
	{ context: wish, strict }: Pick<ChatRequest, 'context' | 'strict'>,
	choice: Pick<Choice, 'context'> | null,
	{ context, caller }: Pick<Snapshot, 'context'> & { readonly caller: Pick<Caller, 'mayOverrideSettings'> },
): ContextInForce {
	const sourced = choice?.context ?? context;
	if (sourced === undefined && wish?.mode === undefined) return NOTHING;
	const policy: Values = {};
	if (sourced !== undefined) for (const field of CONTEXT_FIELDS) put(policy, sourced, field);
	const mode = wish?.mode;
	if (mode === undefined || mode === policy.mode) return { policy, warnings: NONE };
	if (policy.mode === undefined || caller.mayOverrideSettings) return { policy: { ...policy, mode }, warnings: NONE };
	if (strict) throw new GatewayError('forbidden', `${barred(MODE)}.`, { param: MODE });
	return { policy, warnings: [{ field: MODE, message: `${barred(MODE)}: its value was kept.` }] };
}

/** Where a lower bound counts, whoever sets it. */
const BOUNDS = ['maxInputTokens', 'maxOutputTokens'] as const satisfies readonly ContextField[];

/**
 * Of an agent beside which a request names a profile: its bounds stay where they are lower, and what may be done to a
 * conversation too where the key may not override settings.
 */
export function keptContext(
	ofAgent: SourcedContext | undefined,
	named: SourcedContext | undefined,
	{ mayOverrideSettings }: Pick<Caller, 'mayOverrideSettings'>,
): Pick<Choice, 'context'> {
	if (ofAgent === undefined) return {};
	const kept: { -readonly [K in ContextField]?: NonNullable<SourcedContext[K]> } = {};
	if (!mayOverrideSettings) {
		if (ofAgent.mode?.origin === 'agent') kept.mode = ofAgent.mode;
		if (ofAgent.summarizer?.origin === 'agent') kept.summarizer = ofAgent.summarizer;
	}
	for (const bound of BOUNDS) {
		const own = ofAgent[bound];
		if (own !== undefined && own.value < (named?.[bound]?.value ?? Number.POSITIVE_INFINITY)) kept[bound] = own;
	}
	return Object.keys(kept).length > 0 ? { context: { ...named, ...kept } } : {};
}
