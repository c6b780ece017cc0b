CREATE TABLE `agent_prompts` (
	`agent_id` text NOT NULL,
	`version` integer NOT NULL,
	`organization_id` text NOT NULL,
	`source` text,
	`hash` text,
	`note` text,
	`created_by` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`agent_id`, `version`),
	FOREIGN KEY (`agent_id`) REFERENCES `agents`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`organization_id`) REFERENCES `organizations`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
ALTER TABLE `agent_llm_preferences` ADD `prompt` text;--> statement-breakpoint
ALTER TABLE `agent_llm_preferences` ADD `prompt_hash` text;--> statement-breakpoint
ALTER TABLE `agent_llm_preferences` ADD `prompt_version` integer;--> statement-breakpoint
ALTER TABLE `agents` ADD `version` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `gateway_keys` ADD `allowed_providers` text;--> statement-breakpoint
ALTER TABLE `gateway_keys` ADD `may_override_settings` integer DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE `gateway_keys` ADD `may_override_prompt` integer DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE `gateway_keys` ADD `budget_total_nano_usd` integer;--> statement-breakpoint
ALTER TABLE `gateway_keys` ADD `parent_id` text;--> statement-breakpoint
ALTER TABLE `gateway_keys` ADD `version` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE INDEX `gateway_keys_parent` ON `gateway_keys` (`parent_id`) WHERE parent_id is not null;--> statement-breakpoint
ALTER TABLE `llm_model_overrides` ADD `display_name` text;--> statement-breakpoint
ALTER TABLE `llm_model_overrides` ADD `capabilities` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `organizations` ADD `version` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `llm_providers` ADD `removed_at` integer;--> statement-breakpoint
ALTER TABLE `memberships` ADD `removed_at` integer;--> statement-breakpoint
ALTER TABLE `memberships` ADD `updated_at` integer DEFAULT 0 NOT NULL;