import type { APIRequestContext, Locator, Page } from '@playwright/test';
import {
	answered,
	ask,
	change,
	composer,
	expect,
	lastAnswer,
	open,
	signInAs,
	signInAsCaller,
	signInAsOperator,
	test,
} from './console';

const context = (within: Page | Locator): Locator => within.getByRole('group', { name: /^Context/ });

async function chooseMode(page: Page, part: Page | Locator, mode: string): Promise<void> {
	await part.getByRole('combobox', { name: 'Context mode' }).click();
	await page.getByRole('option', { name: new RegExp(`^${mode} `) }).click();
}

const setContext = (request: APIRequestContext, policy: object | null): Promise<unknown> =>
	change(request, 'organizations.setContext', { context: policy });

test.describe('whoever manages the organization', () => {
	test.beforeEach(({ page }) => signInAsOperator(page));
	test.afterEach(({ request }) => setContext(request, null));

	test('sets an agent’s mode and maxima beside what it inherits, and finds in its explanation who won', async ({
		page,
		request,
	}) => {
		await setContext(request, { mode: 'summarize', maxInputTokens: 20_000 });
		const { id } = await change<{ id: string }>(request, 'agents.create', {
			slug: 'bounded',
			name: 'Bounded',
			model: 'mock/echo',
		});
		await page.goto(`/agents/${id}`);
		const part = context(page);
		await expect(part.getByRole('combobox', { name: 'Context mode' })).toHaveAttribute(
			'placeholder',
			'Summarize (organization)',
		);
		await expect(part.getByRole('status')).toContainText('Nobody writes summaries');
		const input = part.getByRole('textbox', { name: 'Most input tokens' });
		await expect(input).toHaveAttribute('placeholder', '20,000 (organization)');
		await input.fill('50000');
		await expect(part).toContainText('The lowest counts: the 20,000 of the layer “organization” stay in force');
		await part.getByRole('textbox', { name: 'Most output tokens' }).fill('300');
		const summarizer = part.getByRole('combobox', { name: 'Summarizer' });
		await summarizer.fill('nobody/nothing');
		await page.keyboard.press('Tab');
		await expect(part.getByRole('status')).toBeEmpty();
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await expect(summarizer).toHaveAttribute('aria-invalid', 'true');
		await expect(summarizer).toBeFocused();
		await summarizer.fill('');
		await page.keyboard.press('Tab');
		await chooseMode(page, part, 'Refuse');
		await expect(part).toContainText('Nothing is taken away: what does not fit is refused');
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await expect(page.getByText('In force on the next request.')).toBeVisible();
		await page.reload();
		await expect(part.getByRole('combobox', { name: 'Context mode' })).toHaveValue('Refuse');
		await expect(input).toHaveValue('50,000');

		await page.getByRole('tab', { name: 'Explain' }).click();
		const fields = page.getByRole('table', { name: 'Effective configuration' });
		const mode = fields.getByRole('row', { name: /Context mode/ });
		await expect(mode).toContainText('Refuse');
		await expect(mode).toContainText('agent');
		await mode.getByRole('button', { name: 'Layers of Context mode' }).press('Enter');
		const modes = fields.getByRole('list', { name: /Layers of Context mode/ }).getByRole('listitem');
		await expect(modes.nth(0)).toContainText('counts');
		await expect(modes.nth(1)).toContainText('Summarize');
		await expect(modes.nth(1)).toContainText("Overridden by agent 'bounded'.");
		await expect(modes.nth(2)).toContainText('Trim');
		const most = fields.getByRole('row', { name: /Most input tokens/ });
		await expect(most).toContainText('20,000');
		await expect(most).toContainText('organization');
		await most.getByRole('button', { name: 'Layers of Most input tokens' }).click();
		const maxima = fields.getByRole('list', { name: /Layers of Most input tokens/ }).getByRole('listitem');
		await expect(maxima.filter({ hasText: '50,000' })).toContainText('the lowest counts');
		await expect(fields.getByRole('row', { name: /Most output tokens/ })).toContainText('300');
		await change(request, 'agents.delete', { slug: 'bounded' });
	});

	test('sets the organization’s own policy, which profiles inherit, and is told what somebody else changed meanwhile', async ({
		page,
		request,
	}) => {
		await page.goto('/configuration/context');
		const own = page.getByRole('tabpanel', { name: 'Context' });
		const input = own.getByRole('textbox', { name: 'Most input tokens' });
		await expect(own.getByRole('combobox', { name: 'Context mode' })).toHaveAttribute('placeholder', 'Trim (default)');
		await chooseMode(page, own, 'Summarize');
		await input.fill('30000');
		await own.getByRole('button', { name: 'Save the context policy' }).click();
		await expect(own.getByText('In force on the next request.')).toBeVisible();
		await expect(own.getByRole('status').filter({ hasText: 'A part of it has no effect' })).toContainText('summarizer');

		await page.getByRole('tab', { name: 'Profiles' }).click();
		await page.getByRole('button', { name: 'New profile' }).click();
		const dialog = page.getByRole('dialog');
		const part = context(dialog);
		await expect(part.getByRole('textbox', { name: 'Most input tokens' })).toHaveAttribute(
			'placeholder',
			'30,000 (organization)',
		);
		await dialog.getByRole('textbox', { name: 'Name' }).fill('roomy');
		await dialog.getByRole('combobox', { name: 'Provider' }).fill('mock');
		await page.keyboard.press('Tab');
		await dialog.getByRole('combobox', { name: 'Model', exact: true }).fill('echo');
		await page.keyboard.press('Tab');
		await part.getByRole('combobox', { name: 'Summarizer' }).fill('mock/echo');
		await page.keyboard.press('Tab');
		await dialog.getByRole('button', { name: 'Save profile' }).click();
		await expect(dialog).toHaveCount(0);
		await expect(page.getByRole('row', { name: /profile:roomy/ })).toContainText('Summarizer: mock/echo');

		await page.getByRole('tab', { name: 'Context' }).click();
		await setContext(request, { mode: 'off' });
		await input.fill('40000');
		await own.getByRole('button', { name: 'Save the context policy' }).click();
		const notice = own.getByRole('alert');
		await expect(notice.getByRole('table', { name: 'Their changes' })).toContainText('off');
		await notice.getByRole('button', { name: 'Discard mine and reload' }).click();
		await expect(own.getByRole('combobox', { name: 'Context mode' })).toHaveValue('Off');
		await change(request, 'profiles.remove', { name: 'roomy' });
	});
});

test.describe('with a model whose window is small', () => {
	test.beforeEach(({ request }) =>
		change(request, 'customModels.set', { provider: 'mock', model: 'echo', contextWindow: 2_000, maxOutput: 1_000 }),
	);
	test.afterEach(({ request }) => change(request, 'customModels.remove', { provider: 'mock', model: 'echo' }));

	/** Some 500 tokens. */
	const long = (about: string): string => `${about}: ${'every word of it takes room in the window. '.repeat(50)}`;

	test('the receipt of an answer says how it was made to fit, and what was dropped', async ({ page }) => {
		await signInAsCaller(page);
		await ask(page, 'mock/echo', long('First'));
		const whole = await answered(page);
		await whole.getByText('Receipt').click();
		const receiptOf = (answer: Locator): Locator => answer.getByRole('table', { name: 'Receipt' });
		await expect(receiptOf(whole).getByRole('row', { name: /Context/ })).toContainText(
			/Nothing was taken away: \d+ prompt tokens, and [\d,]+ fit\./,
		);
		await expect(whole.getByRole('table', { name: 'Taken away' })).toHaveCount(0);
		for (const about of ['Second', 'Third']) {
			await ask(page, 'mock/echo', long(about));
			await answered(page);
		}
		const cut = lastAnswer(page);
		await cut.getByText('Receipt').click();
		await expect(receiptOf(cut).getByRole('row', { name: /Context/ })).toContainText(
			/From [\d,]+ to [\d,]+ prompt tokens, since [\d,]+ fit: \d messages dropped\./,
		);
		await expect(receiptOf(cut).getByRole('row', { name: /Counted/ })).toContainText('by a similar encoding');
		const rows = cut.getByRole('table', { name: 'Taken away' }).getByRole('row');
		await expect(rows).toHaveCount(2);
		await expect(rows.nth(1)).toContainText(/1–\d/);
		await expect(rows.nth(1)).toContainText('dropped');
	});

	test('what does not fit is refused where the request’s own mode says so, and its estimate says it before', async ({
		page,
	}) => {
		await signInAsCaller(page);
		await chooseMode(page, page, 'Refuse');
		await expect(page.getByRole('region', { name: 'Settings' })).toContainText('what does not fit is refused');
		await composer(page).fill(long('All at once').repeat(5));
		await page.getByRole('button', { name: 'Estimate' }).click();
		await expect(page.getByRole('alert')).toContainText('context_too_long');
		await composer(page).press('Enter');
		await expect(lastAnswer(page).getByRole('alert')).toContainText('context_too_long');
	});
});

test('what a message would count and cost is estimated on demand, and follows what is written', async ({ page }) => {
	await signInAsCaller(page);
	await ask(page, 'mock/echo', 'Hello');
	await answered(page);
	const estimate = page.getByTestId('estimate');
	await composer(page).fill('How much is it?');
	await expect(estimate).toHaveCount(0);
	const button = page.getByRole('button', { name: 'Estimate' });
	await button.press('Enter');
	await expect(estimate).toContainText('mock/echo');
	await expect(estimate).toContainText(/\d+ tokens in, /);
	await expect(estimate).toContainText(/up to [\d,]+ out/);
	await expect(estimate).toContainText(/\$0\.\d+/);
	await expect(estimate).toContainText(/budget/);
	const before = await estimate.textContent();
	await composer(page).fill(`How much is it? ${'It is longer now. '.repeat(100)}`);
	await expect(estimate).not.toHaveText(before ?? '');
	await page.getByRole('button', { name: 'Hide the estimate' }).click();
	await expect(estimate).toHaveCount(0);
});

test('on plan free the organization’s context policy can be looked at, and not changed', async ({ page, request }) => {
	await change(request, 'organizations.update', { slug: 'demo', plan: 'free' });
	try {
		await signInAs(page, { sub: 'free-planner', role: 'admin' });
		await open(page, 'Configuration');
		await page.getByRole('tab', { name: 'Context' }).click();
		await expect(page.getByText('Nothing of its own: the gateway’s context policy holds.')).toBeVisible();
		await expect(page.getByRole('button', { name: 'Save the context policy' })).toHaveCount(0);
	} finally {
		await change(request, 'organizations.update', { slug: 'demo', plan: 'pro' });
	}
});
