import type { APIRequestContext, Locator, Page } from '@playwright/test';
import { change, expect, open, signInAs, signInAsCaller, signInAsOperator, test } from './console';
import { ADMIN_KEY } from './environment';
import { startUpstream, type Upstream } from './upstream';

const KEY = 'status-key-0123456789abcdef';

let upstream: Upstream;

test.beforeEach(async () => {
	upstream = await startUpstream(KEY);
});
test.afterEach(() => upstream.close());

interface Row {
	readonly id: string;
	readonly version: number;
}

const serverNamed = (request: APIRequestContext, name: string): Promise<Row> =>
	change<Row>(request, 'providers.add', { provider: 'custom', name, apiKey: KEY, baseUrl: upstream.baseUrl });

const removed = (request: APIRequestContext, { id }: Row): Promise<unknown> =>
	change(request, 'providers.remove', { id, erase: true });

/** Its status. */
async function called(request: APIRequestContext, server: string, content = 'Is anybody there?'): Promise<number> {
	const response = await request.post('/v1/chat/completions', {
		headers: { authorization: `Bearer ${ADMIN_KEY}`, 'x-switchyard-fallback': 'none' },
		data: { model: `${server}/house-small`, messages: [{ role: 'user', content }] },
	});
	return response.status();
}

const health = (page: Page): Locator => page.getByRole('table', { name: 'Provider health' });
const endpointRow = (page: Page): Locator =>
	health(page)
		.getByRole('row')
		.filter({ hasText: new URL(upstream.baseUrl).host });
const stateOf = (page: Page, state: string): Locator => endpointRow(page).getByText(state, { exact: true });

test('an endpoint that fails opens its breaker: the page shows its last error and counts down to the next probe', async ({
	page,
	request,
}) => {
	const row = await serverNamed(request, 'shaky');
	expect(await called(request, 'shaky')).toBe(200);
	await signInAs(page, { sub: 'watcher', role: 'admin' });
	await open(page, 'Status');
	await expect(stateOf(page, 'closed')).toBeVisible();
	upstream.failing = 503;
	await expect(async () => {
		expect(await called(request, 'shaky')).toBe(503);
		await expect(stateOf(page, 'open')).toBeVisible({ timeout: 1_500 });
	}).toPass({ timeout: 40_000 });
	await expect(endpointRow(page)).toContainText('HTTP 503');
	await expect(endpointRow(page)).toContainText(/in \d+ s|now/);
	await expect(page.getByRole('region', { name: 'Providers' }).getByRole('status')).toContainText('open breaker');

	const show = endpointRow(page).getByRole('button', { name: /Models and keys of custom/ });
	await show.press('Enter');
	await expect(show).toHaveAttribute('aria-expanded', 'true');
	await expect(page.getByRole('table', { name: /Models of custom/ }).getByRole('row')).not.toHaveCount(1);
	await expect(page.getByRole('table', { name: /Keys of custom/ })).toContainText('shaky');

	upstream.failing = null;
	await expect(async () => {
		expect(await called(request, 'shaky')).toBe(200);
		await expect(stateOf(page, 'closed')).toBeVisible({ timeout: 1_500 });
	}).toPass({ timeout: 40_000 });
	await removed(request, row);
	await expect(endpointRow(page)).toHaveCount(0, { timeout: 10_000 });
});

test('a key that its provider refuses is marked on both pages with what to do, until another takes its place or it answers', async ({
	page,
	request,
}) => {
	const row = await serverNamed(request, 'locked-out');
	upstream.key = 'another-key-0123456789abcdef';
	expect(await called(request, 'locked-out')).toBe(502);
	await signInAsOperator(page);
	await expect(async () => {
		await page.goto('/providers');
		const listed = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'locked-out', exact: true }) });
		await expect(listed).toContainText(/refused since .+ \(HTTP 401\)/, { timeout: 2_000 });
	}).toPass({ timeout: 20_000 });
	await open(page, 'Status');
	await endpointRow(page)
		.getByRole('button', { name: /Models and keys of custom/ })
		.click();
	const keys = page.getByRole('table', { name: /Keys of custom/ });
	await expect(keys.getByRole('row', { name: /locked-out/ })).toContainText('refused', { timeout: 15_000 });

	await open(page, 'Provider keys');
	await page.getByRole('link', { name: 'What to do about locked-out' }).click();
	const notice = page.getByRole('alert').filter({ hasText: 'This key is refused since' });
	await expect(notice).toContainText('revoked, has expired, or was not copied whole');
	await notice.getByRole('button', { name: 'Replace the key' }).click();
	await page.getByRole('textbox', { name: 'New API key' }).fill(upstream.key);
	await page.getByRole('button', { name: 'Replace key' }).click();
	await expect(page.getByRole('dialog')).toHaveCount(0);
	await expect(notice).toHaveCount(0);
	expect(await called(request, 'locked-out')).toBe(200);

	const renewed = upstream.key;
	upstream.key = KEY;
	expect(await called(request, 'locked-out')).toBe(502);
	await expect(async () => {
		await page.reload();
		await expect(notice).toBeVisible({ timeout: 2_000 });
	}).toPass({ timeout: 20_000 });
	upstream.key = renewed;
	await page.getByRole('button', { name: 'Test locked-out' }).click();
	await expect(notice).toHaveCount(0);
	await removed(request, row);
});

test('what was learned of an endpoint’s token counts stands beside its keys', async ({ page, request }) => {
	const row = await serverNamed(request, 'counting');
	await signInAsOperator(page);
	await open(page, 'Status');
	await endpointRow(page)
		.getByRole('button', { name: /Models and keys of custom/ })
		.click();
	await expect(page.getByText('Nothing was learned of its token counts yet.')).toBeVisible();
	upstream.promptTokens = 800;
	expect(await called(request, 'counting', 'some words of it '.repeat(100))).toBe(200);
	const learned = page.getByRole('table', { name: /Token counts of custom/ }).getByRole('row');
	await expect(learned.nth(1)).toContainText(/1\.\d+ ± \d/, { timeout: 20_000 });
	await expect(learned.nth(1)).toContainText('1 call');
	await removed(request, row);
});

test('what a key is in its pool is written beside its settings, and a tag that is none is refused at its field', async ({
	page,
	request,
}) => {
	const row = await serverNamed(request, 'pooled');
	await signInAsOperator(page);
	await page.goto(`/providers/${row.id}`);
	const pool = page.getByRole('group', { name: 'In the pool of this provider’s keys' });
	await pool.getByRole('textbox', { name: 'Weight' }).fill('2.5');
	await pool.getByRole('textbox', { name: 'Requests a minute' }).fill('600');
	const residency = pool.getByRole('textbox', { name: 'Residency' });
	await residency.fill('Old Europe');
	await page.getByRole('button', { name: 'Save', exact: true }).click();
	await expect(residency).toHaveAttribute('aria-invalid', 'true');
	await expect(residency).toBeFocused();
	await residency.fill('eu');
	await page.getByRole('button', { name: 'Save', exact: true }).click();
	await expect(page.getByText('Saved: in force on the next request.')).toBeVisible();
	await page.reload();
	await expect(pool.getByRole('textbox', { name: 'Weight' })).toHaveValue('2.5');
	await expect(pool.getByRole('textbox', { name: 'Requests a minute' })).toHaveValue('600');
	await expect(residency).toHaveValue('eu');
	await removed(request, row);
});

test('who only calls models is told why the providers are not shown', async ({ page }) => {
	await signInAsCaller(page);
	await open(page, 'Status');
	await expect(page.getByRole('row', { name: /D1 database/ })).toContainText('ok');
	const providers = page.getByRole('region', { name: 'Providers' });
	await expect(providers).toContainText('lacks the scope manage');
	await expect(providers.getByRole('table')).toHaveCount(0);
});
