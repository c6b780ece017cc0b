-- A system prompt becomes the first version of a prompt. Its hash only has to be its own.
UPDATE `agent_llm_preferences` SET
	`prompt` = json_object('system', `system_prompt`),
	`prompt_hash` = 'first:' || `agent_id`,
	`prompt_version` = 1
WHERE coalesce(`system_prompt`, '') <> '';
--> statement-breakpoint
INSERT INTO `agent_prompts` (`agent_id`, `version`, `organization_id`, `source`, `hash`, `created_by`, `created_at`)
SELECT `agent_id`, 1, `organization_id`, `prompt`, `prompt_hash`, 'migration', unixepoch() * 1000
FROM `agent_llm_preferences` WHERE `prompt` IS NOT NULL;
--> statement-breakpoint
ALTER TABLE `agent_llm_preferences` DROP COLUMN `system_prompt`;
--> statement-breakpoint
-- What a prompt once was stands as it was written.
CREATE TRIGGER `agent_prompts_refuse_update` BEFORE UPDATE ON `agent_prompts`
BEGIN
	SELECT RAISE(ABORT, 'versions of a prompt are never changed');
END;
--> statement-breakpoint
CREATE TRIGGER `agent_prompts_refuse_delete` BEFORE DELETE ON `agent_prompts`
BEGIN
	SELECT RAISE(ABORT, 'versions of a prompt are never deleted');
END;
