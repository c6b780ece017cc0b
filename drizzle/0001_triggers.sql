-- Audit rows stand as they were written.
CREATE TRIGGER `audit_logs_refuse_update` BEFORE UPDATE ON `audit_logs`
BEGIN
	SELECT RAISE(ABORT, 'audit rows are never changed');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_logs_refuse_delete` BEFORE DELETE ON `audit_logs`
BEGIN
	SELECT RAISE(ABORT, 'audit rows are never deleted');
END;
--> statement-breakpoint
-- INSERT OR REPLACE fires no delete trigger: without this it would overwrite an audit row.
CREATE TRIGGER `audit_logs_refuse_replace` BEFORE INSERT ON `audit_logs`
WHEN EXISTS (SELECT 1 FROM `audit_logs` WHERE `id` = NEW.`id`)
BEGIN
	SELECT RAISE(ABORT, 'audit rows are never replaced');
END;
--> statement-breakpoint
-- Daily totals follow the rows: an insert adds, an update takes the old row out and puts the new one in.
CREATE TRIGGER `llm_usage_logs_count_insert` AFTER INSERT ON `llm_usage_logs`
BEGIN
	INSERT INTO `llm_provider_usage` (
		`organization_id`, `date`, `provider`, `provider_row_id`, `model`,
		`requests`, `errors`, `prompt_tokens`, `completion_tokens`, `cost_nano_usd`, `unpriced`
	) VALUES (
		NEW.`organization_id`, date(NEW.`started_at` / 1000, 'unixepoch'), NEW.`provider`,
		coalesce(NEW.`provider_row_id`, ''), NEW.`model`,
		NEW.`operation` <> 'health',
		NEW.`operation` <> 'health' AND coalesce(NEW.`error_code`, 'aborted') <> 'aborted',
		coalesce(NEW.`prompt_tokens`, 0), coalesce(NEW.`completion_tokens`, 0),
		coalesce(NEW.`cost_nano_usd`, 0), NEW.`cost_nano_usd` IS NULL
	)
	ON CONFLICT (`organization_id`, `date`, `provider`, `provider_row_id`, `model`) DO UPDATE SET
		`requests` = `requests` + excluded.`requests`,
		`errors` = `errors` + excluded.`errors`,
		`prompt_tokens` = `prompt_tokens` + excluded.`prompt_tokens`,
		`completion_tokens` = `completion_tokens` + excluded.`completion_tokens`,
		`cost_nano_usd` = `cost_nano_usd` + excluded.`cost_nano_usd`,
		`unpriced` = `unpriced` + excluded.`unpriced`;
END;
--> statement-breakpoint
CREATE TRIGGER `llm_usage_logs_count_update` AFTER UPDATE ON `llm_usage_logs`
BEGIN
	UPDATE `llm_provider_usage` SET
		`requests` = `requests` - (OLD.`operation` <> 'health'),
		`errors` = `errors` - (OLD.`operation` <> 'health' AND coalesce(OLD.`error_code`, 'aborted') <> 'aborted'),
		`prompt_tokens` = `prompt_tokens` - coalesce(OLD.`prompt_tokens`, 0),
		`completion_tokens` = `completion_tokens` - coalesce(OLD.`completion_tokens`, 0),
		`cost_nano_usd` = `cost_nano_usd` - coalesce(OLD.`cost_nano_usd`, 0),
		`unpriced` = `unpriced` - (OLD.`cost_nano_usd` IS NULL)
	WHERE `organization_id` = OLD.`organization_id`
		AND `date` = date(OLD.`started_at` / 1000, 'unixepoch')
		AND `provider` = OLD.`provider`
		AND `provider_row_id` = coalesce(OLD.`provider_row_id`, '')
		AND `model` = OLD.`model`;
	DELETE FROM `llm_provider_usage`
	WHERE `organization_id` = OLD.`organization_id`
		AND `date` = date(OLD.`started_at` / 1000, 'unixepoch')
		AND `provider` = OLD.`provider`
		AND `provider_row_id` = coalesce(OLD.`provider_row_id`, '')
		AND `model` = OLD.`model`
		AND `requests` = 0 AND `errors` = 0 AND `prompt_tokens` = 0
		AND `completion_tokens` = 0 AND `cost_nano_usd` = 0 AND `unpriced` = 0;
	INSERT INTO `llm_provider_usage` (
		`organization_id`, `date`, `provider`, `provider_row_id`, `model`,
		`requests`, `errors`, `prompt_tokens`, `completion_tokens`, `cost_nano_usd`, `unpriced`
	) VALUES (
		NEW.`organization_id`, date(NEW.`started_at` / 1000, 'unixepoch'), NEW.`provider`,
		coalesce(NEW.`provider_row_id`, ''), NEW.`model`,
		NEW.`operation` <> 'health',
		NEW.`operation` <> 'health' AND coalesce(NEW.`error_code`, 'aborted') <> 'aborted',
		coalesce(NEW.`prompt_tokens`, 0), coalesce(NEW.`completion_tokens`, 0),
		coalesce(NEW.`cost_nano_usd`, 0), NEW.`cost_nano_usd` IS NULL
	)
	ON CONFLICT (`organization_id`, `date`, `provider`, `provider_row_id`, `model`) DO UPDATE SET
		`requests` = `requests` + excluded.`requests`,
		`errors` = `errors` + excluded.`errors`,
		`prompt_tokens` = `prompt_tokens` + excluded.`prompt_tokens`,
		`completion_tokens` = `completion_tokens` + excluded.`completion_tokens`,
		`cost_nano_usd` = `cost_nano_usd` + excluded.`cost_nano_usd`,
		`unpriced` = `unpriced` + excluded.`unpriced`;
END;
