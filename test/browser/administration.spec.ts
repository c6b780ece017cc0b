import { expect, open, signInAsOperator, test } from './console';

test.beforeEach(({ page }) => signInAsOperator(page));

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
