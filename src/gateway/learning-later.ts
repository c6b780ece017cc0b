/** Counts a prompt for what it teaches, when its answer is out and nobody waits for it. */
import type { ChatRequest } from '../language/request';
import { encodingOf, tableEstimate } from '../planner/count';
import { measure } from '../planner/measure';
import { sleep } from '../wait';
import type { LearningPorts } from './learning';
import type { Target } from './target';

/** The last of the answer leaves first. */
const AFTER_MS = 100;
/** Counting more takes time from the requests of the same isolate (bytes). */
const MOST_TEXT = 200_000;

/** Tokens by the tables; null: it is too long for this, or the ranks can't be had. Never rejects. */
export async function countLater(
	request: ChatRequest,
	{ facts }: Target,
	{ time, encodings, log }: LearningPorts,
): Promise<number | null> {
	await sleep(time, AFTER_MS);
	try {
		if (measure(request).textBytes > MOST_TEXT) return null;
		const encoding = await encodings.load(encodingOf(facts));
		return encoding && tableEstimate(request, facts, encoding);
	} catch (error) {
		log('warn', 'count-failed', { provider: facts.provider, model: facts.model, error });
		return null;
	}
}
