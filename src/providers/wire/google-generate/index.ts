/** Google's Gemini API, v1beta `generateContent` (PROVIDERS section 4). */
import type { Wire } from '../../provider';
import { capabilities } from './capabilities';
import { fromCountResponse, toCountRequest } from './counting';
import { fromError } from './error';
import { toRequest } from './request';
import { fromResponse } from './response';
import { GenerateDecoder } from './stream';

export const googleGenerate: Wire = {
	id: 'google-generate',
	framing: 'sse',
	capabilities,
	toRequest,
	fromResponse,
	decoder: (plan) => new GenerateDecoder(plan),
	fromError,
	counting: { toRequest: toCountRequest, fromResponse: fromCountResponse },
};
