import type { Locator, Page } from '@playwright/test';
import { change, expect, open, signInAs, signInAsOperator, test } from './console';
import { ADMIN_KEY, ENVIRONMENT_KEY } from './environment';
import { startUpstream, type Upstream } from './upstream';

const KEY = 'house-key-0123456789abcdef';

let upstream: Upstream;

test.beforeAll(async () => {
	upstream = await startUpstream(KEY);
});
test.afterAll(() => upstream.close());

test.beforeEach(({ page }) => signInAsOperator(page));

const group = (page: Page, provider: string): Locator => page.getByRole('table', { name: provider, exact: true });
const rowOf = (page: Page, name: string): Locator =>
	page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });

async function chooseProvider(page: Page, label: string): Promise<void> {
	await page.getByRole('combobox', { name: 'Provider' }).click();
	await page.getByRole('option', { name: label, exact: true }).click();
}

async function addServer(page: Page, name: string, key = KEY): Promise<void> {
	await page.getByRole('button', { name: 'Add a key' }).click();
	await chooseProvider(page, 'OpenAI-compatible');
	await page.getByRole('textbox', { name: 'Name' }).fill(name);
	await page.getByRole('textbox', { name: 'API key' }).fill(key);
	await page.getByRole('textbox', { name: 'Base URL' }).fill(upstream.baseUrl);
	await page.getByRole('button', { name: 'Add key' }).click();
	await expect(rowOf(page, name)).toBeVisible();
}

async function more(page: Page, name: string, action: string): Promise<void> {
	await page.getByRole('button', { name: `More on ${name}` }).click();
	await page.getByRole('menuitem', { name: action }).click();
}

test('a key is added, tried with a real call, and listed with its last four characters alone', async ({ page }) => {
	await open(page, 'Provider keys');
	await addServer(page, 'tried');
	const row = rowOf(page, 'tried');
	await expect(row).toContainText('…cdef');
	await expect(row).toContainText(upstream.baseUrl);
	await expect(row).toContainText('in use');
	await row.getByRole('button', { name: 'Test tried' }).click();
	await expect(row.getByRole('status', { name: 'Result of the test' })).toHaveText(/Works · \d+ ms|Works · [\d.]+ s/);
	expect(await page.content()).not.toContain(KEY);
});

test('a key that its provider refuses says so when it is tried', async ({ page }) => {
	await open(page, 'Provider keys');
	await addServer(page, 'refused', 'not-the-key-0123456789');
	const row = rowOf(page, 'refused');
	await row.getByRole('button', { name: 'Test refused' }).click();
	await expect(row.getByRole('status', { name: 'Result of the test' })).toContainText('Fails');
	await expect(row.getByRole('status', { name: 'Result of the test' })).toContainText('upstream_rejected');
});

test('the form asks for what the chosen provider takes, and shows what is wrong at its field', async ({ page }) => {
	await open(page, 'Provider keys');
	await page.getByRole('button', { name: 'Add a key' }).click();
	await chooseProvider(page, 'Amazon Bedrock');
	const region = page.getByRole('textbox', { name: 'Region' });
	await expect(page.getByText('ACCESS:SECRET', { exact: false })).toBeVisible();
	await page.getByRole('textbox', { name: 'API key' }).fill('bedrock-key-0123456789');
	await region.fill('nowhere');
	await page.getByRole('button', { name: 'Add key' }).click();
	await expect(region).toHaveAttribute('aria-invalid', 'true');
	await expect(region).toBeFocused();
	await region.fill('eu-central-1');
	await page.getByRole('button', { name: 'Add key' }).click();
	await expect(group(page, 'Amazon Bedrock').getByRole('link', { name: 'bedrock', exact: true })).toBeVisible();

	await page.getByRole('button', { name: 'Add a key' }).click();
	await chooseProvider(page, 'OpenAI');
	await expect(page.getByRole('textbox', { name: 'Region' })).toHaveCount(0);
	await page.getByRole('textbox', { name: 'API key' }).fill('sk-proj-0123456789');
	await page.getByRole('textbox', { name: 'Project' }).fill('sk-this-is-a-secret');
	await page.getByRole('button', { name: 'Add key' }).click();
	await expect(page.getByText('looks like a secret')).toBeVisible();
	await page.getByRole('button', { name: 'Cancel' }).click();
});

test('a stored key never comes back into its field, and another host needs it again', async ({ page }) => {
	await open(page, 'Provider keys');
	await addServer(page, 'moving');
	await page.getByRole('link', { name: 'Edit moving' }).click();
	await expect(page.getByRole('heading', { level: 1, name: 'moving' })).toBeVisible();
	const key = page.getByRole('textbox', { name: 'API key' });
	await expect(key).toHaveValue('');
	await expect(page.getByText('Empty: the stored key …cdef stays')).toBeVisible();
	await page.getByRole('textbox', { name: 'Base URL' }).fill('https://elsewhere.example/v1');
	await page.getByRole('button', { name: 'Save' }).click();
	await expect(key).toHaveAttribute('aria-invalid', 'true');
	await expect(key).toBeFocused();
	await key.fill('another-key-abcdef-9876');
	await page.getByRole('button', { name: 'Save' }).click();
	await expect(page.getByText('Saved: in force on the next request.')).toBeVisible();
	await expect(key).toHaveValue('');
	await expect(page.getByText('OpenAI-compatible · …9876')).toBeVisible();
});

test('of a provider’s keys another one is made the default, one is taken out of use and back', async ({ page }) => {
	await open(page, 'Provider keys');
	for (const name of ['first', 'second']) await addServer(page, name);
	await more(page, 'second', 'Make default');
	await expect(rowOf(page, 'second')).toContainText('default');
	await more(page, 'second', 'Deactivate');
	await expect(rowOf(page, 'second')).toContainText('inactive');
	await expect(rowOf(page, 'second')).not.toContainText('default');
	await more(page, 'second', 'Activate');
	await expect(rowOf(page, 'second')).toContainText('in use');
});

test('a key is replaced only by one that works, where that is asked for', async ({ page }) => {
	await open(page, 'Provider keys');
	await addServer(page, 'rotated');
	await more(page, 'rotated', 'Replace key');
	const key = page.getByRole('textbox', { name: 'New API key' });
	await key.fill('dead-key-0123456789');
	await page.getByRole('button', { name: 'Replace key' }).click();
	await expect(page.getByText('The new key failed its test')).toBeVisible();
	await expect(key).toBeFocused();
	await page.getByRole('switch', { name: 'Try it first' }).press('Space');
	await page.getByRole('button', { name: 'Replace key' }).click();
	await expect(rowOf(page, 'rotated')).toContainText('…6789');
});

test('a key that a profile uses is not removed, and the profile is named; then it is', async ({ page, request }) => {
	await open(page, 'Provider keys');
	await addServer(page, 'wanted');
	await change(request, 'profiles.set', { name: 'house', provider: 'custom', model: 'house-small', keyRef: 'wanted' });
	await more(page, 'wanted', 'Remove');
	const question = page.getByRole('dialog', { name: 'Remove wanted?' });
	await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused();
	await question.getByRole('button', { name: 'Remove key' }).click();
	await expect(question.getByRole('alert')).toContainText("the profile 'house'");
	await change(request, 'profiles.remove', { name: 'house' });
	await question.getByRole('button', { name: 'Remove key' }).click();
	await expect(question).toHaveCount(0);
	await expect(rowOf(page, 'wanted')).toContainText('inactive');
	await expect(rowOf(page, 'wanted')).toContainText('no key');
});

test('a key shows its models, tries one of them, and what it was used for', async ({ page, request }) => {
	await open(page, 'Provider keys');
	await addServer(page, 'busy');
	await more(page, 'busy', 'Models');
	const model = page.getByRole('row', { name: /house-small/ });
	await expect(model).toContainText('the provider’s list');
	await model.getByRole('button', { name: 'Test house-small' }).click();
	await expect(model.getByRole('status', { name: 'Result of the test' })).toContainText('Works');
	const answered = await request.post('/v1/chat/completions', {
		headers: { authorization: `Bearer ${ADMIN_KEY}` },
		data: { model: 'busy/house-small', messages: [{ role: 'user', content: 'Is anybody there?' }] },
	});
	expect(answered.status()).toBe(200);
	await page.getByRole('tab', { name: 'Usage' }).click();
	await expect(async () => {
		await page.reload();
		const cells = page.getByRole('row', { name: /house-small/ }).getByRole('cell');
		// The call and the one token that it was tried with, which is no call of anybody's.
		await expect(cells).toContainText(['1', '0', '22', '4'], { timeout: 1_500 });
	}).toPass({ timeout: 30_000 });
	await expect(page.getByRole('list', { name: 'Calls by day' }).getByRole('listitem')).toHaveCount(30);
	await expect(page.getByText('1 call in 30 days, 0 failed')).toBeVisible();
});

test('the environment’s key is shown as its own, and adopted by the operator', async ({ page }) => {
	await open(page, 'Provider keys');
	const rows = group(page, 'DeepSeek').getByRole('row');
	await expect(rows).toHaveCount(2);
	await expect(rows.last()).toContainText('environment');
	await expect(rows.last()).toContainText(`…${ENVIRONMENT_KEY.slice(-4)}`);
	await page.getByRole('button', { name: 'Adopt the environment’s keys' }).click();
	await page.getByRole('button', { name: 'Adopt', exact: true }).click();
	await expect(page.getByRole('dialog').getByRole('alert')).toContainText('deepseek');
	await page.getByRole('button', { name: 'Close', exact: true }).last().click();
	await expect(rows).toHaveCount(3);
	await expect(rows.filter({ hasText: 'inactive' })).toContainText('environment');
});

test('an admin manages the organization’s keys and adopts none of the environment’s', async ({ page }) => {
	await page.getByRole('button', { name: 'Sign out' }).click();
	await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
	await signInAs(page, { sub: 'ada', role: 'admin' });
	await open(page, 'Provider keys');
	await expect(page.getByRole('button', { name: 'Add a key' })).toBeVisible();
	await expect(page.getByRole('button', { name: 'Adopt the environment’s keys' })).toHaveCount(0);
});
