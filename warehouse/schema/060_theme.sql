CREATE TABLE base.theme (
    theme VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    lead VARCHAR NOT NULL,
    definition VARCHAR NOT NULL,
    inclusions VARCHAR[] NOT NULL,
    exclusions VARCHAR[] NOT NULL
);
COMMENT ON TABLE base.theme IS 'The registry of themes, one row each.';
COMMENT ON COLUMN base.theme.theme IS 'Slug.';
COMMENT ON COLUMN base.theme.name IS 'Name for people.';
COMMENT ON COLUMN base.theme.kind IS 'perennial (the organisation''s own list) or operational.';
COMMENT ON COLUMN base.theme.lead IS 'The one role that owns it.';
COMMENT ON COLUMN base.theme.definition IS 'What it is.';
COMMENT ON COLUMN base.theme.inclusions IS 'What belongs.';
COMMENT ON COLUMN base.theme.exclusions IS 'What does not.';
