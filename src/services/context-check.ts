/** A context policy against what the organization has, before it is stored. */
import type { ContextPolicy } from '../language/context';
import type { Declared } from './declared';
import { checkName } from './model-name';
import type { Knowledge } from './model-reference';

/**
 * The policy as it is stored: the summarizer as `provider/model`, an alias or a profile by its name. Throws
 * `invalid_request` naming `<param>.summarizer`: unknown, in a loop, or no chat model.
 */
export function checkContext(ctx: Knowledge, policy: ContextPolicy, param: string, declared: Declared): ContextPolicy {
	const { summarizer } = policy;
	if (summarizer === undefined) return policy;
	return { ...policy, summarizer: checkName(ctx, summarizer, `${param}.summarizer`, 'chat', declared).text };
}
