/** A custom model as its form holds it, and as the API takes it. */
import type { CustomModel, SetCustomModel } from '../../data/types';
import type { Figure } from '../../ui/figure';

/** '': as the catalog says. */
export type Ability = '' | 'yes' | 'no';

export const ABILITIES = ['tools', 'structuredOutput', 'reasoning'] as const;
export const MODALITIES = ['image', 'audio', 'video', 'pdf'] as const;
export const PRICES = [
	['input', 'Input'],
	['output', 'Output'],
	['cacheRead', 'Cache read'],
	['cacheWrite5m', 'Cache write (5 minutes)'],
	['cacheWrite1h', 'Cache write (1 hour)'],
	['reasoning', 'Reasoning'],
	['inputAudio', 'Audio in'],
	['outputAudio', 'Audio out'],
] as const;

type Part = (typeof PRICES)[number][0];
type Modality = (typeof MODALITIES)[number];

export interface CustomModelDraft {
	readonly provider: string;
	readonly model: string;
	readonly displayName: string;
	/** '': as the catalog says. */
	readonly kind: '' | 'chat' | 'embedding';
	readonly contextWindow: Figure;
	readonly inputLimit: Figure;
	readonly maxOutput: Figure;
	readonly abilities: Readonly<Record<(typeof ABILITIES)[number], Ability>>;
	/** False: as the catalog says. */
	readonly saysInput: boolean;
	readonly input: readonly Modality[];
	/** Decimal USD per million tokens; '': not said. */
	readonly prices: Readonly<Record<Part, string>>;
}

export const FIELDS = [
	'provider',
	'model',
	'displayName',
	'kind',
	'contextWindow',
	'inputLimit',
	'maxOutput',
	'capabilities',
	...PRICES.map(([part]) => `prices.${part}`),
];

const NO_PRICES: CustomModelDraft['prices'] = {
	input: '',
	output: '',
	cacheRead: '',
	cacheWrite5m: '',
	cacheWrite1h: '',
	reasoning: '',
	inputAudio: '',
	outputAudio: '',
};

export const NEW_MODEL: CustomModelDraft = {
	provider: '',
	model: '',
	displayName: '',
	kind: '',
	contextWindow: '',
	inputLimit: '',
	maxOutput: '',
	abilities: { tools: '', structuredOutput: '', reasoning: '' },
	saysInput: false,
	input: [],
	prices: NO_PRICES,
};

const abilityOf = (able: boolean | undefined): Ability => (able === undefined ? '' : able ? 'yes' : 'no');

export const draftOf = (model: CustomModel): CustomModelDraft => ({
	provider: model.provider,
	model: model.model,
	displayName: model.displayName ?? '',
	kind: model.kind ?? '',
	contextWindow: model.contextWindow ?? '',
	inputLimit: model.inputLimit ?? '',
	maxOutput: model.maxOutput ?? '',
	abilities: {
		tools: abilityOf(model.capabilities.tools),
		structuredOutput: abilityOf(model.capabilities.structuredOutput),
		reasoning: abilityOf(model.capabilities.reasoning),
	},
	saysInput: model.capabilities.input !== undefined,
	input: MODALITIES.filter((modality) => model.capabilities.input?.includes(modality)),
	prices: { ...NO_PRICES, ...model.prices },
});

function capabilitiesOf({ abilities, saysInput, input }: CustomModelDraft) {
	const said = ABILITIES.filter((ability) => abilities[ability] !== '');
	return {
		...Object.fromEntries(said.map((ability) => [ability, abilities[ability] === 'yes'])),
		...(saysInput && { input: [...input] }),
	};
}

function pricesOf({ prices }: CustomModelDraft) {
	const said = PRICES.flatMap(([part]) => (prices[part].trim() === '' ? [] : [[part, prices[part].trim()]]));
	if (said.length === 0) return null;
	return { ...Object.fromEntries(said), input: prices.input.trim(), output: prices.output.trim() };
}

export function inputOf(draft: CustomModelDraft): SetCustomModel {
	const { kind, contextWindow, inputLimit, maxOutput } = draft;
	const capabilities = capabilitiesOf(draft);
	return {
		provider: draft.provider.trim(),
		model: draft.model.trim(),
		displayName: draft.displayName.trim() === '' ? null : draft.displayName.trim(),
		...(kind !== '' && { kind }),
		...(contextWindow !== '' && { contextWindow }),
		...(inputLimit !== '' && { inputLimit }),
		...(maxOutput !== '' && { maxOutput }),
		...(Object.keys(capabilities).length > 0 && { capabilities }),
		prices: pricesOf(draft),
	};
}
