/** Which tokenizer a model has, by its name: no provider publishes it as a fact. */
import type { TokenizerFamily } from './facts';
import { vendored } from './inference-profile';

/** In order: the first that matches the model's own name (vendor prefix and variant cut off) decides. */
const RULES: readonly (readonly [RegExp, TokenizerFamily])[] = [
	[/gpt-oss/, 'gpt-oss'],
	[/^gpt-(4o|4\.\d)/, 'o200k'],
	[/^(gpt-4|gpt-3|text-embedding|davinci|babbage)/, 'cl100k'],
	[/^(gpt-|chatgpt|o\d|codex|computer-use)/, 'o200k'],
	[/claude/, 'claude'],
	[/gemini|gemma/, 'gemini'],
	// Before DeepSeek and Qwen: distilled models keep the tokenizer of the model they were made from.
	[/llama/, 'llama'],
	[/qwen|qwq|qvq/, 'qwen'],
	[/mistral|mixtral|ministral|magistral|codestral|devstral|pixtral|voxtral|mathstral/, 'mistral'],
	[/deepseek/, 'deepseek'],
	[/grok/, 'grok'],
	[/^command-(a|r|light|nightly)|^cohere[-.]|^(c4ai-)?aya-|^embed-(v4|english|multilingual)/, 'cohere'],
	[/^(amazon\.)?nova-/, 'nova'],
];

/** Whatever the model is called. */
const OF_PROVIDER: ReadonlyMap<string, TokenizerFamily> = new Map([
	['mock', 'mock'],
	['cohere', 'cohere'],
]);

/** Where `gpt-4` and the like are other names of open models. */
const BORROWS_NAMES: ReadonlySet<string> = new Set(['localai']);

/** `anthropic/claude-opus-4.8:nitro` → `claude-opus-4.8`; `ft:gpt-4o:acme::1` → `gpt-4o`; `openai.gpt-5.4` → `gpt-5.4`. */
export const ownName = (model: string): string => {
	const profile = vendored(model)?.model.replace(/^openai\./, '');
	const name = (profile ?? model).toLowerCase().replace(/^ft:/, '');
	return (name.split(':')[0] ?? name).split('/').at(-1) ?? name;
};

export function tokenizerOf(provider: string, model: string): TokenizerFamily {
	const fixed = OF_PROVIDER.get(provider);
	if (fixed) return fixed;
	const name = ownName(model);
	const family = RULES.find(([pattern]) => pattern.test(name))?.[1] ?? 'unknown';
	if (BORROWS_NAMES.has(provider) && (family === 'o200k' || family === 'cl100k')) return 'unknown';
	return family === 'claude' && isNewClaude(name) ? 'claude-5' : family;
}

/**
 * Opus 4.7, and everything from generation 5 on, count about 30 % more tokens for the same text (Anthropic's
 * docs). A name without a version (`claude-opus-latest`) is the newest.
 */
function isNewClaude(name: string): boolean {
	if (/claude-(instant|v\d)/.test(name)) return false;
	const [, major, minor = '0'] = /claude-(?:[a-z]+-)?(\d)(?:[.-](\d{1,2}))?(?!\d)/.exec(name) ?? [];
	if (major === undefined) return true;
	return Number(major) > 4 || (major === '4' && Number(minor) >= 7);
}
