/** One of the operator's choices, against the catalog, before it is stored. */
import type { ModelFacts } from '../catalog/facts';
import type { ModelSettings } from '../db/schema';
import { invalid } from '../errors';
import { UNDECLARED } from './declared';
import { GLOBAL_CAPABILITIES, type GlobalCapability } from './global-setting-input';
import { checkModel, factsOf, type Knowledge, type ModelReference, modelText } from './model-reference';
import { checkSettings } from './settings-check';

export interface GlobalSettingContent {
	readonly provider: string | null;
	readonly model: string | null;
	readonly capabilities: readonly string[];
	readonly inputPricePico: bigint | null;
	readonly outputPricePico: bigint | null;
	readonly settings: ModelSettings;
	readonly isDefault: boolean;
}

/** Throws `invalid_request` naming the field. */
export function checkGlobalSetting(ctx: Knowledge, content: GlobalSettingContent): void {
	const { provider, model, isDefault } = content;
	if ((provider === null) !== (model === null))
		throw invalid(provider === null ? 'provider' : 'model', 'A provider and its model are named together.');
	if (provider === null || model === null) {
		if (!isDefault) throw invalid('provider', 'The default alone may follow the environment: name provider and model.');
		if (content.inputPricePico !== null || content.outputPricePico !== null)
			throw invalid('inputUsdPerMillion', 'Prices belong to a model: name provider and model.');
		return;
	}
	if (!ctx.registry.provider(provider)) throw invalid('provider', `Unknown provider '${provider}'.`);
	const reference = checkModel(ctx, modelText({ provider, model }), 'model');
	const facts = factsOf(ctx, reference, UNDECLARED);
	checkCapabilities(content.capabilities, reference, facts);
	checkPrices(content, facts);
	checkSettings(ctx, content.settings, reference, 'settings');
}

const LACKS: Readonly<Record<GlobalCapability, (facts: ModelFacts) => boolean>> = {
	chat: () => false,
	tools: ({ tools }) => !tools,
	vision: ({ input }) => !input.includes('image'),
	audio: ({ input }) => !input.includes('audio'),
	video: ({ input }) => !input.includes('video'),
	pdf: ({ input }) => !input.includes('pdf'),
	'structured-output': ({ structuredOutput }) => !structuredOutput,
	reasoning: ({ reasoning }) => !reasoning,
};

function checkCapabilities(claimed: readonly string[], reference: ModelReference, facts: ModelFacts): void {
	if (!facts.known) return;
	const lacking = GLOBAL_CAPABILITIES.find((capability) => claimed.includes(capability) && LACKS[capability](facts));
	if (lacking)
		throw invalid(
			`capabilities[${claimed.indexOf(lacking)}]`,
			`'${modelText(reference)}' has no ${lacking} as the catalog knows it.`,
		);
}

/** One half alone needs the catalog's other one. */
function checkPrices({ inputPricePico, outputPricePico }: GlobalSettingContent, { prices }: ModelFacts): void {
	if (prices || (inputPricePico === null) === (outputPricePico === null)) return;
	const missing = inputPricePico === null ? 'inputUsdPerMillion' : 'outputUsdPerMillion';
	throw invalid(missing, `The catalog has no price of this model: give ${missing} too.`);
}
