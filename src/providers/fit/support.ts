/** What a target does with a part of a request: its provider's word, else its wire's, narrowed by the model. */
import type { ChatRequest } from '../../language/request';
import type { Capability, CapabilityOverrides, Support } from '../capability';
import type { FitTarget } from './target';

/** Support that is not exact. */
export type Shortfall = Exclude<Support, 'exact'>;

/** By the provider, where it differs, else by the wire; the model is not asked. */
export function statedSupport(
	capability: Capability,
	{ wire, provider }: Pick<FitTarget, 'wire' | 'provider'>,
): Support {
	return overridesOf(provider, wire.id)?.[capability] ?? wire.capabilities[capability];
}

/** For any request; see `samples` for what a single one may change. */
export function supportOf(capability: Capability, target: FitTarget): Support {
	const stated = statedSupport(capability, target);
	if (target.traits.known === false || (stated !== 'exact' && !('lossy' in stated))) return stated;
	return denied(capability, target) ?? stated;
}

/** From GPT-5.1 on, OpenAI's models sample where they are told not to reason. */
export function samples({ reasoning }: Pick<ChatRequest, 'reasoning'>, { traits }: FitTarget): boolean {
	if (traits.sampling) return true;
	if (reasoning?.effort !== 'none') return false;
	return traits.reasoningOptions.some((option) => option.type === 'effort' && option.values.includes('none'));
}

/** True where the model is known never to reason. */
export const neverReasons = ({ traits }: FitTarget): boolean => !traits.reasoning && traits.known !== false;

/** A provider's overrides are about its first wire; an alternative has its own. */
function overridesOf(
	{ wire, capabilities, alternatives }: FitTarget['provider'],
	used: FitTarget['wire']['id'],
): CapabilityOverrides | undefined {
	return wire === used ? capabilities : alternatives?.find((other) => other.wire === used)?.capabilities;
}

/** What a known model lacks; undefined: nothing here. */
function denied(capability: Capability, target: FitTarget): Shortfall | undefined {
	const { traits, quirks } = target;
	switch (capability) {
		case 'image.url':
		case 'image.data':
		case 'image.fileId':
		case 'tools.resultImage':
			return takes('image', target)
				? undefined
				: { refused: 'This model takes no images: choose one that does, or leave them out.' };
		case 'audio':
			return takes('audio', target)
				? undefined
				: { refused: 'This model takes no audio: choose one that does, or send a transcript.' };
		case 'file.url':
		case 'file.data':
		case 'file.fileId':
			// Providers show a model the pages of a PDF as images, whether a catalog says so or not.
			if (quirks.parsesFiles || takes('pdf', target) || takes('image', target)) return undefined;
			return { refused: 'This model takes no files: choose one that does, or send their text.' };
		case 'temperature':
		case 'topP':
		case 'topK':
			return traits.sampling ? undefined : { dropped: `This model takes no ${capability}.` };
		case 'reasoning.effort':
		case 'reasoning.budget':
			return neverReasons(target) ? { dropped: 'This model does not reason.' } : undefined;
		case 'responseFormat.schema':
			if (traits.structuredOutput) return undefined;
			return { lossy: 'This model has no native schemas; it is asked for the schema in another way.' };
		default:
			return deniedByGroup(capability, target);
	}
}

function deniedByGroup(capability: Capability, { traits, quirks }: FitTarget): Shortfall | undefined {
	if (traits.tools === false && (capability === 'parallelToolCalls' || capability.startsWith('tool')))
		return {
			refused: 'This model calls no tools: choose one that does, or leave out tools, their calls and their results.',
		};
	if (!traits.sampling && quirks.withoutSampling?.includes(capability))
		return { dropped: `This model takes no ${capability}.` };
	return undefined;
}

const takes = (modality: 'image' | 'audio' | 'pdf', { traits }: FitTarget): boolean =>
	traits.input?.includes(modality) ?? true;
