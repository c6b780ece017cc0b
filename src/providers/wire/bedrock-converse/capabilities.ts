/** What Converse takes, of Claude; what other makers' models lack the wire names in its warnings (`vendors.ts`). */
import type { Capabilities } from '../../capability';

const BY_URL = 'Bedrock fetches nothing: send the data itself, as base64.';
const BY_ID = 'Bedrock keeps no files: send the data itself, as base64.';
const dropped = (what: string) => ({ dropped: `Bedrock has no ${what}; it was left out.` });

export const capabilities: Capabilities = {
	'messages.system': 'exact',
	'messages.systemMidway': { lossy: 'Moved ahead of the conversation, where Bedrock takes instructions.' },
	'messages.name': dropped('names on messages'),
	'image.url': { refused: BY_URL },
	'image.data': 'exact',
	'image.fileId': { refused: BY_ID },
	'file.url': { refused: BY_URL },
	'file.data': 'exact',
	'file.fileId': { refused: BY_ID },
	audio: 'exact',
	tools: 'exact',
	'tools.strict': 'exact',
	'tools.parallelResults': 'exact',
	'tools.resultError': 'exact',
	'tools.resultImage': 'exact',
	'toolChoice.none': { lossy: 'The tools are left out, or, where earlier turns used some, forbidden in words.' },
	'toolChoice.required': 'exact',
	'toolChoice.named': 'exact',
	parallelToolCalls: dropped('way to hold a model to one tool call'),
	'responseFormat.json': { lossy: 'The model is told in words to answer with JSON.' },
	'responseFormat.schema': 'exact',
	maxTokens: 'exact',
	temperature: 'exact',
	topP: 'exact',
	topK: 'exact',
	stop: 'exact',
	seed: dropped('seed'),
	presencePenalty: dropped('presence penalty'),
	frequencyPenalty: dropped('frequency penalty'),
	logprobs: dropped('log probabilities'),
	'reasoning.effort': 'exact',
	'reasoning.budget': 'exact',
	'reasoning.replay': 'exact',
	cache: 'exact',
	user: dropped('end user'),
	metadata: 'exact',
};
