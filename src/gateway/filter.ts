/** Who can't answer a request, and why, in words for whoever reads a receipt. Pure. */
import type { ModelFacts } from '../catalog/facts';
import type { Needs } from './candidate';
import type { Credential } from './ports';

/** Where the data of a request may go: by the key's own tag, and never without one. */
export const isWithin = ({ config }: Pick<Credential, 'config'>, residency: readonly string[]): boolean =>
	config.residency !== undefined && residency.includes(config.residency);

/** Of a key that is not. */
export function outside({ config }: Pick<Credential, 'config'>, residency: readonly string[]): string {
	const among = residency.join(', ');
	if (among === '') return 'residency: the policy names no tag that may be used';
	return config.residency === undefined
		? `residency: this key has no tag, and only ${among} may be used`
		: `residency: '${config.residency}' is not among ${among}`;
}

/** What the model can't do of what this request asks for; null: nothing, or too little is known of it. */
export function lacking(facts: ModelFacts, needs: Needs): string | null {
	if (!facts.known) return null;
	if (needs.tools && !facts.tools) return 'tools: this model calls none';
	if (needs.structuredOutput && !facts.structuredOutput) return 'responseFormat: this model keeps to no JSON schema';
	const missing = needs.input.filter((kind) => !facts.input.includes(kind));
	return missing.length > 0 ? `input: this model takes no ${missing.join(', no ')}` : null;
}

/** Why the prompt is too long for the model, as far as an estimate tells; null: it is not, or its window is unknown. */
export function tooLong(
	{ known, contextWindow, inputLimit, maxOutput }: ModelFacts,
	{ promptTokens, maxTokens }: Pick<Needs, 'promptTokens' | 'maxTokens'>,
): string | null {
	if (!known) return null;
	const tokens = Math.ceil(promptTokens);
	if (inputLimit !== null && tokens > inputLimit) return `context: about ${tokens} tokens do not fit ${inputLimit}`;
	if (tokens > contextWindow) return `context: about ${tokens} tokens do not fit ${contextWindow}`;
	const output = maxTokens === null ? 0 : Math.min(maxTokens, maxOutput ?? maxTokens);
	return tokens + output > contextWindow
		? `context: about ${tokens} tokens and ${output} of the answer do not fit ${contextWindow}`
		: null;
}
