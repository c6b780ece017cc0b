import { invalid } from '../../../errors';
import type { EmbedRequest, Warning } from '../../../language/request';
import type { Quirks, WireRequest, WireTarget } from '../../provider';
import { embedLosses } from '../embed-losses';
import type { Json } from '../json';
import { optionsOf } from '../provider-options';

/** Decided by routing and by the reading of the answer. */
const RESERVED: readonly string[] = ['model', 'models', 'input', 'encoding_format'];

const INPUT_TYPES: Readonly<Record<NonNullable<EmbedRequest['inputType']>, string>> = {
	query: 'search_query',
	document: 'search_document',
	classification: 'classification',
	clustering: 'clustering',
	similarity: 'clustering',
};

type Target = Pick<WireTarget, 'providerId' | 'model' | 'quirks'>;

/**
 * `POST /embeddings`. Throws `invalid_request` for token ids where those are not taken, and for provider options that
 * the gateway decides.
 */
export function toRequest(request: EmbedRequest, { providerId, model, quirks }: Target): WireRequest {
	const { input, dimensions, user } = request;
	const anonymous = quirks.anonymousEmbeddings === true;
	if (quirks.textEmbeddings && typeof input[0] !== 'string')
		throw invalid('input', `${providerId} embeds texts, not token ids.`);
	const body = {
		model,
		input,
		...(dimensions !== undefined && { [quirks.dimensionsField ?? 'dimensions']: dimensions }),
		...(user !== undefined && !anonymous && { user }),
		...inputTypeField(request, quirks),
		...(quirks.base64Embeddings && { encoding_format: 'base64' }),
		...optionsOf(request, providerId, RESERVED),
	};
	return {
		path: '/embeddings',
		headers: { 'content-type': 'application/json', accept: 'application/json' },
		body: JSON.stringify(body),
		warnings: warningsOf(request, providerId, quirks),
		plan: quirks.reportsCost ? { reportsCost: true } : {},
	};
}

/** Where vectors are told apart by what they are for; most models have one kind. */
const inputTypeField = ({ inputType }: EmbedRequest, quirks: Quirks): Json =>
	inputType !== undefined && quirks.embeddingInputTypes ? { input_type: INPUT_TYPES[inputType] } : {};

function warningsOf(request: EmbedRequest, providerId: string, quirks: Quirks): Warning[] {
	const lost = embedLosses(request, quirks.anonymousEmbeddings ? ['user'] : [], providerId);
	if (!quirks.embeddingInputTypes) return [...lost, ...embedLosses(request, ['inputType'], providerId)];
	if (request.inputType !== 'similarity') return lost;
	return [...lost, { field: 'inputType', message: `${providerId} has no 'similarity'; sent as 'clustering'.` }];
}
