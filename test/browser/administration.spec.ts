import { answered, composer, expect, open, signInAsOperator, test } from './console';

test.beforeEach(({ page }) => signInAsOperator(page));

test('an agent with an unknown model is refused at its field; put right, it is created and answers', async ({
	page,
}) => {
	await open(page, 'Agents');
	await page.getByRole('link', { name: 'New agent' }).click();
	await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Support Désk');
	await expect(page.getByRole('textbox', { name: 'Slug' })).toHaveValue('support-desk');
	const model = page.getByRole('combobox', { name: 'Model', exact: true });
	await model.fill('openai/no-such-model');
	await page.keyboard.press('Escape');
	await page.getByRole('button', { name: 'Add a fallback' }).click();
	await page.getByRole('combobox', { name: 'Fallback 1' }).fill('mock/slow');
	await page.keyboard.press('Escape');
	await page.getByRole('textbox', { name: 'Temperature' }).fill('7');
	await page.getByRole('button', { name: 'Create agent' }).click();
	await expect(model).toHaveAttribute('aria-invalid', 'true');
	await expect(model).toBeFocused();
	await expect(page.getByText("'openai' has no model 'no-such-model' in the catalog.")).toBeVisible();
	await expect(page.getByRole('textbox', { name: 'Temperature' })).toHaveValue('2');

	await model.fill('mock/echo');
	await page.keyboard.press('Escape');
	await page.getByRole('button', { name: 'Create agent' }).click();
	const row = page.getByRole('row', { name: /support-desk/ });
	await expect(row).toContainText('mock/echo');
	await expect(row).toContainText('mock/slow');
	await row.getByRole('link', { name: 'Try Support Désk' }).click();
	await expect(page.getByRole('combobox', { name: 'Model or agent' })).toHaveValue('agent:support-desk');
	await composer(page).fill('Hello, agent');
	await composer(page).press('Enter');
	const answer = await answered(page);
	await expect(answer).toContainText('Hello, agent');
	await expect(answer.getByTestId('figures')).toContainText('mock/echo');
});

test('an agent is changed in place, and deleted after a question', async ({ page }) => {
	await open(page, 'Agents');
	await page.getByRole('link', { name: 'New agent' }).click();
	await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Short lived');
	await page.getByRole('combobox', { name: 'Model', exact: true }).fill('mock/json');
	await page.keyboard.press('Escape');
	for (const [at, model] of ['mock/slow', 'mock/echo'].entries()) {
		await page.getByRole('button', { name: 'Add a fallback' }).click();
		await page.getByRole('combobox', { name: `Fallback ${at + 1}` }).fill(model);
		await page.keyboard.press('Escape');
	}
	await page.getByRole('button', { name: 'Create agent' }).click();
	await page.getByRole('link', { name: 'Edit Short lived' }).click();
	await page.getByRole('button', { name: 'Move fallback 2 up' }).click();
	await page.getByRole('button', { name: 'Save' }).click();
	await expect(page.getByText('In force on the next request.')).toBeVisible();
	await page.reload();
	await expect(page.getByRole('combobox', { name: 'Fallback 1' })).toHaveValue('mock/echo');
	await page.getByRole('button', { name: 'Delete', exact: true }).click();
	const question = page.getByRole('dialog', { name: 'Delete Short lived?' });
	await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused();
	await question.getByRole('button', { name: 'Delete agent' }).click();
	await expect(page.getByRole('heading', { level: 1, name: 'Agents' })).toBeVisible();
	await expect(page.getByText('short-lived')).toHaveCount(0);
});

test('a gateway key is shown once, works, and is refused once it is revoked', async ({ page, request }) => {
	await open(page, 'Gateway keys');
	await page.getByRole('button', { name: 'New key' }).click();
	await page.getByRole('textbox', { name: 'Name' }).fill('Continuous integration');
	const models = page
		.getByRole('combobox', { name: 'Allowed models' })
		.or(page.getByRole('textbox', { name: 'Allowed models' }));
	await models.fill('nobody/*');
	await models.press('Enter');
	await page.getByRole('button', { name: 'Create key' }).click();
	await expect(page.getByText("Unknown provider 'nobody' in 'nobody/*'.")).toBeVisible();
	await models.press('Backspace');
	await models.fill('mock/*');
	await models.press('Enter');
	await page.getByRole('button', { name: 'Create key' }).click();
	const key = (await page.getByTestId('secret').textContent()) ?? '';
	expect(key).toMatch(/^sy_[a-z0-9]+_.{20,}$/);
	await page.keyboard.press('Escape');
	await expect(page.getByTestId('secret')).toBeVisible();
	await page.getByRole('button', { name: 'I have it: close' }).click();
	await expect(page.getByText(key)).toHaveCount(0);

	const headers = { authorization: `Bearer ${key}` };
	expect((await request.get('/v1/models', { headers })).status()).toBe(200);
	const row = page.getByRole('row', { name: /Continuous integration/ });
	await expect(row).toContainText('mock/*');
	await row.getByRole('button', { name: 'Revoke Continuous integration' }).click();
	await page.getByRole('button', { name: 'Revoke key' }).click();
	await expect(row).toContainText('revoked');
	await expect(row.getByRole('button')).toHaveCount(0);
	expect((await request.get('/v1/models', { headers })).status()).toBe(401);
});

test('an organization is created, limited, and acted on', async ({ page }) => {
	await open(page, 'Organizations');
	await page.getByRole('button', { name: 'New organization' }).click();
	await page.getByRole('textbox', { name: 'Name' }).fill('Acme');
	await page.getByRole('textbox', { name: 'Slug' }).fill('demo');
	await page.getByRole('button', { name: 'Create organization' }).click();
	await expect(page.getByRole('textbox', { name: 'Slug' })).toHaveAttribute('aria-invalid', 'true');
	await page.getByRole('textbox', { name: 'Slug' }).fill('acme');
	await page.getByRole('button', { name: 'Create organization' }).click();
	const row = page.getByRole('row', { name: /acme/ });
	await row.getByRole('button', { name: 'Edit Acme' }).click();
	const budget = page.getByRole('textbox', { name: 'Budget per day (USD)' });
	await budget.fill('much');
	await page.getByRole('textbox', { name: 'Requests per minute' }).fill('1200');
	await page.getByRole('button', { name: 'Save' }).click();
	await expect(budget).toHaveAttribute('aria-invalid', 'true');
	await budget.fill('12.50');
	await page.getByRole('button', { name: 'Save' }).click();
	await expect(row).toContainText('1,200');
	await expect(row).toContainText('$12.5');
	await row.getByRole('button', { name: 'Act on Acme' }).click();
	await expect(row).toContainText('current');
	await open(page, 'Gateway keys');
	await expect(page.getByText('No key yet.')).toBeVisible();
	await page.reload();
	await expect(page.getByRole('combobox', { name: 'Organization' })).toHaveValue('Acme');
});
