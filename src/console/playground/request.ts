import { type Draft, settingsOf, type Tool } from './draft';
import { messagesOf, type Turn } from './turn';

/** A conversation as it is sent. `tools`: as parsed. */
export const requestOf = (draft: Draft, tools: readonly Tool[], turns: readonly Turn[]) => ({
	...settingsOf(draft, tools),
	messages: [
		...(draft.system.trim() === '' ? [] : [{ role: 'system' as const, content: draft.system }]),
		...messagesOf(turns),
	],
});
