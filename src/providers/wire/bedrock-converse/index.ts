/** Amazon Bedrock's Converse API, one for the models of every maker (PROVIDERS section 9). */
import type { Wire } from '../../provider';
import { capabilities } from './capabilities';
import { counting } from './counting';
import { fromError } from './error';
import { defaultOutput } from './reasoning';
import { toRequest } from './request';
import { fromResponse } from './response';
import { ConverseDecoder } from './stream';

export { bedrockEmbeddings } from './embed';

export const bedrockConverse: Wire = {
	id: 'bedrock-converse',
	framing: 'aws-events',
	capabilities,
	toRequest,
	fromResponse,
	decoder: (plan) => new ConverseDecoder(plan),
	fromError,
	defaultOutput,
	counting,
};
