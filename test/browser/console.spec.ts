import { expect, test } from '@playwright/test';

test('the console opens without an error', async ({ page }) => {
	const errors: string[] = [];
	page.on('pageerror', (error) => errors.push(error.message));
	page.on('console', (message) => {
		if (message.type() === 'error') errors.push(message.text());
	});
	const response = await page.goto('/');
	expect(response?.status()).toBe(200);
	await expect(page).toHaveTitle(/Switchyard/);
	await expect(page.locator('#root')).not.toBeEmpty();
	expect(errors).toEqual([]);
});
