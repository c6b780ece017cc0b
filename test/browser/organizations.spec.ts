import { change, expect, open, signInAs, signInAsOperator, test } from './console';

test('an organization is created with its first owner, limited, and acted on', async ({ page }) => {
	await signInAsOperator(page);
	await open(page, 'Organizations');
	await page.getByRole('button', { name: 'New organization' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Acme');
	await dialog.getByRole('textbox', { name: 'Slug' }).fill('demo');
	await dialog.getByRole('textbox', { name: 'User id' }).fill('acme-owner');
	await dialog.getByRole('textbox', { name: 'E-mail' }).fill('owner@acme.example');
	await dialog.getByRole('button', { name: 'Create organization' }).click();
	await expect(dialog.getByRole('textbox', { name: 'Slug' })).toHaveAttribute('aria-invalid', 'true');
	await dialog.getByRole('textbox', { name: 'Slug' }).fill('acme');
	await dialog.getByRole('button', { name: 'Create organization' }).click();
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
	await open(page, 'Members');
	await expect(page.getByRole('row', { name: /owner@acme\.example/ })).toContainText('owner', { ignoreCase: true });
	await page.reload();
	await expect(page.getByRole('combobox', { name: 'Organization' })).toHaveValue('Acme');

	await open(page, 'Organizations');
	await row.getByRole('button', { name: 'Edit Acme' }).click();
	await page.getByRole('textbox', { name: 'Slug' }).fill('acme-two');
	await page.getByRole('button', { name: 'Save' }).click();
	await expect(page.getByRole('row', { name: /acme-two/ })).toContainText('current');
});

test('an organization is deleted only where its slug is typed', async ({ page, request }) => {
	await change(request, 'organizations.create', { slug: 'gone-soon', name: 'Gone soon' });
	await signInAsOperator(page);
	await open(page, 'Organizations');
	await page.getByRole('searchbox', { name: 'Search organizations' }).fill('gone');
	const row = page.getByRole('row', { name: /gone-soon/ });
	await expect(page.getByRole('row', { name: /demo/ })).toHaveCount(0);
	await row.getByRole('button', { name: 'Delete Gone soon' }).click();
	const dialog = page.getByRole('dialog');
	const button = dialog.getByRole('button', { name: 'Delete organization' });
	await expect(button).toBeDisabled();
	await dialog.getByRole('textbox', { name: 'Type gone-soon to confirm' }).fill('gone-soo');
	await expect(button).toBeDisabled();
	await dialog.getByRole('textbox', { name: 'Type gone-soon to confirm' }).fill('gone-soon');
	await button.click();
	await expect(row).toHaveCount(0);
	await expect(page.getByText('No such organization.')).toBeVisible();
});

test('an owner sees and changes the limits of its own organization; an admin sees them alone', async ({ page }) => {
	await signInAs(page, { sub: 'limits-owner', role: 'owner' });
	await page.goto('/organizations');
	const facts = page.getByRole('region', { name: 'Your organization' });
	await expect(facts).toContainText('pro');
	await page.getByRole('button', { name: 'Edit', exact: true }).click();
	await expect(page.getByRole('combobox', { name: 'Plan' })).toBeDisabled();
	await page.getByRole('textbox', { name: 'Requests per day' }).fill('100000');
	await page.getByRole('button', { name: 'Save' }).click();
	await expect(facts).toContainText('100,000');
	await page.getByRole('button', { name: 'Sign out' }).click();

	await signInAs(page, { sub: 'limits-admin', role: 'admin' });
	await page.goto('/organizations');
	await expect(facts).toContainText('100,000');
	await page.getByRole('button', { name: 'Edit name and region' }).click();
	await expect(page.getByRole('textbox', { name: 'Requests per day' })).toBeDisabled();
	await expect(page.getByText('Only an owner of the organization or the operator may change them.')).toBeVisible();
});

test('the operator sets a model for everybody, which every organization may name, and takes it back', async ({
	page,
	request,
}) => {
	await signInAsOperator(page);
	await open(page, 'Global settings');
	await page.getByRole('button', { name: 'New setting' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByRole('textbox', { name: 'Id' }).fill('house');
	await dialog.getByRole('textbox', { name: 'Shown as' }).fill('House model');
	await dialog.getByRole('combobox', { name: 'Provider' }).fill('mock');
	await page.keyboard.press('Tab');
	await dialog.getByRole('combobox', { name: 'Model' }).fill('echo');
	await page.keyboard.press('Tab');
	await dialog.getByRole('textbox', { name: /Price of input/ }).fill('3');
	await dialog.getByRole('button', { name: 'Create setting' }).click();
	const row = page.getByRole('row', { name: /profile:house/ });
	await expect(row).toContainText('$3 / catalog’s');

	await row.getByRole('button', { name: 'Edit House model' }).click();
	await dialog.getByRole('textbox', { name: 'Temperature' }).fill('0.3');
	await change(request, 'globalSettings.update', { id: 'house', displayName: 'House model two' });
	await dialog.getByRole('button', { name: 'Save' }).click();
	const alert = dialog.getByRole('alert').filter({ hasText: 'This setting was changed meanwhile' });
	await expect(alert.getByRole('row', { name: /displayName/ })).toContainText('House model two');
	await alert.getByRole('button', { name: 'Save my changes on top of theirs' }).click();
	await expect(row).toContainText('House model two');
	await expect(row).toContainText('temperature: 0.3');

	await change(request, 'agents.create', { slug: 'housed', name: 'Housed', model: 'profile:house' });
	await row.getByRole('button', { name: 'Deactivate House model two' }).click();
	await page.getByRole('button', { name: 'Deactivate', exact: true }).click();
	await expect(page.getByRole('dialog').getByRole('alert')).toContainText('in use by');
	await page.getByRole('button', { name: 'Cancel' }).click();
	await change(request, 'agents.delete', { slug: 'housed' });
	await row.getByRole('button', { name: 'Deactivate House model two' }).click();
	await page.getByRole('button', { name: 'Deactivate', exact: true }).click();
	await expect(row).toContainText('inactive');
	await row.getByRole('button', { name: 'Activate House model two' }).click();
	await expect(row).not.toContainText('inactive');
});

test('who manages one organization may look at the global settings and change none', async ({ page }) => {
	await signInAs(page, { sub: 'global-admin', role: 'admin' });
	await open(page, 'Global settings');
	await expect(page.getByRole('row', { name: /profile:fast/ })).toBeVisible();
	await expect(page.getByRole('button', { name: 'New setting' })).toHaveCount(0);
	await expect(page.getByRole('button', { name: /^Edit/ })).toHaveCount(0);
});
