import { change, expect, open, signInAsOperator, test } from './console';

test.beforeEach(({ page }) => signInAsOperator(page));

test('for an agent each value is shown with the layer it comes from, and on demand with the layers that lost', async ({
	page,
	request,
}) => {
	await change(request, 'profiles.set', {
		name: 'calm',
		provider: 'mock',
		model: 'echo',
		settings: { temperature: 0.2, maxTokens: 500 },
	});
	const { id } = await change<{ id: string }>(request, 'agents.create', {
		slug: 'explained',
		name: 'Explained',
		model: 'profile:calm',
		settings: { temperature: 0.9 },
		fallbacks: ['mock/slow', 'groq/llama-3.3-70b-versatile'],
	});
	await page.goto(`/agents/${id}/explain`);
	await expect(page.getByRole('status').filter({ hasText: 'mock/echo answers' })).toBeVisible();
	const table = page.getByRole('table', { name: 'Effective configuration' });
	const temperature = table.getByRole('row', { name: /Temperature/ });
	await expect(temperature).toContainText('0.9');
	await expect(temperature).toContainText('agent');
	await expect(table.getByRole('row', { name: /Maximum of output tokens/ })).toContainText('500');
	await expect(table.getByRole('row', { name: /Maximum of output tokens/ })).toContainText('organization');
	await temperature.getByRole('button', { name: 'Layers of Temperature' }).click();
	const layers = table.getByRole('list', { name: /Layers of Temperature/ }).getByRole('listitem');
	await expect(layers.first()).toContainText('counts');
	await expect(layers.nth(1)).toContainText("Overridden by agent 'explained'.");

	const chain = page.getByRole('table', { name: 'Chain' }).getByRole('row');
	await expect(chain.nth(1)).toContainText('usable');
	await expect(chain.nth(2)).toContainText('mock/slow');
	await expect(chain.nth(3)).toContainText('skipped');
	await expect(chain.nth(3)).toContainText('groq');
	await change(request, 'agents.delete', { slug: 'explained' });
	await change(request, 'profiles.remove', { name: 'calm' });
});

test('for another model and another key the page shows what that request would be refused with', async ({
	page,
	request,
}) => {
	const key = await change<{ id: string }>(request, 'gatewayKeys.create', {
		name: 'Narrow',
		scopes: ['inference'],
		allowedModels: ['mock/echo'],
		requestsPerMinute: 30,
	});
	await open(page, 'Configuration');
	await page.getByRole('tab', { name: 'Explain' }).click();
	await page.getByRole('combobox', { name: 'Model the request names' }).fill('mock/slow');
	await page.keyboard.press('Tab');
	await expect(page.getByRole('status').filter({ hasText: 'mock/slow answers' })).toBeVisible();
	await page.getByRole('combobox', { name: 'Key it comes with' }).click();
	await page.getByRole('option', { name: /Narrow/ }).click();
	await expect(page.getByRole('status').filter({ hasText: 'Such a request is refused' })).toBeVisible();
	await expect(page.getByRole('region', { name: 'Key' })).toContainText('30 requests a minute');
	await expect(page.getByRole('table', { name: 'Chain' }).getByRole('row').nth(1)).toContainText('refused');
	await change(request, 'gatewayKeys.revoke', { id: key.id });
});
