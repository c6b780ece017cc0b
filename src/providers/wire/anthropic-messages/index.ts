/** Anthropic's Messages API, version 2023-06-01 (PROVIDERS section 3). */
import type { Wire } from '../../provider';
import { capabilities } from './capabilities';
import { fromCountResponse, toCountRequest } from './counting';
import { fromError } from './error';
import { defaultBound } from './reasoning';
import { toRequest } from './request';
import { fromResponse } from './response';
import { MessageDecoder } from './stream';

export const anthropicMessages: Wire = {
	id: 'anthropic-messages',
	framing: 'sse',
	capabilities,
	toRequest,
	fromResponse,
	decoder: (plan) => new MessageDecoder(plan),
	fromError,
	defaultOutput: (request, { traits }) => defaultBound(request, traits),
	counting: { toRequest: toCountRequest, fromResponse: fromCountResponse },
};
