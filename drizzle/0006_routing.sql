CREATE TABLE `provider_endpoints` (
	`endpoint` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`organization_id` text,
	`provider_row_id` text,
	`state` text NOT NULL,
	`state_since` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	`last_checked_at` integer
);
--> statement-breakpoint
CREATE INDEX `provider_endpoints_used` ON `provider_endpoints` (`last_used_at`);--> statement-breakpoint
ALTER TABLE `agents` ADD `routing` text DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE `llm_providers` ADD `refused_at` integer;--> statement-breakpoint
ALTER TABLE `llm_providers` ADD `refused_status` integer;--> statement-breakpoint
ALTER TABLE `llm_usage_logs` ADD `routing` text;