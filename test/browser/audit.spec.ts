import { change, expect, open, signInAsOperator, test } from './console';

test.beforeEach(({ page }) => signInAsOperator(page));

test('a change is found by what, who and when, and read field by field', async ({ page, request }) => {
	const { id } = await change<{ id: string }>(request, 'gatewayKeys.create', { name: 'Watched' });
	await change(request, 'gatewayKeys.update', { id, requestsPerMinute: 5, name: 'Watched closely' });
	await open(page, 'Audit');
	await page
		.getByRole('combobox', { name: 'Kind' })
		.or(page.getByRole('textbox', { name: 'Kind' }))
		.fill('gateway-key');
	await page.getByRole('textbox', { name: 'Id' }).fill(id);
	const rows = page.getByRole('table', { name: 'Audit' }).getByRole('row', { name: new RegExp(id) });
	await expect(rows).toHaveCount(2);
	await expect(rows.first()).toContainText('operator');
	const show = rows.first().getByRole('button', { name: `What changed: update gateway-key ${id}` });
	await show.press('Enter');
	await expect(show).toHaveAttribute('aria-expanded', 'true');
	const difference = page.getByRole('table', { name: 'What changed' });
	await expect(difference.getByRole('row', { name: /^name/ })).toContainText('− Watched+ Watched closely');
	await expect(difference.getByRole('row', { name: /^requestsPerMinute/ })).toContainText('+ 5');
	await expect(difference.getByRole('row')).toHaveCount(3);

	await page.getByRole('textbox', { name: 'Actor' }).fill('user:nobody');
	await expect(page.getByText('No change like this.')).toBeVisible();
	await page.getByRole('textbox', { name: 'Actor' }).fill('operator');
	await page.getByLabel('Until').fill('2020-01-01T00:00');
	await expect(page.getByText('No change like this.')).toBeVisible();
	await page.getByRole('button', { name: 'Clear the filter' }).click();
	await expect(page.getByRole('textbox', { name: 'Id' })).toHaveValue('');
	await expect(rows.first()).toBeVisible();
});

test('a long history comes in pages', async ({ page, request }) => {
	for (let made = 0; made < 55; made++) await change(request, 'gatewayKeys.issueToken', { name: `Token ${made}` });
	await page.goto('/audit?action=issue');
	const shown = page.getByRole('button', { name: /^What changed: issue/ });
	await expect(shown).toHaveCount(50);
	await page.getByRole('button', { name: 'Show more' }).click();
	expect(await shown.count()).toBeGreaterThanOrEqual(50);
	await expect.poll(() => shown.count()).toBeGreaterThanOrEqual(55);
});

test('a key leads to the changes that were made to it', async ({ page, request }) => {
	const { id } = await change<{ id: string }>(request, 'gatewayKeys.create', { name: 'Followed' });
	await open(page, 'Gateway keys');
	await page.getByRole('button', { name: 'Edit Followed' }).click();
	await page.getByRole('link', { name: 'Who changed it' }).click();
	await expect(page.getByRole('heading', { level: 1, name: 'Audit' })).toBeVisible();
	await expect(page.getByRole('textbox', { name: 'Id' })).toHaveValue(id);
	await expect(page.getByRole('button', { name: `What changed: create gateway-key ${id}` })).toBeVisible();
});
