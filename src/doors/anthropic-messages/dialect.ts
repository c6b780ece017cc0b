/** What of a request is Anthropic's own: sent on to Anthropic, else named; and what nobody gets, which is named always. */
import { invalid } from '../../errors';
import type { Warning } from '../../language/request';
import { type MessageBody, messageBody } from './schema';
import type { Steering } from './thinking';

type Fields = Readonly<Record<string, unknown>>;

const PROVIDER = 'anthropic';

/** Sent on as they are, though they are known. */
const SENT_ON = ['service_tier'] as const;

const isKnown = (field: string): boolean => Object.hasOwn(messageBody.shape, field);
const isSaid = (value: unknown): boolean => value !== null && value !== undefined;

export interface Dialect {
	readonly providerOptions?: Readonly<Record<string, Fields>>;
	/** Fields that only Anthropic is given. */
	readonly native: readonly string[];
	/** What is lost whoever answers. */
	readonly lost: readonly Warning[];
}

/**
 * `sent`: the body as it came, with the fields that no schema names; Anthropic adds some every year. The caller's own
 * `switchyard.provider_options` win over what is collected here.
 */
export function dialectOf(
	body: MessageBody,
	sent: Fields,
	betaHeader: string | undefined,
	steering: Steering,
): Dialect {
	const further = Object.keys(sent).filter((field) => !isKnown(field) && isSaid(sent[field]));
	const fields = [...SENT_ON.filter((field) => isSaid(body[field])), ...further];
	const { effort: _effort, format: _format, ...config } = body.output_config ?? {};
	const betas = [...(body.betas ?? []), ...(betaHeader?.split(',') ?? [])].map((beta) => beta.trim()).filter(Boolean);
	const outputConfig = { ...config, ...(steering.options.output_config as Fields | undefined) };
	const options: Fields = {
		...Object.fromEntries(fields.map((field) => [field, sent[field]])),
		...steering.options,
		...(Object.keys(outputConfig).length > 0 && { output_config: outputConfig }),
		...(betas.length > 0 && { betas }),
	};
	const own = body.switchyard?.provider_options ?? {};
	const merged = { ...own, [PROVIDER]: { ...options, ...own[PROVIDER] } };
	const lost = lostOf(body);
	const [first] = lost;
	if (first && body.switchyard?.strict) throw invalid(first.field, first.message);
	return {
		...(Object.keys(merged[PROVIDER] ?? {}).length + Object.keys(own).length > 0 && { providerOptions: merged }),
		native: [
			...fields,
			...steering.native,
			...Object.keys(config).map((key) => `output_config.${key}`),
			...(betas.length > 0 ? ['anthropic-beta'] : []),
			...(body.messages.some(asksForCitations) ? ['citations'] : []),
		],
		lost,
	};
}

const asksForCitations = ({ content }: MessageBody['messages'][number]): boolean =>
	content.some((block) => block.type === 'document' && block.citations?.enabled === true);

const HINTS = ['eager_input_streaming', 'input_examples', 'defer_loading', 'allowed_callers'] as const;

function lostOf({ diagnostics, tools, messages }: MessageBody): Warning[] {
	const warnings: Warning[] = [];
	if (diagnostics) warnings.push({ field: 'diagnostics', message: 'Diagnostics are not part of the answer.' });
	const hints = HINTS.filter((hint) => tools?.some((tool) => isSaid(tool[hint])));
	if (hints.length > 0) warnings.push({ field: 'tools', message: `${hints.join(', ')} of tools are not sent on.` });
	if (messages.some(({ content }) => content.some((block) => block.type === 'tool_use' && block.cache_control)))
		warnings.push({ field: 'cache', message: 'A breakpoint on a tool_use block is left out: set it on its result.' });
	return warnings;
}

/** What was lost with the provider that answered. */
export function dialectWarnings({ native, lost }: Dialect, provider: string): Warning[] {
	if (provider === PROVIDER) return [...lost];
	const unsent = native.map((field) => ({
		field,
		message: `${field} is sent to ${PROVIDER} only; ${provider} answered without it.`,
	}));
	return [...lost, ...unsent];
}
