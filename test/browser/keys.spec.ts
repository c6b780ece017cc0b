import type { Page } from '@playwright/test';
import { change, expect, open, signInAsOperator, test } from './console';

test.beforeEach(async ({ page }) => {
	await signInAsOperator(page);
	await open(page, 'Gateway keys');
});

const field = (page: Page, name: string) => page.getByRole('textbox', { name });
const rowOf = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(name) });

test('a key is made with limits, budgets and an end, and shows them', async ({ page }) => {
	await page.getByRole('button', { name: 'New key' }).click();
	await field(page, 'Name').fill('Limited');
	await page.getByRole('combobox', { name: 'Allowed providers' }).or(field(page, 'Allowed providers')).fill('mock');
	await page.keyboard.press('Enter');
	await field(page, 'Requests per minute').fill('60');
	await field(page, 'Requests per day').fill('1000');
	await field(page, 'Budget per day').fill('lots');
	await field(page, 'Budget in all').fill('25.50');
	await page.getByRole('switch', { name: 'Bring system messages' }).press('Space');
	await page.getByRole('combobox', { name: 'Expires' }).click();
	await page.getByRole('option', { name: 'In 30 days' }).click();
	await page.getByRole('button', { name: 'Create key' }).click();
	await expect(field(page, 'Budget per day')).toHaveAttribute('aria-invalid', 'true');
	await expect(field(page, 'Budget per day')).toBeFocused();
	await field(page, 'Budget per day').fill('5');
	await page.getByRole('button', { name: 'Create key' }).click();
	await page.getByRole('button', { name: 'I have it: close' }).click();
	const row = rowOf(page, 'Limited');
	await expect(row).toContainText('60 a minute, 1,000 a day, $5 a day, $25.5 in all');
	await expect(row).toContainText('all models; of mock');
	await expect(row).toContainText('active');
});

test('a key is changed in place, which its next request meets', async ({ page, request }) => {
	const { key } = await change<{ key: string }>(request, 'gatewayKeys.create', { name: 'Narrowed' });
	await page.reload();
	const asked = () =>
		request.post('/v1/chat/completions', {
			headers: { authorization: `Bearer ${key}` },
			data: { model: 'mock/echo', messages: [{ role: 'user', content: 'Hello' }] },
		});
	expect((await asked()).status()).toBe(200);
	await rowOf(page, 'Narrowed').getByRole('button', { name: 'Edit Narrowed' }).click();
	const dialog = page.getByRole('dialog', { name: 'Narrowed' });
	const models = dialog
		.getByRole('combobox', { name: 'Allowed models' })
		.or(dialog.getByRole('textbox', { name: 'Allowed models' }));
	await models.fill('openai/*');
	await models.press('Enter');
	await dialog.getByRole('button', { name: 'Save' }).click();
	await expect(dialog).toHaveCount(0);
	await expect(rowOf(page, 'Narrowed')).toContainText('openai/*');
	expect((await asked()).status()).toBe(403);
});

test('a change made meanwhile by somebody else is not overwritten in silence', async ({ page, request }) => {
	const { id } = await change<{ id: string }>(request, 'gatewayKeys.create', { name: 'Contended' });
	await page.reload();
	await rowOf(page, 'Contended').getByRole('button', { name: 'Edit Contended' }).click();
	await change(request, 'gatewayKeys.update', { id, requestsPerDay: 7 });
	await field(page, 'Requests per minute').fill('3');
	await page.getByRole('button', { name: 'Save' }).click();
	await expect(page.getByRole('dialog').getByRole('alert')).toContainText('conflict');
});

test('a rotated key has a successor that is shown once, and ends at once where that is asked for', async ({
	page,
	request,
}) => {
	const old = await change<{ id: string; key: string }>(request, 'gatewayKeys.create', { name: 'Turning' });
	await page.reload();
	await page.getByRole('button', { name: 'Rotate Turning' }).click();
	await page.getByRole('combobox', { name: 'The old key' }).click();
	await page.getByRole('option', { name: 'Stops at once' }).click();
	await page.getByRole('button', { name: 'Rotate key' }).click();
	const key = (await page.getByTestId('secret').textContent()) ?? '';
	expect(key).toMatch(/^sy_/);
	await page.keyboard.press('Escape');
	await page.getByRole('button', { name: 'I have it: close' }).click();
	const status = async (credential: string) =>
		(await request.get('/v1/models', { headers: { authorization: `Bearer ${credential}` } })).status();
	expect([await status(key), await status(old.key)]).toEqual([200, 401]);
	await expect(rowOf(page, 'Turning')).toHaveCount(2);
});

test('keys are found by their state, and short-lived tokens where they are asked for', async ({ page, request }) => {
	const { id } = await change<{ id: string }>(request, 'gatewayKeys.create', { name: 'Long gone' });
	await change(request, 'gatewayKeys.revoke', { id });
	await change(request, 'gatewayKeys.issueToken', { name: 'For a page' });
	await page.reload();
	const states = page.getByRole('radiogroup', { name: 'State' });
	await states.getByText('Active').click();
	await expect(rowOf(page, 'Development|development').first()).toBeVisible();
	await expect(rowOf(page, 'Long gone')).toHaveCount(0);
	await states.getByText('Revoked').click();
	await expect(rowOf(page, 'Long gone')).toContainText('revoked');
	await states.getByText('Expired').click();
	await expect(page.getByText('No key like this.')).toBeVisible();
	await states.getByText('All').click();
	await expect(rowOf(page, 'For a page')).toHaveCount(0);
	await page.getByRole('switch', { name: 'Short-lived tokens too' }).press('Space');
	const token = rowOf(page, 'For a page');
	await expect(token).toContainText('token');
	await expect(token.getByRole('button')).toHaveText(['Revoke']);
});
