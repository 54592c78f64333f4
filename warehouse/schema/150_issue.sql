CREATE TABLE base.issue (
    run_id VARCHAR,
    source VARCHAR NOT NULL,
    stage VARCHAR NOT NULL,
    level VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    message VARCHAR NOT NULL,
    document VARCHAR
);
COMMENT ON TABLE base.issue IS 'One row a problem met.';
COMMENT ON COLUMN base.issue.run_id IS 'The run that met it.';
COMMENT ON COLUMN base.issue.source IS 'The source concerned.';
COMMENT ON COLUMN base.issue.stage IS 'The stage that met it.';
COMMENT ON COLUMN base.issue.level IS 'info, warning or error.';
COMMENT ON COLUMN base.issue.code IS 'Stable short name.';
COMMENT ON COLUMN base.issue.message IS 'One sentence.';
COMMENT ON COLUMN base.issue.document IS 'SHA-256, or the address where nothing was stored.';
