/** The text of `docs/failures.md`: the table that decides, printed. */
import { STATUS } from '../src/errors';
import { FAILURE_RULES, type FailureRule } from '../src/gateway/failures';

const AGAIN: Readonly<Record<FailureRule['again'], string>> = {
	backoff: 'at once, after a backoff',
	later: 'later, others first',
	never: 'no',
	replan: 'once, with less of the conversation, where the chain has nobody',
};

const ELSEWHERE: Readonly<Record<FailureRule['elsewhere'], string>> = {
	key: 'the next key, then the next target',
	target: 'another place, then other keys of this one',
	'context chain': '`contextFallbacks`',
	'filter chain': '`contentFilterFallbacks`',
	nowhere: 'nobody',
};

const BREAKER: Readonly<Record<FailureRule['breaker'], string>> = {
	endpoint: "the endpoint's",
	model: "the model's",
	none: '–',
};

const KEY: Readonly<Record<FailureRule['key'], string>> = { refused: 'refused', limited: 'limited', none: '–' };

const answer = ({ answer: codes }: FailureRule): string =>
	codes.map((code) => `\`${code}\` (${STATUS[code]})`).join(', ');

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const HEAD = [
	'failure',
	'asked again',
	'who is asked instead',
	'breaker',
	'key',
	'ledger',
	'the caller gets, at the end',
];

export const failuresPage = (): string =>
	`${[
		'# Failures',
		'',
		'What a failed upstream call does. Printed from `src/gateway/failures.ts`, which is what decides: `UPDATE_DOCS=1 npx vitest run --project node test/docs/failures.node.test.ts` writes this page anew. How it all goes together: [routing](routing.md).',
		'',
		row(HEAD),
		row(HEAD.map(() => '---')),
		...FAILURE_RULES.map((rule) =>
			row([
				rule.name,
				AGAIN[rule.again],
				ELSEWHERE[rule.elsewhere],
				BREAKER[rule.breaker],
				KEY[rule.key],
				rule.ledger,
				answer(rule),
			]),
		),
		'',
		'## When it is which',
		'',
		...FAILURE_RULES.map(({ name, means }) => `- **${name}**: ${means}`),
		'',
		'## What the columns say',
		'',
		'- **asked again**: how often in all, `maxAttempts` of the routing policy says, over all rounds. The backoff is full jitter: up to 200 ms, doubling to 2 s. A `Retry-After` is waited for while it ends within the time left and nobody else may be asked; a longer one is handed to the caller. With `x-should-retry: false` nothing is asked again but with less of the conversation. Whoever is asked with less keeps all its tries: that one comes on top, once, and not in the modes `off` and `refuse`. Retries have a budget, which never stops the only one left.',
		'- **who is asked instead**: always within the time to the first content that all attempts share, and 24 upstream calls at most. A chain stands in the place of all others; models in `contextFallbacks` whose window is no larger are passed over; where a chain has nobody, and nothing can be taken away, the failure is the answer.',
		"- **breaker**: looked at before each try, of a request that is under way too: one that is open lets leased probes through alone. A time limit counts only where it was at least the operator's. Calls to a provider's other paths (passthrough) count no time limits at all.",
		'- **key**: a refused or limited key is left alone for a while, and asked only when nobody else is left, nor worth waiting for. One that would merely exceed a rate is asked before anybody is waited for. What concerns a model or this one request alone says nothing of the key.',
		'- **ledger**: what becomes of the entry where no content had come: `released` costs nothing; `unknown` may have been billed, and is priced by the estimated prompt. Whatever has delivered content is settled, by estimate where no usage came.',
	].join('\n')}\n`;
