import type { APIRequestContext, Locator, Page } from '@playwright/test';
import { answered, ask, change, expect, open, signInAs, signInAsOperator, test } from './console';

interface Agent {
	readonly id: string;
}

const made = (request: APIRequestContext, slug: string, fields: object = {}): Promise<Agent> =>
	change<Agent>(request, 'agents.create', { slug, name: slug, model: 'mock/echo', ...fields });

const routing = (within: Page | Locator): Locator => within.getByRole('group', { name: /^Routing/ });

/** What is chosen already is cleared. */
async function choose(page: Page, part: Locator, label: string, option: string): Promise<void> {
	await part.getByRole('combobox', { name: label }).click();
	await page.getByRole('option', { name: option }).click();
}

test.describe('whoever manages the organization', () => {
	test.beforeEach(({ page }) => signInAsOperator(page));
	test.afterEach(({ request }) => change(request, 'organizations.setRouting', { routing: null }));

	test('gives an agent candidates with weights, orders them by keyboard, and finds them in its explanation', async ({
		page,
		request,
	}) => {
		const { id } = await made(request, 'weighed', { fallbacks: ['mock/tools'] });
		await page.goto(`/agents/${id}`);
		const part = routing(page);
		await choose(page, part, 'Strategy', 'Weighted');
		await expect(part).toContainText('in proportion to the weights');
		for (const [at, model] of ['mock/slow', 'mock/echo'].entries()) {
			await part.getByRole('button', { name: 'Add a candidate' }).press('Enter');
			await part.getByRole('combobox', { name: `Candidate ${at + 1}`, exact: true }).fill(model);
			await page.keyboard.press('Tab');
		}
		await part.getByRole('textbox', { name: 'Weight of the agent’s own model' }).fill('2');
		await part.getByRole('textbox', { name: 'Weight of candidate 1' }).fill('5');
		await expect(part.getByRole('list', { name: 'Candidates' })).toContainText('62.5%');
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		const second = part.getByRole('combobox', { name: 'Candidate 2', exact: true });
		await expect(second).toHaveAttribute('aria-invalid', 'true');
		await expect(second).toBeFocused();
		await second.fill('mock/json');
		await page.keyboard.press('Tab');
		const up = part.getByRole('button', { name: 'Move candidate 2 up' });
		await up.press('Enter');
		await expect(part.getByRole('combobox', { name: 'Candidate 1', exact: true })).toHaveValue('mock/json');
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await expect(page.getByText('In force on the next request.')).toBeVisible();

		await page.reload();
		await expect(part.getByRole('combobox', { name: 'Candidate 2', exact: true })).toHaveValue('mock/slow');
		await expect(part.getByRole('textbox', { name: 'Weight of candidate 2' })).toHaveValue('5');
		await page.getByRole('tab', { name: 'Explain' }).click();
		await expect(
			page.getByRole('status').filter({ hasText: 'mock/echo, or 2 candidates beside it, answers' }),
		).toBeVisible();
		const fields = page.getByRole('table', { name: 'Effective configuration' });
		await expect(fields.getByRole('row', { name: /Strategy/ })).toContainText('Weighted');
		await expect(fields.getByRole('row', { name: /^Candidates/ })).toContainText('mock/json, mock/slow × 5');
		const group = page.getByRole('table', { name: 'Group' }).getByRole('row');
		await expect(group).toHaveCount(4);
		await expect(group.nth(3)).toContainText('mock/slow');
		await expect(page.getByRole('table', { name: 'Chain' }).getByRole('row').nth(1)).toContainText('mock/tools');
		await change(request, 'agents.delete', { slug: 'weighed' });
	});

	test('sees at its field what is wrong with a limit and with a chain, and what an empty field inherits', async ({
		page,
		request,
	}) => {
		const { id } = await made(request, 'limited');
		await page.goto(`/agents/${id}`);
		const part = routing(page);
		await part.getByRole('button', { name: 'More of the routing' }).click();
		const first = part.getByRole('textbox', { name: 'First event (seconds)' });
		await expect(first).toHaveAttribute('placeholder', '10 s (default)');
		await expect(part.getByRole('textbox', { name: 'Tries per target' })).toHaveAttribute('placeholder', /^\d+ \(/);
		await first.fill('20');
		await part.getByRole('textbox', { name: 'Whole request (seconds)' }).fill('10');
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await expect(first).toHaveAttribute('aria-invalid', 'true');
		await expect(first).toBeFocused();
		await first.fill('2.5');
		await part.getByRole('button', { name: 'Add a larger model' }).click();
		const larger = part.getByRole('combobox', { name: 'Larger model 1' });
		await larger.fill('mock/echo');
		await page.keyboard.press('Tab');
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await expect(larger).toHaveAttribute('aria-invalid', 'true');
		await part.getByRole('button', { name: 'Remove larger model 1' }).click();
		await part.getByRole('button', { name: 'Add a replacement' }).click();
		await part.getByRole('combobox', { name: 'Replacement 1' }).fill('mock/slow');
		await page.keyboard.press('Tab');
		await choose(page, part, 'Keep a conversation where it is', 'no');
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await expect(page.getByText('In force on the next request.')).toBeVisible();
		await page.getByRole('tab', { name: 'Explain' }).click();
		const fields = page.getByRole('table', { name: 'Effective configuration' });
		await expect(fields.getByRole('row', { name: /Limit to the first event/ })).toContainText('2.5 s');
		await expect(fields.getByRole('row', { name: /Limit to the first event/ })).toContainText('agent');
		await expect(page.getByRole('table', { name: 'Where a content filter refuses' })).toContainText('mock/slow');
		await change(request, 'agents.delete', { slug: 'limited' });
	});

	test('sets the organization’s own routing, which its profiles and agents inherit until it is emptied', async ({
		page,
		request,
	}) => {
		await page.goto('/configuration/routing');
		const own = page.getByRole('tabpanel', { name: 'Routing' });
		await expect(own.getByRole('button', { name: 'Add a candidate' })).toHaveCount(0);
		await choose(page, own, 'Strategy', 'Lowest latency');
		await own.getByRole('textbox', { name: 'Tries per target' }).fill('2');
		await own.getByRole('button', { name: 'Add a larger model' }).click();
		const larger = own.getByRole('combobox', { name: 'Larger model 1' });
		await larger.fill('nobody/nothing');
		await page.keyboard.press('Tab');
		await own.getByRole('button', { name: 'Save the routing' }).click();
		await expect(larger).toHaveAttribute('aria-invalid', 'true');
		await larger.fill('mock/slow');
		await page.keyboard.press('Tab');
		await own.getByRole('button', { name: 'Save the routing' }).click();
		await expect(own.getByText('In force on the next request.')).toBeVisible();

		await page.getByRole('tab', { name: 'Profiles' }).click();
		await page.getByRole('button', { name: 'New profile' }).click();
		const dialog = page.getByRole('dialog');
		const part = routing(dialog);
		await expect(part.getByRole('combobox', { name: 'Strategy' })).toHaveAttribute(
			'placeholder',
			'Lowest latency (organization)',
		);
		await dialog.getByRole('textbox', { name: 'Name' }).fill('inheriting');
		await dialog.getByRole('combobox', { name: 'Provider' }).fill('mock');
		await page.keyboard.press('Tab');
		await dialog.getByRole('combobox', { name: 'Model', exact: true }).fill('echo');
		await page.keyboard.press('Tab');
		await part.getByRole('button', { name: 'More of the routing' }).click();
		await expect(part.getByRole('textbox', { name: 'Tries per target' })).toHaveAttribute(
			'placeholder',
			'2 (organization)',
		);
		await part.getByRole('checkbox', { name: /Nobody, .* long conversations/ }).check();
		await dialog.getByRole('button', { name: 'Save profile' }).click();
		await expect(dialog).toHaveCount(0);
		await page.getByRole('button', { name: 'Edit inheriting' }).click();
		await expect(part.getByRole('checkbox', { name: /Nobody, .* long conversations/ })).toBeChecked();
		await page.keyboard.press('Escape');

		await page.getByRole('tab', { name: 'Routing' }).click();
		await choose(page, own, 'Strategy', 'Lowest latency');
		await own.getByRole('textbox', { name: 'Tries per target' }).fill('');
		await own.getByRole('button', { name: 'Remove larger model 1' }).click();
		await own.getByRole('button', { name: 'Save the routing' }).click();
		await expect(own.getByText('In force on the next request.')).toBeVisible();
		await expect(own.getByRole('combobox', { name: 'Strategy' })).toHaveAttribute('placeholder', 'Priority (default)');

		// A profile's change moves the version of the whole configuration: that stands in nobody's way here.
		await change(request, 'profiles.remove', { name: 'inheriting' });
		await own.getByRole('textbox', { name: 'Tries per target' }).fill('4');
		await own.getByRole('button', { name: 'Save the routing' }).click();
		const notice = own.getByRole('alert');
		await expect(notice).toContainText('Nothing of the routing: yours can be saved.');
		await notice.getByRole('button', { name: 'Save mine in its place' }).click();
		await expect(own.getByText('In force on the next request.')).toBeVisible();
	});

	test('reads in an answer’s details who was asked before it, who failed and by what, and by which key', async ({
		page,
		request,
	}) => {
		await made(request, 'stumbling', {
			model: 'mock/fail-500',
			fallbacks: ['mock/echo', 'mock/slow'],
			routing: { maxAttempts: 2 },
		});
		await open(page, 'Playground');
		await ask(page, 'agent:stumbling', 'Carry on.');
		const answer = await answered(page);
		await answer.getByText('Receipt').click();
		const steps = answer.getByRole('table', { name: 'Routing' }).getByRole('row');
		await expect(steps.nth(1)).toContainText('mock/fail-500');
		await expect(steps.nth(1)).toContainText('failed');
		await expect(steps.nth(1)).toContainText('server error');
		await expect(steps.nth(2)).toContainText('mock/echo');
		await expect(steps.nth(2)).toContainText('answered');
		await expect(steps.nth(3)).toContainText('mock/slow');
		await expect(steps.nth(3)).toContainText('unused');
		await expect(answer.getByText('Strategy: priority.')).toBeVisible();
		await change(request, 'agents.delete', { slug: 'stumbling' });
	});

	test('sees each candidate’s score with its unit', async ({ page, request }) => {
		await made(request, 'thrifty', {
			routing: { strategy: 'lowest-cost', candidates: [{ model: 'mock/slow' }] },
		});
		await open(page, 'Playground');
		await ask(page, 'agent:thrifty', 'What do you cost?');
		const answer = await answered(page);
		await answer.getByText('Receipt').click();
		await expect(answer.getByText('Strategy: lowest cost.')).toBeVisible();
		const steps = answer.getByRole('table', { name: 'Routing' }).getByRole('row');
		await expect(steps.nth(1)).toContainText(/\$0(\.\d+)?/);
		await change(request, 'agents.delete', { slug: 'thrifty' });
	});
});

test('on plan free the organization’s routing can be looked at, and not changed', async ({ page, request }) => {
	await change(request, 'organizations.update', { slug: 'demo', plan: 'free' });
	try {
		await signInAs(page, { sub: 'free-router', role: 'admin' });
		await page.goto('/configuration/routing');
		await expect(page.getByText('Plan free uses the gateway’s own configuration')).toBeVisible();
		await expect(page.getByText('Nothing of its own: the gateway’s routing holds.')).toBeVisible();
		await expect(page.getByRole('button', { name: 'Save the routing' })).toHaveCount(0);
	} finally {
		await change(request, 'organizations.update', { slug: 'demo', plan: 'pro' });
	}
});
