import { describe, expect, it } from 'vitest';
import { settingsDraftOf, settingsOf } from '../../src/console/ui/model-settings-draft';

describe('settings in a form', () => {
	it('come back as they were, stop texts with line breaks and backslashes among them', () => {
		const settings: Parameters<typeof settingsDraftOf>[0] = {
			temperature: 0,
			topP: 0.5,
			topK: 3,
			maxTokens: 1,
			presencePenalty: -2,
			frequencyPenalty: 2,
			seed: 0,
			stop: ['\n\n', '\\n', 'a\tb', '\\', '\\\n'],
			reasoning: { effort: 'none', budgetTokens: 0, summary: 'auto', sealed: true },
			timeoutMs: 1_500,
		};
		expect(settingsOf(settingsDraftOf(settings))).toEqual(settings);
	});

	it('say nothing where every field is empty', () => {
		expect(settingsOf(settingsDraftOf({}))).toEqual({});
	});

	it('show a line break as it is typed', () => {
		expect(settingsDraftOf({ stop: ['END\n'] }).stop).toEqual(['END\\n']);
	});
});
