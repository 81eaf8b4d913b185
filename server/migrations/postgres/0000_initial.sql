CREATE TABLE "accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text,
	"segment" text,
	"plan" text,
	"time_zone" text,
	"currency" text,
	"stripe_customer_id" text,
	"onboarded_at" bigint,
	"contract_renews_at" bigint,
	"contract_value" bigint,
	"health_score" bigint,
	"facts" jsonb NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "comparisons" (
	"segment" text NOT NULL,
	"plan" text NOT NULL,
	"band" bigint NOT NULL,
	"feature" text NOT NULL,
	"low" bigint NOT NULL,
	"median" bigint NOT NULL,
	"high" bigint NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "comparisons_segment_plan_band_feature_pk" PRIMARY KEY("segment","plan","band","feature")
);
--> statement-breakpoint
CREATE TABLE "counters" (
	"account" text NOT NULL,
	"feature" text NOT NULL,
	"scope" text NOT NULL,
	"period" bigint NOT NULL,
	"used" bigint NOT NULL,
	"held" bigint NOT NULL,
	"level_at" bigint NOT NULL,
	"last_at" bigint NOT NULL,
	CONSTRAINT "counters_account_feature_scope_period_pk" PRIMARY KEY("account","feature","scope","period")
);
--> statement-breakpoint
CREATE TABLE "crossings" (
	"account" text NOT NULL,
	"feature" text NOT NULL,
	"scope" text NOT NULL,
	"period" bigint NOT NULL,
	"mark" bigint NOT NULL,
	"event" text NOT NULL,
	"used" bigint NOT NULL,
	"at" bigint NOT NULL,
	"consumed_at" bigint,
	CONSTRAINT "crossings_account_feature_scope_period_mark_event_pk" PRIMARY KEY("account","feature","scope","period","mark","event")
);
--> statement-breakpoint
CREATE TABLE "usage_days" (
	"account" text NOT NULL,
	"feature" text NOT NULL,
	"scope" text NOT NULL,
	"property" text NOT NULL,
	"day" bigint NOT NULL,
	"period" bigint NOT NULL,
	"value" text NOT NULL,
	"key" text NOT NULL,
	"added" bigint NOT NULL,
	"level" bigint,
	"level_at" bigint NOT NULL,
	"last_at" bigint NOT NULL,
	"peak" bigint,
	"first" bigint,
	CONSTRAINT "usage_days_account_feature_scope_property_day_period_value_key_pk" PRIMARY KEY("account","feature","scope","property","day","period","value","key")
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"account" text NOT NULL,
	"id" text NOT NULL,
	"fire" text NOT NULL,
	"user" text,
	"scope" text NOT NULL,
	"to" text NOT NULL,
	"prompt" text NOT NULL,
	"variant" text NOT NULL,
	"placement" text NOT NULL,
	"feature" text NOT NULL,
	"quantity" bigint NOT NULL,
	"offer" jsonb,
	"at" bigint NOT NULL,
	CONSTRAINT "deliveries_account_id_pk" PRIMARY KEY("account","id")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"account" text NOT NULL,
	"id" text NOT NULL,
	"user" text,
	"name" text NOT NULL,
	"feature" text,
	"scope" text NOT NULL,
	"period" bigint NOT NULL,
	"add" bigint,
	"level" bigint,
	"peak" bigint,
	"key" text,
	"time" bigint NOT NULL,
	"day" bigint NOT NULL,
	"received_at" bigint NOT NULL,
	"properties" jsonb,
	"replaces" text,
	"taken_by" text,
	CONSTRAINT "events_account_id_pk" PRIMARY KEY("account","id")
);
--> statement-breakpoint
CREATE TABLE "fires" (
	"account" text NOT NULL,
	"id" text NOT NULL,
	"trigger" text NOT NULL,
	"expansion" text NOT NULL,
	"status" text NOT NULL,
	"user" text,
	"scope" text NOT NULL,
	"to" text NOT NULL,
	"feature" text NOT NULL,
	"cause" text NOT NULL,
	"explain" jsonb NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "fires_account_id_pk" PRIMARY KEY("account","id")
);
--> statement-breakpoint
CREATE TABLE "holds" (
	"account" text NOT NULL,
	"id" text NOT NULL,
	"user" text,
	"feature" text NOT NULL,
	"scope" text NOT NULL,
	"period" bigint NOT NULL,
	"quantity" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	CONSTRAINT "holds_account_id_pk" PRIMARY KEY("account","id")
);
--> statement-breakpoint
CREATE TABLE "idempotency" (
	"scope" text NOT NULL,
	"key" text NOT NULL,
	"request" text NOT NULL,
	"status" bigint,
	"body" text,
	"at" bigint NOT NULL,
	CONSTRAINT "idempotency_scope_key_pk" PRIMARY KEY("scope","key")
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"name" text PRIMARY KEY NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "looks" (
	"account" text NOT NULL,
	"trigger" text NOT NULL,
	"scope" text NOT NULL,
	"feature" text NOT NULL,
	"cause" text NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "looks_account_trigger_feature_scope_pk" PRIMARY KEY("account","trigger","feature","scope")
);
--> statement-breakpoint
CREATE TABLE "outcomes" (
	"account" text NOT NULL,
	"delivery" text NOT NULL,
	"about" text NOT NULL,
	"user" text NOT NULL,
	"outcome" text NOT NULL,
	"prompt" text NOT NULL,
	"feature" text NOT NULL,
	"scope" text NOT NULL,
	"until" bigint,
	"at" bigint NOT NULL,
	CONSTRAINT "outcomes_account_delivery_user_outcome_pk" PRIMARY KEY("account","delivery","user","outcome")
);
--> statement-breakpoint
CREATE TABLE "overages" (
	"account" text NOT NULL,
	"feature" text NOT NULL,
	"period" bigint NOT NULL,
	"price" text NOT NULL,
	"limit" bigint NOT NULL,
	"base" bigint NOT NULL,
	"used" bigint NOT NULL,
	"reported" bigint NOT NULL,
	"missed" bigint NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "overages_account_feature_period_pk" PRIMARY KEY("account","feature","period")
);
--> statement-breakpoint
CREATE TABLE "overrides" (
	"account" text NOT NULL,
	"feature" text NOT NULL,
	"kind" text NOT NULL,
	"grant" jsonb,
	"reason" text NOT NULL,
	"author" text NOT NULL,
	"ends_at" bigint,
	"created_at" bigint NOT NULL,
	CONSTRAINT "overrides_account_feature_kind_pk" PRIMARY KEY("account","feature","kind")
);
--> statement-breakpoint
CREATE TABLE "quotes" (
	"account" text NOT NULL,
	"id" text NOT NULL,
	"user" text NOT NULL,
	"delivery" text,
	"change" jsonb NOT NULL,
	"subscription" text,
	"steps" jsonb NOT NULL,
	"proration_date" bigint NOT NULL,
	"amount_due" bigint NOT NULL,
	"currency" text NOT NULL,
	"fingerprint" text NOT NULL,
	"livemode" boolean NOT NULL,
	"body" jsonb NOT NULL,
	"created_at" bigint NOT NULL,
	"expires_at" bigint NOT NULL,
	CONSTRAINT "quotes_account_id_pk" PRIMARY KEY("account","id")
);
--> statement-breakpoint
CREATE TABLE "requests" (
	"account" text NOT NULL,
	"id" text NOT NULL,
	"user" text NOT NULL,
	"feature" text NOT NULL,
	"quantity" bigint NOT NULL,
	"note" text,
	"status" text NOT NULL,
	"created_at" bigint NOT NULL,
	"answered_at" bigint,
	"answered_by" text,
	"reply" text,
	"updated_at" bigint NOT NULL,
	"told_at" bigint,
	"retry_at" bigint,
	CONSTRAINT "requests_account_id_pk" PRIMARY KEY("account","id")
);
--> statement-breakpoint
CREATE TABLE "settlements" (
	"account" text NOT NULL,
	"id" text NOT NULL,
	"kind" text NOT NULL,
	"payment" text NOT NULL,
	"intent" text NOT NULL,
	"invoice" text,
	"upgrade" text,
	"amount" bigint NOT NULL,
	"currency" text NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "settlements_account_id_pk" PRIMARY KEY("account","id")
);
--> statement-breakpoint
CREATE TABLE "stripe_events" (
	"id" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"customer" text,
	"received_at" bigint NOT NULL,
	"done_at" bigint
);
--> statement-breakpoint
CREATE TABLE "subscriptions" (
	"account" text PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"status" text NOT NULL,
	"plan" text,
	"interval" text NOT NULL,
	"currency" text NOT NULL,
	"quantities" jsonb NOT NULL,
	"addons" jsonb NOT NULL,
	"overage" jsonb NOT NULL,
	"rates" jsonb NOT NULL,
	"anchor" bigint NOT NULL,
	"period_start" bigint NOT NULL,
	"period_end" bigint NOT NULL,
	"cancel_at" bigint,
	"unpaid" jsonb,
	"pending" jsonb,
	"by_invoice" boolean NOT NULL,
	"status_since" bigint NOT NULL,
	"observed_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "uniques" (
	"account" text NOT NULL,
	"feature" text NOT NULL,
	"scope" text NOT NULL,
	"period" bigint NOT NULL,
	"key" text NOT NULL,
	"events" bigint NOT NULL,
	CONSTRAINT "uniques_account_feature_scope_period_key_pk" PRIMARY KEY("account","feature","scope","period","key")
);
--> statement-breakpoint
CREATE TABLE "upgrades" (
	"account" text NOT NULL,
	"id" text NOT NULL,
	"quote" text NOT NULL,
	"user" text NOT NULL,
	"phase" text NOT NULL,
	"open" boolean,
	"invoice" jsonb,
	"client_secret" text,
	"failed_method" text,
	"card" jsonb,
	"reason" jsonb,
	"checkout" jsonb,
	"lease_owner" text,
	"lease_until" bigint NOT NULL,
	"created_at" bigint NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "upgrades_account_id_pk" PRIMARY KEY("account","id")
);
--> statement-breakpoint
CREATE TABLE "use_reports" (
	"account" text NOT NULL,
	"id" text NOT NULL,
	"feature" text NOT NULL,
	"period" bigint NOT NULL,
	"price" text NOT NULL,
	"customer" text NOT NULL,
	"units" bigint NOT NULL,
	"voids" text,
	"time" bigint NOT NULL,
	"until" bigint NOT NULL,
	"state" text NOT NULL,
	"tried_at" bigint,
	"attempts" bigint NOT NULL,
	"next_at" bigint NOT NULL,
	"reason" text,
	"created_at" bigint NOT NULL,
	CONSTRAINT "use_reports_account_id_pk" PRIMARY KEY("account","id")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"account" text NOT NULL,
	"id" text NOT NULL,
	"email" text,
	"name" text,
	"role" text,
	"locale" text,
	"entities" jsonb NOT NULL,
	"updated_at" bigint NOT NULL,
	CONSTRAINT "users_account_id_pk" PRIMARY KEY("account","id")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_by_customer" ON "accounts" USING btree ("stripe_customer_id");--> statement-breakpoint
CREATE INDEX "crossings_pending" ON "crossings" USING btree ("account") WHERE consumed_at is null;--> statement-breakpoint
CREATE INDEX "deliveries_by_time" ON "deliveries" USING btree ("account","scope","at");--> statement-breakpoint
CREATE INDEX "deliveries_for_admins" ON "deliveries" USING btree ("account","at") WHERE "to" <> 'own';--> statement-breakpoint
CREATE INDEX "events_by_use" ON "events" USING btree ("account","feature","time") WHERE feature is not null;--> statement-breakpoint
CREATE INDEX "events_by_arrival" ON "events" USING brin ("received_at");--> statement-breakpoint
CREATE INDEX "fires_by_expansion" ON "fires" USING btree ("account","expansion","scope","at");--> statement-breakpoint
CREATE INDEX "fires_for_admins" ON "fires" USING btree ("account","expansion","at") WHERE "to" <> 'own';--> statement-breakpoint
CREATE INDEX "holds_by_counter" ON "holds" USING btree ("account","feature","scope","period");--> statement-breakpoint
CREATE INDEX "looks_by_time" ON "looks" USING btree ("at");--> statement-breakpoint
CREATE INDEX "stripe_events_pending" ON "stripe_events" USING btree ("received_at") WHERE done_at is null;--> statement-breakpoint
CREATE INDEX "subscriptions_by_look" ON "subscriptions" USING btree ("observed_at");--> statement-breakpoint
CREATE INDEX "subscriptions_by_period" ON "subscriptions" USING btree ("period_end","observed_at");--> statement-breakpoint
CREATE UNIQUE INDEX "upgrades_by_quote" ON "upgrades" USING btree ("account","quote");--> statement-breakpoint
CREATE UNIQUE INDEX "upgrades_one_open" ON "upgrades" USING btree ("account","open");--> statement-breakpoint
CREATE INDEX "use_reports_due" ON "use_reports" USING btree ("next_at") WHERE state = 'waiting';