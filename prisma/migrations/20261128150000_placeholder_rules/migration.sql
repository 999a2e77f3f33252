-- What placeholders may be, by name: {"code": "digits{4,8}"}. The others hold text without control and bidi characters.
ALTER TABLE "templates" ADD COLUMN "placeholders" jsonb NOT NULL DEFAULT '{}';
