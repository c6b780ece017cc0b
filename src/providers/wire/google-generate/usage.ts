/** `usageMetadata` → the partition. The prompt includes what was cached; candidates exclude the thoughts. */
import { type Usage, usageOf } from '../../../language/usage';
import { arrayOf, isObject, type Json, numberOf, objectOf } from '../json';

/** Null: no counts; Vertex sends the kind of traffic alone on all chunks but the last. */
export function usageFrom(raw: unknown): Usage | null {
	const said = objectOf(raw);
	if (!said) return null;
	const prompt = numberOf(said.promptTokenCount);
	const output = numberOf(said.candidatesTokenCount);
	if (prompt === undefined && output === undefined && numberOf(said.thoughtsTokenCount) === undefined) return null;
	const cached = Math.min(numberOf(said.cachedContentTokenCount) ?? 0, prompt ?? 0);
	const tools = numberOf(said.toolUsePromptTokenCount) ?? 0;
	const fresh = Math.max(0, (prompt ?? 0) - cached);
	const inputAudio = Math.min(fresh, freshOf('AUDIO', said));
	const inputImage = Math.min(fresh - inputAudio, freshOf('IMAGE', said));
	const outputAudio = Math.min(output ?? 0, tokensOf('AUDIO', said.candidatesTokensDetails));
	return usageOf({
		input: fresh - inputAudio - inputImage + tools,
		cacheRead: cached,
		inputAudio,
		inputImage,
		output: (output ?? 0) - outputAudio,
		reasoning: numberOf(said.thoughtsTokenCount) ?? 0,
		outputAudio,
	});
}

const freshOf = (modality: string, said: Json): number =>
	Math.max(0, tokensOf(modality, said.promptTokensDetails) - tokensOf(modality, said.cacheTokensDetails));

const tokensOf = (modality: string, details: unknown): number =>
	arrayOf(details)
		.filter(isObject)
		.filter((entry) => entry.modality === modality)
		.reduce((sum, entry) => sum + Math.max(0, Math.trunc(numberOf(entry.tokenCount) ?? 0)), 0);
