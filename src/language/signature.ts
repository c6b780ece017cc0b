/**
 * Whose a reasoning signature is. A provider refuses another's, and a conversation may move between them (a fallback,
 * another model in the next turn), so a signature carries its origin through clients that only hand it back.
 * Anthropic's stays bare: its clients may hold ones that never passed this gateway.
 */

/** By what can verify it, not by who sold it: Claude signs alike at Anthropic and on Bedrock. */
export type SignatureOrigin = 'anthropic' | 'openai' | 'google' | 'openrouter' | 'bedrock';

const TAGGED = /^(openai|google|bedrock):/;

/** The signature as the language carries it. `opaque`: as the provider gave it. */
export const signed = (origin: SignatureOrigin, opaque: string): string =>
	origin === 'anthropic' || origin === 'openrouter' ? opaque : `${origin}:${opaque}`;

/** OpenRouter's is the JSON of a reasoning detail (`reasoning_details[]`), so it begins with a brace. */
export function originOf(signature: string): SignatureOrigin {
	const [, tag] = TAGGED.exec(signature) ?? [];
	if (tag === 'openai' || tag === 'google' || tag === 'bedrock') return tag;
	return signature.startsWith('{') ? 'openrouter' : 'anthropic';
}

/** What the provider gave, where it is `origin`'s; null: another's, which must not be sent there. */
export function opaqueOf(origin: SignatureOrigin, signature: string): string | null {
	if (originOf(signature) !== origin) return null;
	return origin === 'anthropic' || origin === 'openrouter' ? signature : signature.slice(origin.length + 1);
}
