/** The wire of the built-in mock: canonical events as JSON, over SSE or whole. */
import type { Wire } from '../../provider';
import { capabilities } from './capabilities';
import { fromError } from './error';
import { toRequest } from './request';
import { fromResponse } from './response';
import { MockDecoder } from './stream';

export { mockEmbeddings } from './embed';

export const mock: Wire = {
	id: 'mock',
	framing: 'sse',
	capabilities,
	toRequest,
	fromResponse,
	decoder: () => new MockDecoder(),
	fromError,
};
