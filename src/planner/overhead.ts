/** What a model does with a prompt: its family's figures, and what is its own. */
import type { ModelFacts } from '../catalog/facts';
import { ownName } from '../catalog/tokenizer';
import { FAMILIES, type Overhead } from './families';
import { openaiImages } from './image-rules';

export type { Overhead } from './families';

/** By the model's own name; all that match, the later ones over the earlier. */
const OF_MODELS: readonly (readonly [RegExp, Partial<Overhead>])[] = [
	// The Harmony format: answers name their channel.
	[/^(gpt-(?!35)([5-9]|\d\d)|o\d|codex)/, { base: 2, perAnswer: 2 }],
	[/^gpt-5(-mini|-nano)?(-20\d\d-\d\d-\d\d)?$/, { toolPreamble: 92 }],
	// Up to Claude 4.1 the tools' prompt grows less where it stands alone.
	[/^claude-(instant|v?[123](?!\d)|[a-z]+-4(?![.-][2-9](?!\d)))/, { toolsAlone: 60 }],
	[/^gemini-([3-9]|\d\d)/, { image: { kind: 'flat', tokens: 1_120 } }],
	// System prompts of their own.
	[/^mistral-small/, { base: 15 }],
	[/^grok-4(-0709|-latest)?$/, { base: 680 }],
	[/^nova-([2-9]|\d\d)/, { base: 45 }],
	[/^pixtral/, { image: { kind: 'grid', patch: 16, edge: 1_024, most: 4_160, unsized: 4_160 } }],
	// Thinks by itself.
	[/^deepseek-v([4-9]|\d\d)/, { thinking: 80, thinks: 'always' }],
];

/** As Bedrock names models, whose Converse demands the tools of earlier turns: `us.anthropic.…`, or an ARN. */
const CONVERSED = /^(?:arn:|(?:[a-z-]+\.)?[a-z]{2,}\d*\.[a-z])/;

/** Sheets are kept by the catalog; what follows from one is kept as long. */
const known = new WeakMap<OverheadFacts, Overhead>();

export type OverheadFacts = Pick<ModelFacts, 'tokenizer' | 'model' | 'listedAs'>;

export function overheadOf(facts: OverheadFacts): Overhead {
	const kept = known.get(facts);
	if (kept) return kept;
	const made = overheadFrom(facts);
	known.set(facts, made);
	return made;
}

function overheadFrom({ tokenizer, model, listedAs }: OverheadFacts): Overhead {
	const family = FAMILIES[tokenizer];
	const name = ownName(listedAs ?? model).replace(/^[a-z]+\.(?=[a-z])/, '');
	const own = OF_MODELS.filter(([pattern]) => pattern.test(name)).map(([, figures]) => figures);
	const image = tokenizer === 'o200k' ? { image: openaiImages(name) } : {};
	return Object.assign({ ...family, ...image, namesCalled: CONVERSED.test(model) }, ...own);
}
